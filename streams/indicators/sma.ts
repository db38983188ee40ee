import { type Indicator, period } from "./indicator.ts";

/**
 * Running sum with the rounding errors of what comes and of what goes carried along apart (Kahan 1965), so that the millionth
 * average is as good as the first. A window of one and the same value averages to exactly that value.
 */
class Sma implements Indicator {
  private readonly window: Float64Array;
  private readonly n: number;
  private at = 0;
  private count = 0;
  private sum = 0;
  private lostIn = 0;
  private lostOut = 0;
  private same = 0;
  private newest = 0;

  constructor(n: number) {
    this.n = period(n);
    this.window = new Float64Array(n);
  }

  next(value: number): number | undefined {
    const n = this.n;
    let sum = this.sum;
    if (this.count === n) {
      const out = -(this.window[this.at] as number) - this.lostOut;
      const less = sum + out;
      this.lostOut = less - sum - out;
      sum = less;
    } else this.count++;
    const come = value - this.lostIn;
    const more = sum + come;
    this.lostIn = more - sum - come;
    this.sum = more;
    this.window[this.at] = value;
    this.at = this.at + 1 === n ? 0 : this.at + 1;
    this.same = value === this.newest ? this.same + 1 : 1;
    this.newest = value;
    if (this.count < n) return undefined;
    return this.same >= n ? value : more / n;
  }
}

/** Mean of the last n values; undefined before n. */
export const sma = (n: number): Indicator => new Sma(n);
