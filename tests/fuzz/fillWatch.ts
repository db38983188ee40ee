import type { LimitExceeded } from "../../streams/domain/limits.ts";
import type { Bar } from "../../streams/domain/market.ts";
import type { Fill } from "../../streams/domain/order.ts";
import type { RunConfig } from "../../streams/domain/run.ts";
import { MICROS, priceOf, worth } from "./amounts.ts";
import type { Counts } from "./counts.ts";
import { ACCOUNT, bookNamed, inShares, isLegId, limitName, type Shadow, signOfSide, type WorkingOrder } from "./shadow.ts";
import type { Found } from "./violation.ts";

export interface Surroundings {
  /** A broker outside answers late: what it fills after a pause is nobody's fault here. */
  readonly outside: boolean;
  readonly executorRuns: () => boolean;
}

/** A price step, µUSD: what a split may round an order's price by. */
const STEP = 10_000;
/** Of limits, a fraction: what is rounded, and commission that was paid since. */
const SLACK = 0.002;
/** Beyond this fraction of a limit a gap has to have been told. */
const TOLD_PAST = 1.02;

/** What has to be true of a fill, and what may follow one. */
export class FillWatch {
  readonly #shadow: Shadow;
  readonly #config: RunConfig;
  readonly #around: Surroundings;
  readonly #found: Found;
  readonly #counts: Counts;
  #opens = new Map<string, number>();
  #closes = new Map<string, number>();
  /** The executor was there before what is fed now: what its orders did since is not in its hands any more. */
  #couldWithdraw = true;
  /** Limits that a fill beyond the price judged went past in this feed, neither open then nor told since: what it came to. */
  readonly #untold = new Map<string, string>();
  /** Tickers of which an order sized by cash bought another number of shares than was reckoned with. */
  readonly #otherSize = new Set<string>();
  readonly #fills = new Map<string, Fill[]>();
  /** Of the fill at hand, before it. */
  #working: WorkingOrder | null = null;
  #held = 0;
  #total = 0;

  constructor(shadow: Shadow, config: RunConfig, around: Surroundings, found: Found, counts: Counts) {
    this.#shadow = shadow;
    this.#config = config;
    this.#around = around;
    this.#found = found;
    this.#counts = counts;
  }

  begin(bars: readonly Bar[]): void {
    const { killed, paused, stopped, closing } = this.#shadow.controls;
    const isHalted = killed !== null || paused || stopped.size > 0 || closing.size > 0;
    this.#couldWithdraw = !isHalted || this.#around.executorRuns();
    this.#opens = new Map(bars.map((b) => [b.ticker, priceOf(b.open)]));
    this.#closes = new Map(bars.map((b) => [b.ticker, priceOf(b.close)]));
    this.#untold.clear();
  }

  /** The fills of a ticker since its last bar. */
  takeFills(ticker: string): readonly Fill[] {
    const fills = this.#fills.get(ticker) ?? [];
    this.#fills.delete(ticker);
    return fills;
  }

