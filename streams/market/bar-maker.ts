import { type Bar, bar, type Quote, quote } from "../domain/market.ts";
import { type Ms, ms, type Ticker } from "../domain/units.ts";
import type { Company } from "./companies.ts";
import { smallExp } from "./growth.ts";
import { Random } from "./random.ts";

const cents = (usd: number): number => Math.round(usd * 100) / 100;
const lots = (shares: number): number => (shares < 150 ? 100 : Math.round(shares / 100) * 100);

/** Turns a ticker's path over a step into the bar and the quotes that a tape would show: cents, spreads, volume. */
export class BarMaker {
  readonly ticker: Ticker;
  private readonly company: Company;
  private readonly chance: Random;
  /** Apart, so that bars are the same with and without quotes. */
  private readonly quoteChance: Random;
  private readonly perStep: number;
  /** The standard deviation of a step on a quiet day, a fraction of the price. */
  private readonly usual: number;
  /** How busy the day is, log-like around 1; moves a little from day to day. */
  private mood = 0;
  private busy = 1;
  private low = 0;
  private high = 0;
  private start = 0;
  private end = 0;
  /** Half of the spread now, USD. */
  private half = 0.01;

  /** @param steps steps in a full day. @param usual standard deviation of a step on a quiet day, a fraction of the price. */
  constructor(ticker: Ticker, company: Company, seed: number, steps: number, usual: number) {
    this.ticker = ticker;
    this.company = company;
    this.chance = new Random(seed, `bars ${ticker}`);
    this.quoteChance = new Random(seed, `quotes ${ticker}`);
    this.usual = usual;
    this.perStep = (company.volume * 1_000_000) / steps;
  }

  openSession(): void {
    this.mood = 0.8 * this.mood + 0.16 * this.chance.normal();
    this.busy = smallExp(this.mood);
  }

  /**
   * One bar of a step from `from` to `to` (USD, unrounded). @param sd of the path, a fraction of the price.
   * @param volumeShape by the time of day, mean 1. @param heat 0 as usual.
   */
  make(tEvent: Ms, tSeen: Ms, barMs: number, from: number, to: number, sd: number, volumeShape: number, heat: number): Bar {
    const { halfSpread } = this.company;
    const move = to > from ? to - from : from - to;
    const width = sd * from;
    // Who quotes asks more where prices jump about.
    const restless = 0.5 + 0.15 * heat + 0.5 * Math.min(sd / this.usual, 8);
    const half = (halfSpread / 10_000) * from * restless;
    this.half = Math.max(half, 0.005);
    // Prints bounce between bid and ask.
    const noise = this.chance.word();
    const open = cents(from + this.half * ((noise & 0xff) / 128 - 1));
    const close = cents(to + this.half * (((noise >>> 8) & 0xff) / 128 - 1));
    // Extremes of a Brownian bridge: (a + b ± √((b − a)² + 2 σ² E)) / 2 with E ~ Exp(1), here (n² + m²) / 2 of two normals.
    const squares = move * move;
    const reach = 2 * width * width;
    const top = (from + to + Math.sqrt(squares + reach * this.exponential())) / 2;
    const bottom = (from + to - Math.sqrt(squares + reach * this.exponential())) / 2;
    const least = Math.min(open, close);
    const most = Math.max(open, close);
    let high = cents(top);
    let low = cents(bottom);
    if (high < most) high = most;
    if (low > least) low = least;
    if (low < 0.5) low = Math.min(least, 0.5);
    this.low = low;
    this.high = high;
    this.start = from;
    this.end = to;
    const surprise = width > 0 ? move / width : 0;
    const spread = smallExp(0.42 * this.chance.normal());
    const shares = this.perStep * this.busy * volumeShape * spread * (0.72 + 0.35 * surprise + 0.9 * heat);
    return bar(this.ticker, tEvent, tSeen, open, high, low, close, shares < 1 ? 1 : Math.round(shares), barMs);
  }

  /** A quote within the bar made last. @param fraction of the bar that has passed, 0 … 1. */
  quoteAt(at: number, fraction: number, heat: number): Quote {
    const wander = (this.high - this.low) * 0.5 * this.quoteChance.normal() * fraction * (1 - fraction);
    let mid = this.start + (this.end - this.start) * fraction + wander;
    if (mid > this.high) mid = this.high;
    if (mid < this.low) mid = this.low;
    const half = this.half * (0.8 + 0.4 * this.quoteChance.next()) * (1 + 0.15 * heat);
    let bid = Math.floor((mid - half) * 100 + 0.5) / 100;
    let ask = Math.floor((mid + half) * 100 + 0.5) / 100;
    if (bid < 0.01) bid = 0.01;
    if (ask <= bid) ask = cents(bid + 0.01);
    const depth = 60 + (this.company.volume * 1200) / (1 + heat) / (this.company.price / 40 + 1);
    const sides = this.quoteChance.word();
    const stamp = { tEvent: ms(at), tSeen: ms(at) };
    return quote(
      this.ticker,
      stamp,
      bid,
      ask,
      lots((depth * ((sides & 0xff) + 32)) / 128),
      lots((depth * (((sides >>> 8) & 0xff) + 32)) / 128),
    );
  }

  private exponential(): number {
    const w = this.chance.word();
    const n = ((w & 0xff) + ((w >>> 8) & 0xff) - 255) * 0.009_569;
    const m = (((w >>> 16) & 0xff) + (w >>> 24) - 255) * 0.009_569;
    return (n * n + m * m) / 2;
  }
}
