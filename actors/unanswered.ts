import type { RequestFailed } from "../streams/domain/request.ts";
import type { Ms, OrderId } from "../streams/domain/units.ts";
import type { OrderBook, OrderState } from "../streams/execution/orders.ts";
import type { Effect } from "./actor.ts";

/** An answer to an order was waited for long enough. */
export interface WaitedLong {
  readonly type: "waited.long";
  readonly orderId: OrderId;
}

/** An answer is expected within this, ms of market time; then the order is looked up. */
const ANSWER_MS = 10_000;
/** The first look-up after a request of which nobody knows whether it arrived. */
const SOON_MS = 1_000;
/** Look-ups of one order are at least this far apart; twice as far each time, up to the most. */
const LOOKUP_MS = 2_000;
const LOOKUP_MOST_MS = 60_000;
/** An order that the broker does not know this long after it was sent is taken for dead; one that turns up later is withdrawn. */
const GRACE_MS = 60_000;
/** After requests that could not leave, the next order of the kind waits: twice as long each time, up to the most. */
const RETRY_MS = 1_000;
const RETRY_MOST_MS = 60_000;
/** An open order of which nothing was heard for so long is asked after: a fill or an end may have been missed. */
const QUIET_MS = 5 * 60_000;

interface Wait {
  /** When the order was sent. */
  readonly since: Ms;
  /** Its state was heard at least once. */
  known: boolean;
  lookups: number;
  /** A look-up is out. */
  asked: boolean;
  /** When an order that was known was first said to be missing. */
  missingSince: Ms | null;
  /** Why it certainly did not leave; null when it may have. */
  refusal: string | null;
}

const NOTHING: Effect[] = [];

/**
 * Follows orders that wait for an answer, so that none works for ever unheard of. A simulated exchange answers at once: there only orders that it
 * failed at wait, before they are given up. Changed in place by its one owner.
 */
export class Unanswered {
  /** The broker is outside: it takes its time, and may be asked what became of an order. */
  readonly outside: boolean;
  private readonly waits = new Map<OrderId, Wait>();
  /** Orders in a row that could not be sent. */
  private refused = 0;

  constructor(outside: boolean) {
    this.outside = outside;
  }

  sent(id: OrderId, now: Ms): Effect[] {
    if (!this.outside) return NOTHING;
    this.waits.set(id, waitFrom(now));
    return [wake(id, ANSWER_MS)];
  }

  /** An order that works without having been sent: a bracket leg. */
  born(id: OrderId, now: Ms): Effect[] {
    if (!this.outside || this.waits.has(id)) return NOTHING;
    this.waits.set(id, { ...waitFrom(now), known: true });
    return [wake(id, QUIET_MS)];
  }

  cancelSent(id: OrderId): Effect[] {
    const wait = this.waits.get(id);
    if (wait === undefined) return [];
    wait.lookups = 0;
    wait.asked = false;
    return [wake(id, ANSWER_MS)];
  }

  /** At the start of a life: every open order of a broker outside is waited for again, and what a simulated exchange never accepted. */
  started(open: OrderBook): Effect[] {
    const effects: Effect[] = [];
    for (const [id, one] of open) {
      if (!this.outside && one.status !== "submitted") continue;
      const wait = this.waits.get(id);
      if (wait !== undefined) wait.known = one.status !== "submitted";
      effects.push(wake(id, ANSWER_MS));
    }
    return effects;
  }

  /** The broker said something of it, and it is still open. */
  answered(id: OrderId, one: OrderState): Effect[] {
    const wait = this.waits.get(id);
    if (wait === undefined) return NOTHING;
    wait.known = true;
    wait.asked = false;
    wait.missingSince = null;
    wait.refusal = null;
    if (one.status === "pending_cancel") return []; // the timer of the cancel goes on
    wait.lookups = 0;
    return [wake(id, QUIET_MS)];
  }

  closed(id: OrderId): Effect[] {
    return this.waits.delete(id) ? [{ fx: "cancel", key: id }] : NOTHING;
  }

  /** The broker said something. */
  heard(): void {
    this.refused = 0;
  }

  /** Whether the answer at hand is one to a look-up. */
  lookedUp(id: OrderId): boolean {
    return this.waits.get(id)?.asked ?? false;
  }

  /** It turned up after it was given up. */
  found(id: OrderId, now: Ms): void {
    this.waits.set(id, { ...waitFrom(now), known: true });
  }

  /** Why an order never left; null when it may have. */
  neverSent(id: OrderId): string | null {
    return this.waits.get(id)?.refusal ?? null;
  }

  /** A look-up goes out; another follows unless it is answered. */
  lookUp(id: OrderId): Effect[] {
    const wait = this.waits.get(id);
    if (wait === undefined) return [];
    const delayMs = Math.min(LOOKUP_MOST_MS, LOOKUP_MS * 2 ** wait.lookups);
    wait.lookups += 1;
    wait.asked = true;
    return [wake(id, delayMs)];
  }

  /** A request about an open order came to nothing. */
  failed(id: OrderId, f: RequestFailed, now: Ms): Effect[] {
    if (!this.outside) {
      if (f.request !== "submit") return NOTHING;
      this.waits.set(id, { ...waitFrom(now), refusal: f.reason });
      return [wake(id, RETRY_MOST_MS)]; // what threw will throw again: it must not be tried in a circle
    }
    const wait = this.waits.get(id);
    if (wait === undefined || f.request === "lookup") return []; // the next look-up is planned
    if (f.request === "submit" && f.sent === "no" && !wait.known) {
      wait.refusal = f.reason;
      const delayMs = Math.min(RETRY_MOST_MS, RETRY_MS * 2 ** this.refused);
      this.refused += 1;
      return [wake(id, delayMs)];
    }
    return [wake(id, SOON_MS)];
  }

  /** The broker knows no such order: true when that means that it is dead. */
  missing(id: OrderId, now: Ms): boolean {
    const wait = this.waits.get(id);
    if (wait === undefined) return false;
    wait.asked = false;
    if (!wait.known) return now - wait.since >= GRACE_MS;
    wait.missingSince ??= now;
    return now - wait.missingSince >= GRACE_MS;
  }
}

const waitFrom = (since: Ms): Wait => ({
  since,
  known: false,
  lookups: 0,
  asked: false,
  missingSince: null,
  refusal: null,
});

const wake = (id: OrderId, delayMs: number): Effect => ({
  fx: "after",
  key: id,
  delayMs,
  msg: { type: "waited.long", orderId: id } satisfies WaitedLong,
});
