import { type Indicator, period } from "./indicator.ts";

class Ema implements Indicator {
  private readonly n: number;
  private readonly weight: number;
  private count = 0;
  private mean = 0;

  constructor(n: number) {
    this.n = period(n);
    this.weight = 2 / (n + 1);
  }

  next(value: number): number | undefined {
    if (this.count < this.n) {
      this.count++;
      this.mean += (value - this.mean) / this.count;
      return this.count === this.n ? this.mean : undefined;
    }
    this.mean += (value - this.mean) * this.weight;
    return this.mean;
  }
}

/** Exponential mean with weight 2 ÷ (n + 1), begun with the mean of the first n values; undefined before n. */
export const ema = (n: number): Indicator => new Ema(n);
