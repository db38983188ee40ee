import { exp2 } from "./det.ts";

export interface DecayedSum {
  /** Adds a value that happened at `at` (epoch ms) and gives the sum as of the latest time seen. A late value enters as decayed as it is old. */
  add(at: number, value: number): number;
  /** The sum as of `at`; changes nothing. A time before the latest seen counts as the latest. */
  valueAt(at: number): number;
}

class HalvingSum implements DecayedSum {
  private readonly halfLifeMs: number;
  private latest = Number.NEGATIVE_INFINITY;
  private sum = 0;

  constructor(halfLifeMs: number) {
    if (!(halfLifeMs > 0)) throw new RangeError(`a half-life must be above zero, not ${halfLifeMs}`);
    this.halfLifeMs = halfLifeMs;
  }

  add(at: number, value: number): number {
    if (at > this.latest) {
      this.sum = this.valueAt(at) + value;
      this.latest = at;
    } else this.sum += at === this.latest ? value : value * exp2((at - this.latest) / this.halfLifeMs);
    return this.sum;
  }

  valueAt(at: number): number {
    return at > this.latest && this.sum !== 0 ? this.sum * exp2((this.latest - at) / this.halfLifeMs) : this.sum;
  }
}

/** A sum whose parts halve every `halfLifeMs` of event time. It reads no clock, and replays to the same bits on every machine. */
export const decayedSum = (halfLifeMs: number): DecayedSum => new HalvingSum(halfLifeMs);
