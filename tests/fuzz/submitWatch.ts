import type { RiskLimits } from "../../streams/domain/run.ts";
import type { OrderId } from "../../streams/domain/units.ts";
import { MICROS } from "./amounts.ts";
import type { Counts } from "./counts.ts";
import { heldAfter, openingPart, type WorstCase, worstCase } from "./exposure.ts";
import { ACCOUNT, ENSEMBLE, inShares, type Shadow, signOfSide, type WorkingOrder } from "./shadow.ts";
import type { Found } from "./violation.ts";

/** Of money, µUSD: what is rounded on the way. */
const SLACK = 10_000;

/** What has to be true of an order when it is sent. */
export class SubmitWatch {
  readonly #shadow: Shadow;
  readonly #limits: RiskLimits;
  readonly #found: Found;
  readonly #counts: Counts;
  readonly #seen = new Set<string>();
  /** Tickers and books that an exit was sent for. */
  readonly #exits = new Set<string>();

  constructor(shadow: Shadow, limits: RiskLimits, found: Found, counts: Counts) {
    this.#shadow = shadow;
    this.#limits = limits;
    this.#found = found;
    this.#counts = counts;
  }

  /** After the shadow has taken it in. @param isBehind an actor broke lately: it may still do what it was told before a halt. */
  check(id: OrderId, isBehind: boolean): void {
    if (this.#seen.has(id)) this.#found("id-twice", `${id} was sent twice`);
    this.#seen.add(id);
    const w = this.#shadow.working.get(id);
    if (w === undefined) return;
    if (w.order.after.length > 0) this.#counts.add("after.waited");
    if (w.order.reduceOnly) this.#checkExit(w);
    this.#checkAccount(w);
    const opens = openingPart(this.#shadow, w);
    if (opens <= 0) return;
    this.#mayOpen(w, opens, isBehind);
    this.#checkShort(w);
    this.#checkBooks(w);
    // An entry that waited for its exits was judged when it was approved, at the prices of then.
    const wasHeldBack = w.order.after.length > 0 && w.approvedIn !== w.submittedIn;
    if (!wasHeldBack) this.#checkLimits(w);
  }

  /** The ensemble gives away no more than its own book has. */
  #checkExit({ order, book, leaves }: WorkingOrder): void {
    const held = -signOfSide(order.side) * this.#shadow.heldIn(order.ticker, book);
    if (book === ENSEMBLE && leaves > Math.max(0, held))
      this.#found("sells-others", `${order.id} is for ${inShares(leaves)}, ${book} has ${inShares(held)} to give`);
    if (order.kind !== "market") return;
    const key = `${order.ticker} ${book}`;
    if (this.#exits.has(key) && this.#shadow.controls.halts(order.ticker) !== null) this.#counts.add("exit.again");
    this.#exits.add(key);
  }

  /** What no strategy bought is left alone, unless a person closes the whole account. */
  #checkAccount({ order, book }: WorkingOrder): void {
    const { killed, closing } = this.#shadow.controls;
    if (book === ACCOUNT && !killed?.whole && !closing.get(order.ticker))
      this.#found("account-touched", `${order.id} is about shares that no strategy bought`);
  }

  #mayOpen({ order }: WorkingOrder, opens: number, isBehind: boolean): void {
    const { controls, tickersHalted, exceeded } = this.#shadow;
    const why = controls.halts(order.ticker);
    if (why !== null && !isBehind)
      this.#found("opens-while-halted", `${order.id} was sent for ${inShares(opens)} to open: ${why}`);
    if (tickersHalted.has(order.ticker) && !isBehind)
      this.#found("opens-in-halt", `${order.id} was sent while ${order.ticker} does not trade`);
    if (exceeded.size > 0) this.#found("opens-past-limit", `${order.id} was sent although exceeded: ${[...exceeded].join(", ")}`);
  }

  #checkShort(w: WorkingOrder): void {
    if (this.#limits.allowShort || w.order.side === "buy") return;
    const shadow = this.#shadow;
    let left = shadow.heldIn(w.order.ticker, w.book);
    for (const e of shadow.entries(w.order.ticker)) if (e.book === w.book && e.order.side === "sell") left -= e.leaves;
    if (left < 0 || w.order.cashFraction !== null)
      this.#found("short-not-allowed", `${w.order.id} may leave ${w.book} with ${inShares(left)} of ${w.order.ticker}`);
  }

  /** No book trades against another of the account. */
  #checkBooks(w: WorkingOrder): void {
    const shadow = this.#shadow;
    const { ticker, side, after } = w.order;
    const sign = signOfSide(side);
    const done = new Set<string>(after);
    for (const book of shadow.held.get(ticker)?.keys() ?? []) {
      if (book === w.book) continue;
      const held = heldAfter(shadow, ticker, book, done);
      if (held * sign < 0) this.#found("opposes-book", `${w.order.id} to ${side}, ${book} holds ${inShares(held)} of ${ticker}`);
    }
    for (const other of shadow.entries(ticker)) {
      if (other.book === w.book || other.order.side === side || done.has(other.order.id)) continue;
      if (openingPart(shadow, other) > 0) this.#found("opposes-book", `${w.order.id} to ${side}, ${other.order.id} works`);
    }
  }

  #checkLimits(w: WorkingOrder): void {
    const shadow = this.#shadow;
    const { maxPositionFraction, maxGrossExposure, maxOpenPositions, leverage } = this.#limits;
    const equity = shadow.equity();
    let gross = 0;
    let open = 0;
    let own: WorstCase | null = null;
    const tickers = new Set<string>([...shadow.held.keys(), ...shadow.entries().map((e) => e.order.ticker as string)]);
    for (const ticker of tickers) {
      const worst = worstCase(shadow, ticker, w, this.#limits);
      gross += Math.max(worst.long, worst.short);
      if (worst.isOpen) open += 1;
      if (ticker === w.order.ticker) own = worst;
    }
    const position = own === null ? 0 : w.order.side === "buy" ? own.long : own.short;
    this.#atMost("position-limit", w, position, maxPositionFraction * equity);
    this.#atMost("gross-limit", w, gross, maxGrossExposure * equity);
    this.#atMost("buying-power", w, gross, leverage * equity);
    if (open > maxOpenPositions) this.#found("open-positions", `${w.order.id} makes ${open} of at most ${maxOpenPositions}`);
  }

  #atMost(name: string, { order }: WorkingOrder, value: number, most: number): void {
    if (value > most + SLACK) this.#found(name, `with ${order.id} it may come to ${value / MICROS}, at most ${most / MICROS}`);
  }
}
