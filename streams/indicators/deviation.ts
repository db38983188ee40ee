import { type Indicator, period } from "./indicator.ts";

/**
 * Mean and squared deviations of the last n values, moved along one value at a time (Welford 1962 for a window) and computed afresh,
 * in two passes, each time the window has gone round once: rounding errors live for n values at most, and the cost stays constant.
 */
class Spread {
  readonly n: number;
  private readonly window: Float64Array;
  private at = 0;
  private count = 0;
  private same = 0;
  private newest = 0;
  mean = 0;
  private squares = 0;

  constructor(n: number) {
    this.n = period(n, 2);
    this.window = new Float64Array(n);
  }

  /** False until there are n values. */
  take(value: number): boolean {
    const old = this.window[this.at] as number;
    this.window[this.at] = value;
    this.at = this.at + 1 === this.n ? 0 : this.at + 1;
    this.same = value === this.newest ? this.same + 1 : 1;
    this.newest = value;
    if (this.count < this.n) this.count++;
    else if (this.at !== 0) {
      const before = this.mean;
      this.mean += (value - old) / this.n;
      this.squares += (value - old) * (value - this.mean + (old - before));
    }
    if (this.at === 0) this.recompute();
    return this.count === this.n;
  }

  private recompute(): void {
    let sum = 0;
    for (const value of this.window) sum += value;
    this.mean = sum / this.n;
    let squares = 0;
    for (const value of this.window) squares += (value - this.mean) * (value - this.mean);
    this.squares = squares;
  }

  /** Sample standard deviation (n − 1); exactly 0 for a window of one and the same value. */
  deviation(): number {
    return this.same >= this.n || this.squares <= 0 ? 0 : Math.sqrt(this.squares / (this.n - 1));
  }
}

class Stdev implements Indicator {
  private readonly spread: Spread;
  constructor(n: number) {
    this.spread = new Spread(n);
  }
  next(value: number): number | undefined {
    return this.spread.take(value) ? this.spread.deviation() : undefined;
  }
}

class ZScore implements Indicator {
  private readonly spread: Spread;
  constructor(n: number) {
    this.spread = new Spread(n);
  }
  next(value: number): number | undefined {
    if (!this.spread.take(value)) return undefined;
    const deviation = this.spread.deviation();
    return deviation === 0 ? 0 : (value - this.spread.mean) / deviation;
  }
}

/** Sample standard deviation (n − 1) of the last n values; undefined before n. n ≥ 2. */
export const stdev = (n: number): Indicator => new Stdev(n);

/** How many sample standard deviations the newest of the last n values lies above their mean; 0 when they are all the same. n ≥ 2. */
export const zScore = (n: number): Indicator => new ZScore(n);
