import { type Fill, type Order, signOf } from "../streams/domain/order.ts";
import {
  type Money,
  money,
  notional,
  type OrderId,
  qty,
  type Shares,
  shares,
  type Ticker,
  toPx,
} from "../streams/domain/units.ts";
import { type Ledger, markOf, sharesOf } from "../streams/portfolio/ledger.ts";

interface Working {
  order: Order;
  /** µshare still open. */
  leaves: number;
}

/** Orders proposed or sent and not closed, so that nothing is ordered twice. One owner, changed in place. */
export interface WorkingOrders {
  readonly byId: Map<OrderId, Working>;
  readonly byTicker: Map<Ticker, Working[]>;
}

const NONE: readonly Working[] = [];

/** Adds an order, or takes over its new size when risk has cut it. */
export const addWorking = (w: WorkingOrders, order: Order): void => {
  const known = w.byId.get(order.id);
  if (known) {
    known.order = order;
    known.leaves = order.qty;
    return;
  }
  const one: Working = { order, leaves: order.qty };
  w.byId.set(order.id, one);
  const those = w.byTicker.get(order.ticker);
  if (those) those.push(one);
  else w.byTicker.set(order.ticker, [one]);
};

/** What a reply leaves of its order. Orders that are not ours (bracket legs) are nobody's here. */
export const dropWorking = (
  w: WorkingOrders,
  reply:
    | Pick<Fill, "type" | "orderId" | "qty" | "leaves">
    | { readonly type: "order.rejected" | "order.cancelled" | "order.expired"; readonly orderId: OrderId },
): void => {
  const known = w.byId.get(reply.orderId);
  if (!known) return;
  if (reply.type === "order.filled" && reply.leaves > 0) {
    known.leaves = reply.leaves;
    return;
  }
  w.byId.delete(reply.orderId);
  const those = w.byTicker.get(known.order.ticker);
  if (!those) return;
  if (those.length === 1) w.byTicker.delete(known.order.ticker);
  else those.splice(those.indexOf(known), 1);
};

/** Net µshare on their way for a ticker, signed. */
export const signedWorking = (w: WorkingOrders, ticker: Ticker): Shares => {
  let sum = 0;
  for (const { order, leaves } of w.byTicker.get(ticker) ?? NONE) sum += signOf(order.side) * leaves;
  return shares(sum);
};

/** The working orders of a ticker, by one that asked for them or by all (null). */
export const workingOf = (w: WorkingOrders, ticker: Ticker, by: string | null): readonly Order[] => {
  const found: Order[] = [];
  for (const { order } of w.byTicker.get(ticker) ?? NONE) if (by === null || order.by === by) found.push(order);
  return found;
};

/** Worth of working entries at the marks (or their limits): exposure that may still come. */
export const grossOf = (w: WorkingOrders, ledger: Ledger): Money => {
  let sum = 0;
  for (const { order, leaves } of w.byId.values()) {
    if (order.reduceOnly) continue;
    const usd = markOf(ledger, order.ticker);
    const price = order.limitPx ?? order.stopPx ?? (usd === null ? null : toPx(usd));
    if (price !== null) sum += notional(price, qty(leaves));
  }
  return money(sum);
};

/** Tickers that are flat and have an entry on its way: positions that may still open. */
export const openedFlat = (w: WorkingOrders, ledger: Ledger): number => {
  let count = 0;
  for (const [ticker, those] of w.byTicker)
    if (sharesOf(ledger, ticker) === 0 && those.some(({ order }) => !order.reduceOnly)) count += 1;
  return count;
};
