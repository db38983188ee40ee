import type { Order } from "../../streams/domain/order.ts";
import { orderId, px, qty, SCALE, seq, ticker } from "../../streams/domain/units.ts";

/** USD as a price. */
export const usd = (n: number) => px(Math.round(n * SCALE));
export const count = (n: number) => qty(n * SCALE);

/** A market order to buy ten AAPL, changed as said. */
export const order = (more: Partial<Order> = {}): Order => ({
  id: orderId("o1"),
  ticker: ticker("AAPL"),
  side: "buy",
  kind: "market",
  qty: count(10),
  cashFraction: null,
  limitPx: null,
  stopPx: null,
  tif: "gtc",
  bracket: null,
  reduceOnly: false,
  by: "ensemble",
  origin: seq(1),
  after: [],
  ...more,
});
