import { type Indicator, period } from "./indicator.ts";

class Rsi implements Indicator {
  private readonly n: number;
  private changes = -1;
  private last = 0;
  private gain = 0;
  private loss = 0;

  constructor(n: number) {
    this.n = period(n);
  }

  next(value: number): number | undefined {
    const change = value - this.last;
    this.last = value;
    this.changes++;
    if (this.changes === 0) return undefined;
    const n = this.n;
    const up = Math.max(change, 0);
    const down = Math.max(-change, 0);
    if (this.changes <= n) {
      this.gain += up;
      this.loss += down;
      if (this.changes < n) return undefined;
      this.gain /= n;
      this.loss /= n;
    } else {
      this.gain = (this.gain * (n - 1) + up) / n;
      this.loss = (this.loss * (n - 1) + down) / n;
    }
    if (this.loss === 0) return this.gain === 0 ? 50 : 100;
    return 100 - 100 / (1 + this.gain / this.loss);
  }
}

/**
 * Relative strength index over closes, in [0, 100]. Needs n + 1 closes, undefined before; the first averages are the means of the
 * first n changes, later ones are smoothed by 1 ÷ n. 50 while nothing has ever moved. Ref: Wilder 1978.
 */
export const rsi = (n: number): Indicator => new Rsi(n);