  /** Before the shadow takes it in. */
  before(e: Fill): void {
    const shadow = this.#shadow;
    this.#working = shadow.working.get(e.orderId) ?? null;
    this.#held = shadow.heldIn(e.ticker, bookNamed(e.orderId));
    this.#total = shadow.heldOf(e.ticker);
    const fills = this.#fills.get(e.ticker);
    if (fills === undefined) this.#fills.set(e.ticker, [e]);
    else fills.push(e);
    this.#count(e, this.#working);
    if (this.#working !== null) this.#checkOrder(e, this.#working);
    if (!this.#around.outside && shadow.tickersHalted.has(e.ticker))
      this.#found("fills-in-halt", `${e.orderId} filled while ${e.ticker} does not trade`);
  }

  /** After the shadow has taken it in. @param isBehind an actor broke lately: what it was to withdraw may still work. */
  after(e: Fill, isBehind: boolean): void {
    const shadow = this.#shadow;
    const w = this.#working;
    const book = bookNamed(e.orderId);
    const now = shadow.heldIn(e.ticker, book);
    const opened = now * this.#held < 0 ? Math.abs(now) : Math.max(0, Math.abs(now) - Math.abs(this.#held));
    if (opened === 0) return;
    if (w === null ? isLegId(e.orderId) : w.order.reduceOnly) {
      this.#found("exit-opens", `${e.orderId} takes ${book} from ${inShares(this.#held)} to ${inShares(now)} of ${e.ticker}`);
      return;
    }
    if (now < 0 && !this.#config.risk.allowShort && book !== ACCOUNT)
      this.#found("short-held", `${e.orderId} leaves ${book} with ${inShares(now)} of ${e.ticker}`);
    if (!isBehind) this.#checkHalts(e, opened);
    if (w === null) return;
    if (this.#total === 0) this.#checkCount(e);
    this.#checkMoney(e, w);
    this.#checkPosition(e, w);
  }

  told(e: LimitExceeded): void {
    this.#untold.delete(limitName(e));
  }

  /** @param moneyRuns whether all actors of money could tell. */
  end(moneyRuns: () => boolean): void {
    if (this.#untold.size === 0 || !moneyRuns()) return;
    for (const what of this.#untold.values()) this.#found("not-told", what);
  }

  #checkOrder(e: Fill, w: WorkingOrder): void {
    const shadow = this.#shadow;
    const { order } = w;
    if (order.cashFraction === null && e.qty > w.leaves + (w.split ? MICROS : 0))
      this.#found("overfill", `${e.orderId} filled ${inShares(e.qty)} of ${inShares(w.leaves)} left`);
    if (order.kind === "limit" && w.limitPx !== null) {
      const worse = signOfSide(order.side) * (e.px - w.limitPx);
      if (worse > (w.split ? STEP : 0))
        this.#found("limit-worsened", `${e.orderId} at ${w.limitPx / MICROS} filled at ${e.px / MICROS}`);
    }
    for (const id of order.after) {
      const { how, isExit } = shadow.ended.get(id) ?? { how: "open", isExit: false };
      if (how === "open" || how === "lost" || (isExit && how !== "filled" && how !== "denied"))
        this.#found("after-ignored", `${e.orderId} filled before ${id}, which is ${how}`);
    }
    if (order.after.length > 0) this.#counts.add("after.filled");
  }

  #checkHalts(e: Fill, opened: number): void {
    const { outside, executorRuns } = this.#around;
    const why = this.#shadow.controls.halts(e.ticker);
    if (why !== null && !outside && this.#couldWithdraw && executorRuns())
      this.#found("opens-while-halted", `${e.orderId} opened ${inShares(opened)} of ${e.ticker}: ${why}`);
  }

  /** A ticker was flat and is not any more. */
  #checkCount(e: Fill): void {
    const shadow = this.#shadow;
    let open = 0;
    for (const ticker of shadow.held.keys()) if (shadow.heldOf(ticker) !== 0) open += 1;
    const most = this.#config.risk.maxOpenPositions;
    if (open > most) this.#found("open-positions", `${e.orderId} is the ${open}th position of at most ${most}`);
  }

  /** Money is never exceeded by a fill, whatever the gap: reckoned at the closes before, the opens or the closes of the bars at hand. */
  #checkMoney(e: Fill, w: WorkingOrder): void {
    const shadow = this.#shadow;
    if (this.#around.outside) return;
    const within = [shadow.marks, this.#opens, this.#closes].some((marks) => {
      const at = new Map([...marks, [e.ticker as string, e.px as number]]);
      return shadow.gross(at) <= this.#config.risk.leverage * (shadow.equity(at) + e.commission) * (1 + SLACK);
    });
    if (!within)
      this.#found(
        "money-exceeded",
        `${w.order.id} at ${e.px / MICROS}: gross ${shadow.gross() / MICROS}, equity ${shadow.equity() / MICROS}`,
      );
  }

  /** A fill within the price judged and its collar passes no limit; one beyond it has to be told. */
  #checkPosition(e: Fill, w: WorkingOrder): void {
    const { collar, maxPositionFraction } = this.#config.risk;
    const judged = Math.max(w.judgedPx ?? 0, w.limitPx ?? w.stopPx ?? 0);
    if (e.px > judged * (1 + collar) + 1) {
      this.#counts.add("fill.beyondCollar");
      this.#noteGap(e);
      return;
    }
    if (w.order.cashFraction !== null && Math.abs(e.px - judged) > judged * collar) this.#otherSize.add(e.ticker);
    if (w.order.after.length > 0 || this.#otherSize.has(e.ticker)) return;
    const before = Math.min(w.judgedPx ?? e.px, e.px, this.#shadow.markOf(e.ticker));
    const sign = signOfSide(e.side);
    const value =
      worth(before, Math.max(0, sign * this.#total)) + worth(e.px, e.qty - Math.max(0, Math.min(e.qty, -sign * this.#total)));
    const equity = Math.max(0, this.#shadow.mostEquity, this.#shadow.equity(this.#opens), this.#shadow.equity(this.#closes));
    const most = maxPositionFraction * equity * (1 + SLACK);
    if (value > most)
      this.#found("position-limit", `${e.orderId} makes ${value / MICROS} of ${e.ticker}, at most ${most / MICROS}`);
  }

  /** What has to be told is reckoned at the fill's own price: where the bar goes from there is nobody's fault. */
  #noteGap({ orderId, ticker, px }: Fill): void {
    const shadow = this.#shadow;
    const { maxPositionFraction, maxGrossExposure } = this.#config.risk;
    const at = new Map([...shadow.marks, [ticker as string, px as number]]);
    const equity = Math.max(0, shadow.equity(at));
    const past = (limit: string, value: number, fraction: number): void => {
      if (value > fraction * equity * TOLD_PAST && !shadow.exceeded.has(limit))
        this.#untold.set(limit, `${orderId} at ${px / MICROS}: ${limit} is ${value / MICROS} of ${equity / MICROS}`);
    };
    past(limitName({ ticker, limit: "position" }), Math.abs(worth(px, shadow.heldOf(ticker))), maxPositionFraction);
    past(limitName({ ticker, limit: "gross" }), shadow.gross(at), maxGrossExposure);
  }

  #count(e: Fill, w: WorkingOrder | null): void {
    const counts = this.#counts;
    counts.add(e.leaves === 0 ? "fill.whole" : "fill.partial");
    if (isLegId(e.orderId)) counts.add("fill.leg");
    if (w?.cancelAsked) counts.add("fill.afterCancel");
    if (w !== null && w.order.cashFraction !== null) counts.add("fill.cash");
    if (this.#shadow.controls.killed !== null) counts.add("fill.whileKilled");
  }
}
