import { period } from "./indicator.ts";

export interface Atr {
  /** Takes the next bar in and gives the average true range, USD; undefined before n bars. */
  next(high: number, low: number, close: number): number | undefined;
}

class WilderAtr implements Atr {
  private readonly n: number;
  private bars = 0;
  private close = 0;
  private mean = 0;

  constructor(n: number) {
    this.n = period(n);
  }

  next(high: number, low: number, close: number): number | undefined {
    const range = this.bars === 0 ? high - low : Math.max(high - low, Math.abs(high - this.close), Math.abs(low - this.close));
    this.close = close;
    this.bars++;
    if (this.bars > this.n) this.mean = (this.mean * (this.n - 1) + range) / this.n;
    else this.mean += range;
    if (this.bars === this.n) this.mean /= this.n;
    return this.bars < this.n ? undefined : this.mean;
  }
}

/** Average true range of n bars: the mean of the first n true ranges, then smoothed by 1 ÷ n. The first bar's is high − low. Ref: Wilder 1978. */
export const atr = (n: number): Atr => new WilderAtr(n);
