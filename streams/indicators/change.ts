import { type Indicator, period } from "./indicator.ts";
import { sma } from "./sma.ts";

class RateOfChange implements Indicator {
  private readonly window: Float64Array;
  private at = 0;
  private count = 0;

  constructor(n: number) {
    this.window = new Float64Array(period(n));
  }

  next(value: number): number | undefined {
    const n = this.window.length;
    const before = this.window[this.at] as number;
    this.window[this.at] = value;
    this.at = this.at + 1 === n ? 0 : this.at + 1;
    if (this.count < n) {
      this.count++;
      return undefined;
    }
    return before === 0 ? undefined : value / before - 1;
  }
}

/** Change over n values as a fraction: 0.02 is 2 % up. Needs n + 1 values; undefined before, and where it would divide by 0. */
export const rateOfChange = (n: number): Indicator => new RateOfChange(n);

class VolumeRatio implements Indicator {
  private readonly mean: Indicator;
  private usual: number | undefined;

  constructor(n: number) {
    this.mean = sma(n);
  }

  next(volume: number): number | undefined {
    const usual = this.usual;
    this.usual = this.mean.next(volume);
    return usual === undefined || usual <= 0 ? undefined : volume / usual;
  }
}

/** Volume over the mean of the n volumes before it: 2 is twice the usual. Needs n + 1 values; undefined before, and after n empty bars. */
export const volumeRatio = (n: number): Indicator => new VolumeRatio(n);
