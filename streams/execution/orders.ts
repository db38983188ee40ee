import { isLegId, siblingOf } from "../domain/books.ts";
import type { BrokerReply, EventOf } from "../domain/event.ts";
import { isClosed, ORDER_TABLE, type Order, type OrderStatus, type OrderStep } from "../domain/order.ts";
import type { Split } from "../domain/portfolio.ts";
import { type OrderId, type Qty, qty } from "../domain/units.ts";
import { legsOf } from "./legs.ts";
import { splitOrder, splitQty } from "./splitting.ts";

/** An order and how far it has come. */
export interface OrderState {
  order: Order;
  status: OrderStatus;
  /** µshare. */
  filled: Qty;
}

/** The open orders of one account. Changed in place by its one owner. */
export type OrderBook = Map<OrderId, OrderState>;

const stepOf = (reply: BrokerReply): OrderStep => {
  switch (reply.type) {
    case "order.accepted":
    case "order.replaced":
      return "accept";
    case "order.rejected":
      return "reject";
    case "order.cancelled":
      return "cancel";
    case "order.expired":
      return "expire";
    case "order.filled":
      return reply.leaves === 0 ? "fill" : "partial";
  }
};

/** What a reply did to its order. `unknown`: not one of our open orders. `impossible`: the table has no such step. */
export type Settled = "open" | "closed" | "unknown" | "impossible";

export const submitted = (book: OrderBook, e: EventOf<"order.submitted">): void => {
  if (!book.has(e.order.id)) book.set(e.order.id, { order: e.order, status: "submitted", filled: qty(0) });
};

/**
 * Moves the order along its table; a closed order leaves the book. A fill of an entry brings its bracket legs to life: they are followed as orders
 * of their own, though nobody sent them.
 */
export const settle = (book: OrderBook, reply: BrokerReply): Settled => {
  const one = book.get(reply.orderId);
  if (!one) return "unknown";
  const status = ORDER_TABLE[one.status][stepOf(reply)];
  if (status === undefined) return "impossible";
  if (reply.type === "order.filled") filled(book, one, reply);
  if (reply.type === "order.replaced")
    one.order = { ...one.order, limitPx: reply.limitPx, stopPx: reply.stopPx, bracket: reply.bracket };
  if (isClosed(status)) {
    book.delete(reply.orderId);
    return "closed";
  }
  one.status = status;
  return "open";
};

const filled = (book: OrderBook, one: OrderState, reply: EventOf<"order.filled">): void => {
  one.filled = qty(one.filled + reply.qty);
  for (const leg of legsOf(one.order, one.filled)) {
    const known = book.get(leg.id);
    if (known) known.order = leg;
    else book.set(leg.id, { order: leg, status: "accepted", filled: qty(0) });
  }
  const sibling = isLegId(reply.orderId) && reply.leaves > 0 ? book.get(siblingOf(reply.orderId)) : undefined;
  if (sibling) sibling.order = { ...sibling.order, qty: qty(Math.min(sibling.order.qty, sibling.filled + reply.leaves)) };
};

/** Working orders of a split ticker keep their worth. */
export const splitOrders = (book: OrderBook, split: Split): void => {
  for (const one of book.values()) {
    if (one.order.ticker !== split.ticker) continue;
    one.order = splitOrder(one.order, split);
    one.filled = qty(splitQty(one.filled, split));
  }
};

/** Marks a cancel as asked for; false when there is nothing to cancel, or it was asked already. */
export const cancelling = (book: OrderBook, id: OrderId): boolean => {
  const one = book.get(id);
  const status = one && ORDER_TABLE[one.status].requestCancel;
  if (!one || status === undefined || one.status === "pending_cancel") return false;
  one.status = status;
  return true;
};
