import type { TapeEvent } from "../../streams/domain/event.ts";
import type { Fill, Order } from "../../streams/domain/order.ts";
import type { Split } from "../../streams/domain/portfolio.ts";
import { MICROS, priceOf, timesOver, worth } from "./amounts.ts";
import { ControlState } from "./controlState.ts";

export const ACCOUNT = "account";
export const ENSEMBLE = "ensemble";
export const isLegId = (id: string): boolean => /\.(sl|tp)$/.test(id);

/** Whose order an id names: `<run>-<book>-<ticker>-<serial>`; the names of this fuzzer have no dashes. */
export const bookNamed = (id: string): string => {
  const parts = id.replace(/\.(sl|tp)$/, "").split("-");
  return parts.length === 4 ? (parts[1] as string) : ACCOUNT;
};

/** Which limit, as it is kept: that of a position is one per ticker. */
export const limitName = ({ ticker, limit }: { readonly ticker: string; readonly limit: string }): string =>
  limit === "position" ? `${ticker} ${limit}` : limit;

export const signOfSide = (side: "buy" | "sell"): 1 | -1 => (side === "buy" ? 1 : -1);

/** An order that works, as its events say. Prices and shares follow splits. */
export interface WorkingOrder {
  readonly order: Order;
  readonly book: string;
  leaves: number;
  limitPx: number | null;
  stopPx: number | null;
  /** The ticker's price when it was submitted, µUSD; null before the first. */
  judgedPx: number | null;
  /** Number of the moment in which risk approved it. */
  readonly approvedIn: number;
  readonly submittedIn: number;
  cancelAsked: boolean;
  /** A split came since: shares and prices are rounded. */
  split: boolean;
}

/** The account once more, from events alone and by arithmetic of its own. Amounts are integers of 10⁻⁶. */
export class Shadow {
  readonly controls = new ControlState();
  cash: number;
  /** Per ticker and book, µshare. */
  readonly held = new Map<string, Map<string, number>>();
  readonly marks = new Map<string, number>();
  readonly working = new Map<string, WorkingOrder>();
  /** How orders ended (filled, cancelled, rejected, expired, lost), and whether they were exits. */
  readonly ended = new Map<string, { readonly how: string; readonly isExit: boolean }>();
  readonly tickersHalted = new Set<string>();
  /** Limits that were said to be exceeded and not to be restored. */
  readonly exceeded = new Set<string>();
  /** Ids of fills: a broker may tell one again. */
  readonly fills = new Set<string>();
  /** Counts what was fed. */
  moment = 0;
  mostEquity: number;
  #approved = new Map<string, number>();

  constructor(cash: number) {
    this.cash = cash;
    this.mostEquity = cash;
  }

  heldIn(ticker: string, book: string): number {
    return this.held.get(ticker)?.get(book) ?? 0;
  }

  /** µshare of the whole account. */
  heldOf(ticker: string): number {
    let sum = 0;
    for (const shares of this.held.get(ticker)?.values() ?? []) sum += shares;
    return sum;
  }

  markOf(ticker: string): number {
    return this.marks.get(ticker) ?? 0;
  }

  /** @param marks prices that are taken instead of the latest, µUSD. */
  equity(marks: ReadonlyMap<string, number> = this.marks): number {
    let sum = this.cash;
    for (const ticker of this.held.keys()) sum += worth(marks.get(ticker) ?? this.markOf(ticker), this.heldOf(ticker));
    return sum;
  }

  /** Σ |held| at the marks. */
  gross(marks: ReadonlyMap<string, number> = this.marks): number {
    let sum = 0;
    for (const ticker of this.held.keys()) sum += Math.abs(worth(marks.get(ticker) ?? this.markOf(ticker), this.heldOf(ticker)));
    return sum;
  }

  /** Whether nothing is held of a ticker that a kill or a close is to close. */
  isFlat(ticker: string, whole: boolean): boolean {
    for (const [book, shares] of this.held.get(ticker) ?? []) if (shares !== 0 && (whole || book !== ACCOUNT)) return false;
    return true;
  }

  /** Orders at work that may open, of one ticker or all. */
  entries(ticker?: string): WorkingOrder[] {
    return [...this.working.values()].filter((w) => !w.order.reduceOnly && (ticker === undefined || w.order.ticker === ticker));
  }

