import { bookOf, isLegId, siblingOf } from "../streams/domain/books.ts";
import type { Fill, Order, OrderReplaced } from "../streams/domain/order.ts";
import { signOf } from "../streams/domain/order.ts";
import type { Split } from "../streams/domain/portfolio.ts";
import { type OrderId, qty, type Shares, shares, type Ticker } from "../streams/domain/units.ts";
import type { Verdict } from "../streams/domain/verdict.ts";
import { legsOf } from "../streams/execution/legs.ts";
import { splitOrder, splitQty } from "../streams/execution/splitting.ts";
import type { Claim } from "../streams/risk/worstCase.ts";

interface Working extends Claim {
  order: Order;
  leaves: number;
  /** µshare filled so far, of an order with a bracket: what its legs are for. */
  filled: number;
}

/** Orders proposed or sent and not closed, bracket legs among them, so that nothing is ordered twice. One owner, changed in place. */
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
  const one: Working = { order, book: bookOf(order.id, order.ticker), leaves: order.qty, filled: 0 };
  w.byId.set(order.id, one);
  const those = w.byTicker.get(order.ticker);
  if (those) those.push(one);
  else w.byTicker.set(order.ticker, [one]);
};

/** Risk has let it pass: at this size, behind these orders. */
export const judgedWorking = (
  w: WorkingOrders,
  { orderId, granted, after }: Pick<Verdict, "orderId" | "granted" | "after">,
): void => {
  const known = w.byId.get(orderId);
  if (!known || known.filled > 0) return;
  if (known.order.qty === granted && after.length === 0 && known.order.after.length === 0) return;
  known.order = { ...known.order, qty: granted, after };
  known.leaves = granted;
};

const remove = (w: WorkingOrders, id: OrderId): void => {
  const known = w.byId.get(id);
  if (!known) return;
  w.byId.delete(id);
  const those = w.byTicker.get(known.order.ticker);
  if (!those) return;
  if (those.length === 1) w.byTicker.delete(known.order.ticker);
  else those.splice(those.indexOf(known), 1);
};

type Closed = { readonly type: "order.rejected" | "order.cancelled" | "order.expired"; readonly orderId: OrderId };
type Filled = Pick<Fill, "type" | "orderId" | "qty" | "leaves">;

/** What a reply leaves of its order. A fill of an entry brings its bracket legs to life, a fill of a leg takes from its sibling. */
export const dropWorking = (w: WorkingOrders, reply: Filled | Closed): void => {
  const known = w.byId.get(reply.orderId);
  if (!known) return;
  if (reply.type === "order.filled") {
    known.filled += reply.qty;
    for (const leg of legsOf(known.order, qty(known.filled))) addWorking(w, leg);
    if (isLegId(reply.orderId)) shrink(w, siblingOf(reply.orderId), reply.leaves);
    if (reply.leaves > 0) {
      known.leaves = reply.leaves;
      // Sized by cash until its first fill: from then on by shares.
      if (known.order.cashFraction !== null)
        known.order = { ...known.order, cashFraction: null, qty: qty(known.filled + reply.leaves) };
      return;
    }
  }
  remove(w, reply.orderId);
};

const shrink = (w: WorkingOrders, id: OrderId, leaves: number): void => {
  const sibling = w.byId.get(id);
  if (sibling && leaves > 0) sibling.leaves = Math.min(sibling.leaves, leaves);
};

/** The broker has new prices of an order. */
export const repriceWorking = (w: WorkingOrders, e: Pick<OrderReplaced, "orderId" | "limitPx" | "stopPx" | "bracket">): void => {
  const known = w.byId.get(e.orderId);
  if (known) known.order = { ...known.order, limitPx: e.limitPx, stopPx: e.stopPx, bracket: e.bracket };
};

export const splitWorking = (w: WorkingOrders, split: Split): void => {
  for (const one of w.byTicker.get(split.ticker) ?? NONE) {
    one.order = splitOrder(one.order, split);
    one.leaves = splitQty(qty(one.leaves), split);
    one.filled = splitQty(qty(one.filled), split);
  }
};

/** The working orders of a ticker, as risk counts them. */
export const claimsOf = (w: WorkingOrders, ticker: Ticker): readonly Claim[] => w.byTicker.get(ticker) ?? NONE;

/** Net µshare on their way for a book of a ticker, signed; resting exits (stops, limits, legs) are not on their way. */
export const signedWorking = (w: WorkingOrders, ticker: Ticker, book: string): Shares => {
  let sum = 0;
  for (const one of w.byTicker.get(ticker) ?? NONE)
    if (one.book === book && !isResting(one.order)) sum += signOf(one.order.side) * one.leaves;
  return shares(sum);
};

/** An exit that waits for its price. */
const isResting = (order: Order): boolean => order.reduceOnly && order.kind !== "market";

/** An exit at market: it is on its way out. */
export const isLeaving = (order: Pick<Order, "reduceOnly" | "kind">): boolean => order.reduceOnly && order.kind === "market";

/** Whether any order of a ticker works that is not on its way out. */
export const rests = (w: WorkingOrders, ticker: Ticker): boolean =>
  (w.byTicker.get(ticker) ?? NONE).some(({ order }) => !isLeaving(order));

/** µshare of a book on their way out at market. */
export const leaving = (w: WorkingOrders, ticker: Ticker, book: string): number => {
  let sum = 0;
  for (const one of w.byTicker.get(ticker) ?? NONE) if (one.book === book && isLeaving(one.order)) sum += one.leaves;
  return sum;
};

/** The working orders of a ticker, by one that asked for them or by all (null). */
export const workingOf = (w: WorkingOrders, ticker: Ticker, by: string | null): readonly Order[] => {
  const found: Order[] = [];
  for (const { order } of w.byTicker.get(ticker) ?? NONE) if (by === null || order.by === by) found.push(order);
  return found;
};
