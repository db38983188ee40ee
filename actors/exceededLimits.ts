import { type LimitExceeded, type LimitName, limitExceeded } from "../streams/domain/limits.ts";
import { type Fill, signOf } from "../streams/domain/order.ts";
import type { RiskLimits } from "../streams/domain/run.ts";
import { type Money, money, notional, ratio, type Ticker } from "../streams/domain/units.ts";
import { equity, exposureOf, grossExposure, type Ledger, sharesOf } from "../streams/portfolio/ledger.ts";
import type { Exceeded } from "../streams/risk/checks.ts";

interface Open extends Found {
  /** The ticker has had a price since the fill. Before, what is held of it is marked at a price of before the gap. */
  isMarked: boolean;
}

interface Found {
  readonly ticker: Ticker;
  readonly limit: LimitName;
  readonly value: Money;
  readonly most: Money;
}

const NONE: readonly Found[] = [];
const NONE_TOLD: readonly LimitExceeded[] = [];

const keyOf = (l: Pick<Found, "ticker" | "limit">): string => (l.limit === "position" ? `position ${l.ticker}` : l.limit);

/** Limits that a fill went past, at a price beyond the one judged. Each is a state: it ends when the account is within it. */
export class ExceededLimits {
  private readonly open = new Map<string, Open>();
  private readonly limits: RiskLimits;

  constructor(limits: RiskLimits) {
    this.limits = limits;
  }

  get size(): number {
    return this.open.size;
  }

  /** The oldest of them. */
  first(): Exceeded | null {
    for (const found of this.open.values()) return found;
    return null;
  }

  add(l: Found): void {
    this.open.set(keyOf(l), { ticker: l.ticker, limit: l.limit, value: l.value, most: l.most, isMarked: false });
  }

  drop(l: Pick<Found, "ticker" | "limit">): void {
    this.open.delete(keyOf(l));
  }

  /** After a fill is booked: the limits it went past, those apart that are known. */
  filled(ledger: Ledger, fill: Fill): readonly LimitExceeded[] {
    if (!this.limits.enabled || !opened(ledger, fill)) return NONE_TOLD;
    // Worth what was just paid for it, or what its mark says, which may be of before the gap: the worse counts.
    const paid = notional(fill.px, sharesOf(ledger, fill.ticker)) - exposureOf(ledger, fill.ticker);
    const asPaid = this.beyond(ledger, fill.ticker, paid);
    const asMarked = this.beyond(ledger, fill.ticker, 0);
    if (asPaid.length === 0 && asMarked.length === 0) return NONE_TOLD;
    const told: LimitExceeded[] = [];
    for (const found of [...asPaid, ...asMarked]) {
      if (this.open.has(keyOf(found))) continue;
      this.add(found);
      told.push(limitExceeded(found));
    }
    return told;
  }

  /** A ticker has a new price. */
  marked(ticker: Ticker): void {
    for (const found of this.open.values()) if (found.ticker === ticker) found.isMarked = true;
  }

  /** Those that the account is within again, at the marks of a whole moment. They are forgotten. */
  within(ledger: Ledger): readonly Found[] {
    if (this.open.size === 0) return NONE;
    const done: Found[] = [];
    for (const [key, found] of this.open) {
      if (!found.isMarked && sharesOf(ledger, found.ticker) !== 0) continue;
      const still = this.beyond(ledger, found.ticker, 0).some((l) => keyOf(l) === key);
      if (!still) done.push(found);
    }
    for (const found of done) this.drop(found);
    return done;
  }

  /** @param off by how much the ticker is worth more than its mark says. */
  private beyond(ledger: Ledger, ticker: Ticker, off: number): readonly Found[] {
    const { maxPositionFraction, maxGrossExposure, leverage } = this.limits;
    const worth = money(equity(ledger) + off);
    const exposure = exposureOf(ledger, ticker);
    const position = money(Math.abs(exposure + off));
    const gross = money(grossExposure(ledger) - Math.abs(exposure) + position);
    const mostPosition = ratio(worth, maxPositionFraction);
    const mostGross = ratio(worth, maxGrossExposure);
    const mostLeverage = ratio(worth, leverage);
    if (position <= mostPosition && gross <= mostGross && gross <= mostLeverage) return NONE;
    const all: readonly Found[] = [
      { ticker, limit: "position", value: position, most: mostPosition },
      { ticker, limit: "gross", value: gross, most: mostGross },
      { ticker, limit: "leverage", value: gross, most: mostLeverage },
    ];
    return all.filter((l) => l.value > l.most);
  }
}

/** Whether a fill added to a position, or opened one. */
export const opened = (ledger: Ledger, fill: Fill): boolean => Math.sign(sharesOf(ledger, fill.ticker)) === signOf(fill.side);