  note(e: TapeEvent): void {
    switch (e.type) {
      case "market.bar":
        this.marks.set(e.ticker, priceOf(e.close));
        this.mostEquity = Math.max(this.mostEquity, this.equity());
        return;
      case "market.halt":
        if (e.halted) this.tickersHalted.add(e.ticker);
        else this.tickersHalted.delete(e.ticker);
        return;
      case "control.command":
        this.controls.note(e, (whole) => this.#touched(whole));
        break;
      case "trading.stopped":
        if (e.keepsPositions === true) this.controls.paused = true;
        else this.controls.kill(false);
        return;
      case "limit.exceeded":
        this.exceeded.add(limitName(e));
        return;
      case "limit.restored":
        this.exceeded.delete(limitName(e));
        return;
      default:
        this.#noteAccount(e);
        this.#noteOrder(e);
    }
    this.#endClosings();
  }

  #touched(whole: boolean): string[] {
    const known = new Set([...this.held.keys(), ...this.entries().map((w) => w.order.ticker as string)]);
    return [...known].filter((t) => !this.isFlat(t, whole) || this.entries(t).length > 0);
  }

  #endClosings(): void {
    const { closing } = this.controls;
    if (closing.size === 0) return;
    for (const [ticker, whole] of closing)
      if (this.isFlat(ticker, whole) && this.entries(ticker).length === 0) closing.delete(ticker);
  }

  #noteAccount(e: TapeEvent): void {
    switch (e.type) {
      case "account.opened":
        this.cash = e.cash;
        this.mostEquity = e.cash;
        return;
      case "account.adopted":
        this.#add(e.ticker, e.book, e.shares);
        if (e.mark !== null) this.marks.set(e.ticker, priceOf(e.mark));
        this.mostEquity = Math.max(this.mostEquity, this.equity());
        return;
      case "account.dividend":
        this.cash += worth(e.perShare, this.heldOf(e.ticker));
        return;
      case "account.split":
        this.#split(e);
        return;
      default:
        return;
    }
  }

  #noteOrder(e: TapeEvent): void {
    switch (e.type) {
      case "risk.verdict":
        if (e.outcome !== "denied") this.#approved.set(e.orderId, this.moment);
        else this.#end(e.orderId, "denied");
        return;
      case "order.submitted":
        this.#submit(e.order);
        return;
      case "order.cancelRequested": {
        const w = this.working.get(e.orderId);
        if (w !== undefined) w.cancelAsked = true;
        return;
      }
      case "order.replaced": {
        const w = this.working.get(e.orderId);
        if (w === undefined) return;
        w.limitPx = e.limitPx;
        w.stopPx = e.stopPx;
        return;
      }
      case "order.filled":
        this.#fill(e);
        return;
      case "order.cancelled":
      case "order.rejected":
      case "order.expired":
      case "order.lost":
        this.#end(e.orderId, e.type.slice("order.".length));
        return;
      default:
        return;
    }
  }

  #submit(order: Order): void {
    this.working.set(order.id, {
      order,
      book: bookNamed(order.id),
      leaves: order.qty,
      limitPx: order.limitPx,
      stopPx: order.stopPx,
      judgedPx: this.marks.get(order.ticker) ?? null,
      approvedIn: this.#approved.get(order.id) ?? this.moment,
      submittedIn: this.moment,
      cancelAsked: false,
      split: false,
    });
  }

  #fill(e: Fill): void {
    if (this.fills.has(e.fillId)) return;
    this.fills.add(e.fillId);
    const sign = signOfSide(e.side);
    this.#add(e.ticker, bookNamed(e.orderId), sign * e.qty);
    this.cash -= worth(e.px, sign * e.qty) + e.commission;
    const w = this.working.get(e.orderId);
    if (w !== undefined) w.leaves = w.order.cashFraction === null ? Math.max(0, w.leaves - e.qty) : e.leaves;
    if (e.leaves === 0) this.#end(e.orderId, "filled");
  }

  #end(id: string, how: string): void {
    const isExit = this.working.get(id)?.order.reduceOnly ?? isLegId(id);
    this.working.delete(id);
    if (!this.ended.has(id)) this.ended.set(id, { how, isExit });
  }

  #add(ticker: string, book: string, shares: number): void {
    let books = this.held.get(ticker);
    if (books === undefined) {
      books = new Map();
      this.held.set(ticker, books);
    }
    books.set(book, (books.get(book) ?? 0) + shares);
  }

  #split({ ticker, numerator: n, denominator: d }: Split): void {
    const price = (px: number | null): number | null => (px === null ? null : Math.max(1, timesOver(px, d, n)));
    for (const [book, shares] of this.held.get(ticker) ?? [])
      this.held.get(ticker)?.set(book, shares === 0 ? 0 : timesOver(shares, n, d) || Math.sign(shares));
    const mark = price(this.marks.get(ticker) ?? null);
    if (mark !== null) this.marks.set(ticker, mark);
    for (const w of this.working.values()) {
      if (w.order.ticker !== ticker) continue;
      w.leaves = timesOver(w.leaves, n, d);
      w.limitPx = price(w.limitPx);
      w.stopPx = price(w.stopPx);
      w.judgedPx = price(w.judgedPx);
      w.split = true;
    }
  }
}

/** Whole shares, for a report. */
export const inShares = (micros: number): number => micros / MICROS;
