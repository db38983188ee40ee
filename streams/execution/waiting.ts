import { type Ms, ms, type OrderId } from "../domain/units.ts";
import type { Resting } from "./listing.ts";

/** How an order ended. */
export type End = "filled" | "cancelled" | "rejected" | "expired";

/** Exits that ended without filling, of which an order that comes later may still say that it waits for them. */
const FAILED_KEPT = 1_000;

/**
 * Which orders wait for which: see `Order.after`. It remembers the ids that working orders wait for, and the newest exits that did not
 * fill. An id that it does not know is over.
 */
export class Waiting {
  private readonly waiters = new Map<OrderId, Resting[]>();
  private readonly failed = new Map<OrderId, End>();

  /** An order arrived. @returns why it can never trade, or null */
  arrived(r: Resting, find: (id: OrderId) => Resting | undefined): string | null {
    for (const id of new Set(r.order.after)) {
      const end = this.failed.get(id);
      if (end !== undefined) return notFilled(id, end);
      if (find(id) === undefined) continue;
      r.waits += 1;
      const others = this.waiters.get(id);
      if (others) others.push(r);
      else this.waiters.set(id, [r]);
    }
    return null;
  }

  /** An order ended. Those that waited for it are free of it, and trade in no bar of another ticker from before, or are returned: they can never trade. */
  ended(r: Resting, how: End, since: Ms): readonly Resting[] {
    const { id, reduceOnly } = r.order;
    if (r.order.after.length > 0) this.forget(r);
    if (reduceOnly && how !== "filled") this.remember(id, how);
    if (this.waiters.size === 0) return NOBODY;
    const waiters = this.waiters.get(id) ?? NOBODY;
    this.waiters.delete(id);
    if (reduceOnly !== (how === "filled")) return waiters;
    for (const w of waiters) {
      w.waits -= 1;
      // Within one bar of one ticker the path says what came before; between tickers, only the time does.
      if (w.listing !== r.listing) w.since = ms(Math.max(w.since, since));
    }
    return NOBODY;
  }

  /** An order filled in part. Those that waited for an entry to be gone are returned: they can never trade. */
  filledSome(r: Resting): readonly Resting[] {
    return r.order.reduceOnly || this.waiters.size === 0 ? NOBODY : [...(this.waiters.get(r.order.id) ?? NOBODY)];
  }

  private forget(r: Resting): void {
    for (const id of r.order.after) {
      const left = this.waiters.get(id)?.filter((w) => w !== r);
      if (left === undefined) continue;
      if (left.length > 0) this.waiters.set(id, left);
      else this.waiters.delete(id);
    }
  }

  private remember(id: OrderId, how: End): void {
    this.failed.set(id, how);
    if (this.failed.size > FAILED_KEPT) this.failed.delete(this.failed.keys().next().value as OrderId);
  }
}

const NOBODY: readonly Resting[] = [];

const notFilled = (id: OrderId, how: End): string => `it waited for ${id} to fill, which was ${how}`;

/** Why an order that waited for `r` is cancelled. */
export const whyCancelled = (r: Resting, how: End): string =>
  r.order.reduceOnly ? notFilled(r.order.id, how) : `it waited for ${r.order.id} to be withdrawn, which filled`;
