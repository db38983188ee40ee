import { type Order, signOf } from "../../../streams/domain/order.ts";
import type { OrderId, Ticker } from "../../../streams/domain/units.ts";
import { type BrokerAsk, type Fact, lotOf, type MarketClock } from "./protocol.ts";

/** What becomes of an order, and how it is told. */
const FATES = [
  "answered promptly",
  "answered late",
  "said twice",
  "filled before accepted",
  "later fill first",
  "taken in silence",
  "never arrived",
  "taken, and the call failed",
  "refused",
  "connection cut",
  "taken, and the call timed out",
  "expired",
] as const;
const CANCEL_FATES = ["cancel late", "cancel never arrived", "cancelled, and the call failed"] as const;
const LOOKUP_FATES = ["look-up unheard", "look-up failed"] as const;
type Fate = (typeof FATES)[number];
/** Everything that has to have happened in a long enough test. */
export const FAULTS: readonly string[] = [...FATES, ...CANCEL_FATES, ...LOOKUP_FATES, "filled in parts"];

/** How a call ends for who made it. */
export type CallEnd = "done" | "failed" | "never" | "cut";

interface Booked {
  readonly order: Order;
  readonly fate: Fate;
  readonly fills: Extract<Fact, { is: "filled" }>[];
  /** µshare. */
  leaves: number;
  closed: Fact | null;
  closedAt: number;
  /** Says nothing of it before it is asked. */
  hushed: boolean;
  cancels: number;
  /** Said after the fill that follows it. */
  held: Fact | null;
}

export interface DeskOptions {
  readonly seed: number;
  readonly clock: MarketClock;
  /** µUSD. */
  readonly priceOf: (ticker: Ticker) => number;
  readonly say: (fact: Fact) => void;
}

const SECOND = 1_000;
/** Told again to who comes back: open orders, and those closed within this, ms of market time. */
const RECENT_MS = 300 * SECOND;

/** The broker's books and its bad manners. They outlive the processes that trade. */
export class OrderDesk {
  /** Ids in the order in which they were submitted, one for each time. */
  readonly submits: OrderId[] = [];
  readonly counts = new Map<string, number>();
  /** From now on everything is answered at once and truly. */
  calm = false;
  readonly #o: DeskOptions;
  readonly #orders = new Map<OrderId, Booked>();

  constructor(options: DeskOptions) {
    this.#o = options;
  }

