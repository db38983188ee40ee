import { type Indicator, period } from "./indicator.ts";

/** Candidates for the extreme of the window, best first: a value is dropped when a newer one is as good. Each enters and leaves once. */
class Extreme implements Indicator {
  private readonly n: number;
  private readonly sign: 1 | -1;
  private readonly values: Float64Array;
  /** Ordinal of each candidate; a float counts past 2^31. */
  private readonly ordinals: Float64Array;
  private first = 0;
  private length = 0;
  private seen = 0;

  constructor(n: number, sign: 1 | -1) {
    this.n = period(n);
    this.sign = sign;
    this.values = new Float64Array(n);
    this.ordinals = new Float64Array(n);
  }

  next(value: number): number | undefined {
    const { n, values, ordinals } = this;
    const v = value * this.sign;
    if (this.length > 0 && (ordinals[this.first] as number) <= this.seen - n) {
      this.first = this.first + 1 === n ? 0 : this.first + 1;
      this.length--;
    }
    let end = this.first + this.length;
    if (end >= n) end -= n;
    while (this.length > 0) {
      const last = end === 0 ? n - 1 : end - 1;
      if ((values[last] as number) > v) break;
      end = last;
      this.length--;
    }
    values[end] = v;
    ordinals[end] = this.seen++;
    this.length++;
    return this.seen < n ? undefined : (values[this.first] as number) * this.sign;
  }
}

/** Highest of the last n values; undefined before n. */
export const highest = (n: number): Indicator => new Extreme(n, 1);

/** Lowest of the last n values; undefined before n. */
export const lowest = (n: number): Indicator => new Extreme(n, -1);
