import type { BrokerReply } from "../streams/domain/event.ts";
import type { Order } from "../streams/domain/order.ts";
import type { Split } from "../streams/domain/portfolio.ts";
import type { OrderId } from "../streams/domain/units.ts";
import type { OrderBook } from "../streams/execution/orders.ts";
import { splitOrder } from "../streams/execution/splitting.ts";

interface Held {
  order: Order;
  /** Orders that are not over yet. */
  readonly open: Set<OrderId>;
  /** Why it can never be sent; null while it may. */
  why: string | null;
}

/** Orders that were approved and wait until others are over: exits must have filled, withdrawn entries must be gone without another fill. */
export class HeldBack {
  private readonly orders: Held[] = [];

  get size(): number {
    return this.orders.length;
  }

  all(): readonly Order[] {
    return this.orders.map((h) => h.order);
  }

  /** @param book the open orders: what is not in it is over. */
  put(order: Order, book: OrderBook): void {
    const open = new Set<OrderId>();
    for (const id of order.after) if (book.has(id) || this.orders.some((h) => h.order.id === id)) open.add(id);
    this.orders.push({ order, open, why: null });
  }

  /** A reply to an order. @param isClosed it has come to its end. */
  heard(reply: BrokerReply, order: Order | null, isClosed: boolean): void {
    const { orderId: id } = reply;
    const isFill = reply.type === "order.filled";
    for (const held of this.orders) {
      if (!held.open.has(id)) continue;
      if (order !== null && !order.reduceOnly && isFill) held.why ??= "an order that was withdrawn before it has filled";
      if (!isClosed) continue;
      held.open.delete(id);
      if (order?.reduceOnly && !isFill) held.why ??= "the exit it waited for did not fill";
    }
  }

  /** An order was given up: nobody knows that it did not fill. */
  gone(id: OrderId): void {
    for (const held of this.orders) if (held.open.delete(id)) held.why ??= "an order it waited for was lost";
  }

  /** Takes out those that need not wait, or never can be sent. Those that wait for a dropped one are dropped too. */
  settle(): { readonly ready: readonly Order[]; readonly dropped: readonly { readonly order: Order; readonly why: string }[] } {
    const ready: Order[] = [];
    const dropped: { order: Order; why: string }[] = [];
    for (let i = 0; i < this.orders.length; ) {
      const held = this.orders[i] as Held;
      if (held.why === null && held.open.size > 0) {
        i++;
        continue;
      }
      this.orders.splice(i, 1);
      if (held.why === null) ready.push(held.order);
      else {
        dropped.push({ order: held.order, why: held.why });
        this.gone(held.order.id);
        i = 0;
      }
    }
    return { ready, dropped };
  }

  /** Takes out those that are withdrawn. */
  take(which: (o: Order) => boolean): readonly Order[] {
    const taken: Order[] = [];
    for (let i = this.orders.length - 1; i >= 0; i--) {
      const { order } = this.orders[i] as Held;
      if (!which(order)) continue;
      this.orders.splice(i, 1);
      taken.unshift(order);
    }
    return taken;
  }

  split(split: Split): void {
    for (const held of this.orders) if (held.order.ticker === split.ticker) held.order = splitOrder(held.order, split);
  }
}
