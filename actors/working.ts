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
  readonly order: Order;
  /** µshare still open. */
  leaves: number;
}

/** Orders proposed or sent and not closed, so that nothing is ordered twice. One owner, changed in place. */
export interface WorkingOrders {
  readonly byId: Map<OrderId, Working>;
  readonly byTicker: Map<Ticker, Set<OrderId>>;
}

/** Adds an order, or takes over its new size when risk has cut it. */
export const addWorking = (w: WorkingOrders, order: Order): void => {
  w.byId.set(order.id, { order, leaves: order.qty });
  const ids = w.byTicker.get(order.ticker);
  if (ids) ids.add(order.id);
  else w.byTicker.set(order.ticker, new Set([order.id]));
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
  const ids = w.byTicker.get(known.order.ticker);
  ids?.delete(reply.orderId);
  if (ids?.size === 0) w.byTicker.delete(known.order.ticker);
};

/** Net µshare on their way for a ticker, signed. */
export const signedWorking = (w: WorkingOrders, ticker: Ticker): Shares => {
  const ids = w.byTicker.get(ticker);
  if (!ids) return shares(0);
  let sum = 0;
  for (const id of ids) {
    const one = w.byId.get(id);
    if (one) sum += signOf(one.order.side) * one.leaves;
  }
  return shares(sum);
};

const NONE: readonly Order[] = [];

/** The working orders of a ticker, by one that asked for them or by all (null). */
export const workingOf = (w: WorkingOrders, ticker: Ticker, by: string | null): readonly Order[] => {
  const ids = w.byTicker.get(ticker);
  if (!ids) return NONE;
  const found: Order[] = [];
  for (const id of ids) {
    const order = w.byId.get(id)?.order;
    if (order && (by === null || order.by === by)) found.push(order);
  }
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
  for (const [ticker, ids] of w.byTicker) {
    if (sharesOf(ledger, ticker) !== 0) continue;
    for (const id of ids)
      if (w.byId.get(id)?.order.reduceOnly === false) {
        count += 1;
        break;
      }
  }
  return count;
};