  get open(): readonly OrderId[] {
    return [...this.#orders.values()].filter((o) => o.closed === null).map((o) => o.order.id);
  }
  get fills(): number {
    return [...this.#orders.values()].reduce((sum, o) => sum + o.fills.length, 0);
  }
  /** µshare by ticker, signed; what is flat is left out. */
  get positions(): Readonly<Record<string, number>> {
    const held: Record<string, number> = {};
    for (const { order, fills } of this.#orders.values())
      for (const f of fills) held[order.ticker] = (held[order.ticker] ?? 0) + signOf(order.side) * f.qty;
    return Object.fromEntries(Object.entries(held).filter(([, shares]) => shares !== 0));
  }

  receive(ask: BrokerAsk): CallEnd {
    switch (ask.do) {
      case "submit":
        return this.#submit(ask.order);
      case "cancel":
        return this.#cancel(ask.orderId);
      case "lookup":
        return this.#lookup(ask.orderId, ask.ticker);
    }
  }

  /** Says again what one who was away may have missed. */
  catchUp(): void {
    const since = this.#o.clock.now() - RECENT_MS;
    for (const one of this.#orders.values()) if (!one.hushed && (one.closed === null || one.closedAt > since)) this.#tell(one);
  }

  #submit(order: Order): CallEnd {
    this.submits.push(order.id);
    const fate = this.calm ? FATES[0] : this.#fateOf(order.id);
    this.#count(fate);
    if (fate === "never arrived") return "done";
    const one: Booked = {
      ...{ order, fate, fills: [], leaves: order.qty, closed: null, closedAt: 0 },
      ...{ hushed: fate === "taken in silence", cancels: 0, held: null },
    };
    this.#orders.set(order.id, one);
    this.#plan(one);
    if (fate === "connection cut") return "cut";
    if (fate === "taken, and the call failed") return "failed";
    return fate === "taken, and the call timed out" ? "never" : "done";
  }

  #fateOf(id: OrderId): Fate {
    const lot = lotOf(this.#o.seed, id);
    // A third is answered promptly, the rest shares what is left.
    return FATES[lot < 1 / 3 ? 0 : 1 + Math.floor(((lot - 1 / 3) / (2 / 3)) * (FATES.length - 1))] as Fate;
  }

  /** What will happen to an order that was taken. */
  #plan(one: Booked): void {
    const { fate, order } = one;
    if (fate === "refused") {
      this.#close(one, "rejected");
      return;
    }
    const lot = this.#lot(one, "plan");
    const firstMs = order.kind === "market" ? lot * 4 * SECOND : 2 * SECOND + lot * 20 * SECOND;
    if (fate !== "filled before accepted") this.#say(one, this.#accepted(one));
    if (fate === "expired") this.#later(5 * SECOND + lot * 10 * SECOND, () => this.#close(one, "expired"));
    else if (order.kind === "market" || lot < 0.5 || this.calm) {
      const inParts = fate === "later fill first" || this.#lot(one, "parts") < 0.3;
      if (!inParts) this.#later(firstMs, () => this.#execute(one, one.leaves));
      else {
        this.#later(firstMs, () => this.#execute(one, Math.ceil(order.qty * 0.4)));
        this.#later(firstMs + 3 * SECOND, () => this.#execute(one, one.leaves));
      }
    }
    if (fate === "filled before accepted") this.#later(firstMs + SECOND, () => this.#say(one, this.#accepted(one)));
  }

  #execute(one: Booked, qty: number): void {
    if (one.closed !== null) return;
    const { id, ticker, side } = one.order;
    one.leaves -= qty;
    const fact = {
      ...({ is: "filled", orderId: id, ticker, at: this.#o.clock.now(), fillId: `${id}#${one.fills.length + 1}`, side } as const),
      ...{ qty, leaves: one.leaves, px: this.#o.priceOf(ticker) },
    };
    one.fills.push(fact);
    if (one.fills.length === 2) this.#count("filled in parts");
    if (one.leaves === 0) {
      one.closed = fact;
      one.closedAt = fact.at;
    }
    if (one.fate === "later fill first" && one.leaves > 0) {
      one.held = fact;
      return;
    }
    this.#say(one, fact);
    this.#sayHeld(one);
  }

  #close(one: Booked, is: "rejected" | "cancelled" | "expired"): void {
    if (one.closed !== null) return;
    const { id: orderId, ticker } = one.order;
    one.closedAt = this.#o.clock.now();
    one.closed = { is, orderId, ticker, at: one.closedAt };
    this.#say(one, one.closed);
    this.#sayHeld(one);
  }

  #sayHeld(one: Booked): void {
    const { held } = one;
    one.held = null;
    if (held !== null) this.#later(2 * SECOND, () => this.#say(one, held));
  }

  #cancel(id: OrderId): CallEnd {
    const one = this.#orders.get(id);
    if (one === undefined || one.closed !== null) return "failed";
    one.cancels += 1;
    const lot = this.calm ? 1 : this.#lot(one, `cancel ${one.cancels}`);
    const fate = lot < 0.45 ? CANCEL_FATES[Math.floor(lot / 0.15)] : undefined;
    if (fate !== undefined) this.#count(fate);
    if (fate === "cancel never arrived") return "done";
    if (fate === "cancel late") this.#later(lot * 100 * SECOND, () => this.#close(one, "cancelled"));
    else this.#close(one, "cancelled");
    return fate === "cancelled, and the call failed" ? "failed" : "done";
  }

  #lookup(id: OrderId, ticker: Ticker): CallEnd {
    const one = this.#orders.get(id);
    this.#count("look-up");
    const lot = this.calm ? 1 : lotOf(this.#o.seed, `${id} look-up ${this.counts.get("look-up")}`);
    const fate = lot < 0.2 ? LOOKUP_FATES[Math.floor(lot / 0.1)] : undefined;
    if (fate !== undefined) {
      this.#count(fate);
      return fate === "look-up failed" ? "failed" : "done";
    }
    if (one === undefined) this.#o.say({ is: "missing", orderId: id, ticker, at: this.#o.clock.now() });
    else {
      one.hushed = false;
      this.#tell(one);
    }
    return "done";
  }

  /** All that is known of an order. */
  #tell(one: Booked): void {
    if (one.closed === null) this.#o.say(this.#accepted(one));
    for (const fact of one.fills) this.#o.say(fact);
    if (one.closed !== null && one.closed.is !== "filled") this.#o.say(one.closed);
  }

  #say(one: Booked, fact: Fact): void {
    if (one.hushed) return;
    if (one.fate === "said twice") this.#later(SECOND, () => this.#o.say(fact));
    if (one.fate === "answered late") this.#later(this.#lot(one, fact.is) * 30 * SECOND, () => this.#o.say(fact));
    else this.#o.say(fact);
  }

  #accepted({ order: { id, ticker } }: Booked): Fact {
    return { is: "accepted", orderId: id, ticker, at: this.#o.clock.now() };
  }
  #lot(one: Booked, about: string): number {
    return lotOf(this.#o.seed, `${one.order.id} ${about}`);
  }
  #later(marketMs: number, run: () => void): void {
    this.#o.clock.after(marketMs, run);
  }
  #count(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }
}
