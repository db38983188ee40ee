import { type Company, SECTORS } from "./companies.ts";
import { exp, smallExp } from "./growth.ts";
import { Random } from "./random.ts";
import { firstRegime, nextRegime, REGIMES, type Regime } from "./regimes.ts";

/** Trading minutes of a year: 252 sessions of 390. */
const YEAR_MINUTES = 252 * 390;
/** Yearly standard deviation of the market's own return, and of a sector's. */
const MARKET_SD = 0.15;
const SECTOR_SD = 0.09;
/** Share of a day's variance that falls between the close and the open. */
const OVERNIGHT = 0.3;
/** Jumps that no headline explains, per ticker and session. */
const JUMPS_A_DAY = 0.05;
/** Steps in which half of a trend, and of a swing around the fair price, is forgotten. */
const TREND_HALF_LIFE = 45;
const SWING_HALF_LIFE = 25;
/** Share of the market's swings that a bar shows within itself. */
const WITHIN = 0.6;
const LN2 = Math.LN2;
/** Sessions in which a price comes half the way back to where its company lives, so that an endless market stays a market. */
const HOME_HALF_LIFE_DAYS = 200;

/** What a headline does: some at once, the rest over the minutes that follow. Fractions of the price. */
export interface Push {
  readonly now: number;
  readonly later: number;
}

/** Standard deviation of a company's step on a quiet day: its own part and most of its share of the market's. A fraction of the price. */
export const usualSd = (c: Company, stepMinutes: number): number =>
  (c.idio + WITHIN * MARKET_SD * c.beta) * Math.sqrt((stepMinutes / YEAR_MINUTES) * (1 - OVERNIGHT));

/** GARCH(1,1) on a unit level: level' = (1 − α − β) + (α z² + β) level. Ref: Bollerslev 1986. */
interface Clustering {
  readonly alpha: number;
  readonly beta: number;
}
const clusteringOf = (stepMinutes: number): Clustering =>
  stepMinutes >= 60 ? { alpha: 0.08, beta: 0.9 } : { alpha: 0.05, beta: 0.94 };
const cluster = (level: number, z: number, c: Clustering): number => {
  const next = 1 - c.alpha - c.beta + (c.alpha * z * z + c.beta) * level;
  return next < 0.15 ? 0.15 : Math.min(next, 12);
};

/**
 * The prices of all tickers, step by step. A return is β × market + sector + own shock + trend + swing + what headlines push,
 * each factor with its own clustered volatility. Prices are unrounded USD.
 */
export class Prices {
  readonly price: Float64Array;
  /** Price at the start of the step. */
  readonly from: Float64Array;
  /** Standard deviation of the step's own path, a fraction of the price: how wide a bar may swing. */
  readonly sd: Float64Array;
  /** How excited trading is: 0 as usual, 1 twice as much. Decays by itself. */
  readonly heat: Float64Array;
  regime: Regime;

  private readonly chance: Random;
  private readonly companies: readonly Company[];
  private readonly sector: Int8Array;
  private readonly level: Float64Array;
  private readonly trend: Float64Array;
  private readonly swing: Float64Array;
  private readonly pushNow: Float64Array;
  private readonly pushLater: Float64Array;
  private readonly sectorLevel = new Float64Array(SECTORS.length).fill(1);
  private readonly sectorMove = new Float64Array(SECTORS.length);
  private readonly clustering: Clustering;
  private readonly unit: number;
  private readonly jump: number;
  private readonly keepTrend = exp(-LN2 / TREND_HALF_LIFE);
  private readonly keepSwing = exp(-LN2 / SWING_HALF_LIFE);
  private readonly keepHeat: number;
  private readonly release: number;
  private readonly home: number;
  private regimeIndex: number;
  private calmness = 1;
  private marketLevel = 1;
  private marketMove = 0;
  private marketNow = 0;
  private marketLater = 0;
  private readonly volatility: number;

  /** @param stepMinutes trading minutes in a step; 390 for daily bars. */
  constructor(companies: readonly Company[], seed: number, stepMinutes: number, volatility: number) {
    const n = companies.length;
    this.chance = new Random(seed, "prices");
    this.companies = companies;
    this.sector = Int8Array.from(companies, (c) => (c.sector === null ? -1 : SECTORS.indexOf(c.sector)));
    this.price = Float64Array.from(companies, (c) => c.price * exp(0.12 * this.chance.normal()));
    this.from = this.price.slice();
    this.sd = new Float64Array(n);
    this.heat = new Float64Array(n);
    this.level = new Float64Array(n).fill(1);
    this.trend = new Float64Array(n);
    this.swing = new Float64Array(n);
    this.pushNow = new Float64Array(n);
    this.pushLater = new Float64Array(n);
    this.clustering = clusteringOf(stepMinutes);
    this.volatility = volatility;
    const inDay = stepMinutes < 390;
    this.unit = Math.sqrt((stepMinutes / YEAR_MINUTES) * (1 - OVERNIGHT));
    this.jump = (JUMPS_A_DAY * stepMinutes) / 390;
    this.keepHeat = inDay ? exp((-LN2 * stepMinutes) / 12) : 0.4;
    this.release = inDay ? 1 - exp((-LN2 * stepMinutes) / 7) : 0.5;
    this.home = (LN2 * stepMinutes) / (390 * HOME_HALF_LIFE_DAYS);
    this.regimeIndex = firstRegime(this.chance);
    this.regime = REGIMES[this.regimeIndex] as Regime;
    this.calmness = this.regime.volatility;
  }

