import type { TapeEvent } from "../../streams/domain/event.ts";
import type { Bar } from "../../streams/domain/market.ts";
import type { Order } from "../../streams/domain/order.ts";
import type { RunConfig } from "../../streams/domain/run.ts";
import type { OrderId } from "../../streams/domain/units.ts";
import { MICROS, priceOf } from "./amounts.ts";
import type { Counts } from "./counts.ts";
import { FillWatch } from "./fillWatch.ts";
import { TRADERS } from "./script.ts";
import { ENSEMBLE, Shadow } from "./shadow.ts";
import { SubmitWatch } from "./submitWatch.ts";
import type { Found, Violation } from "./violation.ts";

/** Who has orders of its own. */
const OWNERS: ReadonlySet<string> = new Set([...TRADERS, ENSEMBLE]);
/** Core time after which an actor that broke has begun anew and caught up. */
const CATCHING_UP_MS = 5 * 60_000;
/** A bar's prices are in floats, and slippage is rounded to µUSD. */
const PRICE_SLACK = 10_000;

/** Holds every event of a run against what was promised, by an account of its own. */
export class Watch {
  readonly shadow: Shadow;
  readonly violations: Violation[] = [];
  readonly #config: RunConfig;
  readonly #counts: Counts;
  readonly #outside: boolean;
  readonly #submits: SubmitWatch;
  readonly #fills: FillWatch;
  readonly #executorRuns: () => boolean;
  #hadBars = false;
  #brokeAt = Number.NEGATIVE_INFINITY;

  /** @param executorRuns whether the executor could have withdrawn an order. */
  constructor(config: RunConfig, counts: Counts, outside: boolean, executorRuns: () => boolean) {
    this.shadow = new Shadow(config.cash);
    this.#config = config;
    this.#counts = counts;
    this.#outside = outside;
    this.#executorRuns = executorRuns;
    const found: Found = (name, detail) => this.violations.push({ name, detail });
    this.#submits = new SubmitWatch(this.shadow, config.risk, found, counts);
    this.#fills = new FillWatch(this.shadow, config, { outside, executorRuns }, found, counts);
  }

  /** One event, as it passes the door. */
  note(e: TapeEvent): void {
    if (e.type === "order.filled" && this.shadow.fills.has(e.fillId)) return;
    if (e.type === "order.filled") this.#fills.before(e);
    if (e.type === "market.bar" && !this.#outside) this.#checkBar(e);
    if (e.type === "order.cancelRequested") this.#checkCancel(e.orderId);
    this.#count(e);
    this.shadow.note(e);
    if (e.type === "order.submitted") this.#submits.check(e.order.id, this.#isBehind(e.tSeen));
    if (e.type === "order.submitted") this.#checkAsked(e.order, e.tSeen);
    if (e.type === "order.filled") this.#fills.after(e, this.#isBehind(e.tSeen));
    if (e.type === "limit.exceeded") this.#fills.told(e);
  }

  /** The bars of what is fed next: a fill may be reckoned at their prices. */
  begin(bars: readonly Bar[]): void {
    this.shadow.moment += 1;
    this.#hadBars = bars.length > 0;
    this.#fills.begin(bars);
  }

  /** An actor of money broke, as it was told to. */
  broke(at: number): void {
    this.#brokeAt = at;
  }

  /** Everything that was fed has been dealt with. @param moneyRuns whether all actors of money could act on it. */
  end(moneyRuns: () => boolean): void {
    const { shadow } = this;
    this.#fills.end(moneyRuns);
    this.#checkWithdrawn();
    if (this.#hadBars && shadow.equity() <= 0 && shadow.controls.killed === null && moneyRuns())
      this.found("not-stopped", `equity is ${shadow.equity() / MICROS} and trading goes on`);
  }

  found(name: string, detail: string): void {
    this.violations.push({ name, detail });
  }

  /** An actor of money broke lately. */
  #isBehind(tSeen: number): boolean {
    return tSeen - this.#brokeAt < CATCHING_UP_MS;
  }

  /** While nothing may be opened, nothing works that could. */
  #checkWithdrawn(): void {
    for (const w of this.shadow.working.values()) {
      if (w.order.reduceOnly || w.cancelAsked) continue;
      const why = this.shadow.controls.halts(w.order.ticker);
      if (why !== null && this.#executorRuns()) this.found("not-withdrawn", `${w.order.id} still works: ${why}`);
    }
  }

  /** Nobody's position is closed by a control that is over. At a broker outside a fill may come after that. */
  #checkAsked({ id, ticker, by }: Order, tSeen: number): void {
    const { killed, closing } = this.shadow.controls;
    if (this.#isBehind(tSeen)) return; // it was asked for before, and waited
    if (!this.#outside && !OWNERS.has(by) && killed === null && !closing.has(ticker))
      this.found("closes-unasked", `${id}, for ${by}, although nothing closes ${ticker}`);
  }

  /** An exit that a person's control asked for is not taken back, by a second press or anything else. */
  #checkCancel(id: string): void {
    const order = this.shadow.working.get(id as OrderId)?.order;
    if (order === undefined || !order.reduceOnly || order.kind !== "market" || OWNERS.has(order.by)) return;
    this.found("exit-withdrawn", `${id}, for ${order.by}, is withdrawn`);
  }

  /** What a bar says of the fills within it. */
  #checkBar(bar: Bar): void {
    const { volumeShare, costs } = this.#config;
    const fills = this.#fills.takeFills(bar.ticker);
    if (fills.length === 0) return;
    let filled = 0;
    for (const { qty, px, orderId } of fills) {
      filled += qty;
      const low = priceOf(bar.low) * (1 - costs.slippage) - PRICE_SLACK;
      const high = priceOf(bar.high) * (1 + costs.slippage) + PRICE_SLACK;
      if (px < low || px > high)
        this.found("outside-bar", `${orderId} filled at ${px / MICROS}, the bar is ${bar.low} to ${bar.high}`);
    }
    const most = volumeShare * bar.volume * MICROS;
    if (bar.volume > 0 && filled > most + 1)
      this.found(
        "volume-share",
        `${filled / MICROS} shares of ${bar.ticker} filled in a bar of ${bar.volume}, share ${volumeShare}`,
      );
  }

  #count(e: TapeEvent): void {
    const counts = this.#counts;
    switch (e.type) {
      case "risk.verdict":
        counts.add(`verdict.${e.outcome}`);
        if (e.denial !== null) counts.add(`denial.${e.denial.code}`);
        return;
      case "limit.exceeded":
      case "limit.restored":
      case "trading.stopped":
      case "order.replaced":
      case "order.expired":
      case "order.lost":
      case "order.rejected":
        counts.add(e.type);
        return;
      case "order.cancelled":
        if ((this.shadow.working.get(e.orderId)?.order.after.length ?? 0) > 0) counts.add("after.cancelled");
        return;
      default:
        return;
    }
  }
}
