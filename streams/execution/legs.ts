import type { Order } from "../domain/order.ts";
import { type OrderId, orderId, type Px, type Qty } from "../domain/units.ts";

const stopLegId = (entry: OrderId): OrderId => orderId(`${entry}.sl`);
const profitLegId = (entry: OrderId): OrderId => orderId(`${entry}.tp`);

const leg = (entry: Order, id: OrderId, kind: "stop" | "limit", at: Px, size: Qty): Order => ({
  ...entry,
  id,
  side: entry.side === "buy" ? "sell" : "buy",
  kind,
  qty: size,
  cashFraction: null,
  limitPx: kind === "limit" ? at : null,
  stopPx: kind === "stop" ? at : null,
  tif: "gtc",
  bracket: null,
  reduceOnly: true,
  after: [],
});

/** The exits that an entry's bracket asks for, as orders of their own; none without a bracket. @param filledQty what the entry has filled */
export const legsOf = (order: Order, filledQty: Qty): Order[] => {
  const legs: Order[] = [];
  if (order.bracket === null) return legs;
  const { stopLoss, takeProfit } = order.bracket;
  if (stopLoss !== null) legs.push(leg(order, stopLegId(order.id), "stop", stopLoss, filledQty));
  if (takeProfit !== null) legs.push(leg(order, profitLegId(order.id), "limit", takeProfit, filledQty));
  return legs;
};