  /** A headline on one ticker; null: on the whole market. */
  push(index: number | null, push: Push): void {
    const strength = push.now < 0 ? -push.now : push.now;
    if (index === null) {
      this.marketNow += push.now;
      this.marketLater += push.later;
      return;
    }
    this.pushNow[index] = (this.pushNow[index] as number) + push.now;
    this.pushLater[index] = (this.pushLater[index] as number) + push.later;
    this.excite(index, 0.4 + 90 * strength);
  }

  excite(index: number, by: number): void {
    const heat = (this.heat[index] as number) + by;
    this.heat[index] = Math.min(heat, 8);
  }

  /** A new session: perhaps another regime, and the gap between yesterday's close and today's open. */
  openSession(): void {
    this.regimeIndex = nextRegime(this.chance, this.regimeIndex);
    this.regime = REGIMES[this.regimeIndex] as Regime;
    this.calmness += (this.regime.volatility - this.calmness) * 0.35;
    const night = Math.sqrt(OVERNIGHT / 252) * this.calmness * this.volatility;
    const market = MARKET_SD * night * this.chance.fat() * this.regime.together + this.regime.drift / 252 / 2 + this.marketNow;
    this.marketNow = 0;
    for (let s = 0; s < SECTORS.length; s++) this.sectorMove[s] = SECTOR_SD * night * this.chance.normal();
    for (let i = 0; i < this.price.length; i++) {
      const c = this.companies[i] as Company;
      const sector = this.sector[i] as number;
      const own = c.idio * night * this.chance.fat() * 0.9;
      this.move(i, c.beta * market + (sector < 0 ? 0 : (this.sectorMove[sector] as number)) + own + (this.pushNow[i] as number));
      this.pushNow[i] = 0;
      this.excite(i, 0.5);
    }
  }

  /** Trading goes on after a halt, at the price that what was held back makes. */
  reopen(i: number): void {
    this.move(i, this.pushNow[i] as number);
    this.pushNow[i] = 0;
    this.excite(i, 2);
  }

  /** One step of every ticker. @param shape multiplies volatility by the time of day. @param frozen 1: halted, does not trade. */
  step(shape: number, frozen: Uint8Array): void {
    const market = this.marketStep(shape);
    for (let s = 0; s < SECTORS.length; s++) {
      const z = this.chance.fat();
      const level = this.sectorLevel[s] as number;
      this.sectorMove[s] = SECTOR_SD * this.unit * shape * this.calmness * this.volatility * Math.sqrt(level) * z;
      this.sectorLevel[s] = cluster(level, z, this.clustering);
    }
    for (let i = 0; i < this.price.length; i++) this.tickerStep(i, market, shape, frozen[i] === 1);
  }

  private marketStep(shape: number): number {
    const { drift, reversal, together } = this.regime;
    const z = this.chance.fat();
    const sd = MARKET_SD * this.unit * shape * this.calmness * this.volatility * Math.sqrt(this.marketLevel);
    this.marketLevel = cluster(this.marketLevel, z, this.clustering);
    const released = this.marketLater * this.release;
    const shock = sd * z * together + drift * this.unit * this.unit - reversal * this.marketMove;
    this.marketMove = shock;
    const move = shock + this.marketNow + released;
    this.marketNow = 0;
    this.marketLater -= released;
    return move;
  }

  private tickerStep(i: number, market: number, shape: number, frozen: boolean): void {
    const c = this.companies[i] as Company;
    const sector = this.sector[i] as number;
    const heat = this.heat[i] as number;
    const level = this.level[i] as number;
    const z = this.chance.fat();
    const base = c.idio * this.unit * shape * this.calmness * this.volatility;
    const own = base * Math.sqrt(level) * (1 + 0.35 * heat);
    this.level[i] = cluster(level, z, this.clustering);
    this.heat[i] = heat * this.keepHeat;
    this.sd[i] = own + WITHIN * MARKET_SD * this.unit * shape * this.calmness * this.volatility * c.beta;

    let move = c.beta * market + own * z + (sector < 0 ? 0 : (this.sectorMove[sector] as number));
    const trend = (this.trend[i] as number) * this.keepTrend + 0.013 * c.momentum * base * this.chance.normal();
    this.trend[i] = trend;
    const swing = (this.swing[i] as number) * this.keepSwing + 0.8 * c.reversion * base * this.chance.normal();
    move += trend + swing - (this.swing[i] as number);
    this.swing[i] = swing;
    if (this.chance.next() < this.jump) {
      const size = base * this.chance.between(5, 11);
      move += this.chance.word() & 1 ? size : -size;
      this.excite(i, 2);
    }
    if (frozen) {
      // Nothing trades; what would have happened waits for the re-opening.
      this.pushNow[i] = (this.pushNow[i] as number) + move;
      return;
    }
    const released = (this.pushLater[i] as number) * this.release;
    move += (this.pushNow[i] as number) + released;
    this.pushNow[i] = 0;
    this.pushLater[i] = (this.pushLater[i] as number) - released;
    const price = this.price[i] as number;
    this.move(i, move - (this.home * 2 * (price - c.price)) / (price + c.price));
  }

  private move(i: number, by: number): void {
    const price = this.price[i] as number;
    this.from[i] = price;
    const bounded = by > 0.5 ? 0.5 : Math.max(by, -0.5);
    const next = price * smallExp(bounded);
    this.price[i] = Math.max(next, 1);
  }
}
