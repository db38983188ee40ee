import { fnv1a, Sfc32 } from "../domain/sfc32.ts";

/**
 * Seeded chance, the same on every machine: variates made with + − × ÷ and √, which IEEE 754 rounds in one way. No logarithm, power or
 * sine: engines differ in their last bit.
 */
export class Random extends Sfc32 {
  /** @param seed any integer. @param stream names an independent sequence of the same seed. */
  constructor(seed: number, stream: string) {
    super([seed | 0, Math.floor(seed / 4_294_967_296) | 0, fnv1a(stream, 0x811c9dc5 ^ (seed | 0))], 15);
  }

  /** [0, 1). */
  next(): number {
    return this.word() / 4_294_967_296;
  }

  /** A whole number in [0, n). */
  below(n: number): number {
    return Math.floor(this.next() * n);
  }

  /** [low, high). */
  between(low: number, high: number): number {
    return low + this.next() * (high - low);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)] as T;
  }

  /** Mean 0, variance 1, within ±3.46: the sum of four uniforms (Irwin–Hall), near enough to normal to build on. */
  normal(): number {
    const u = this.word();
    const v = this.word();
    return ((u & 0xffff) + (u >>> 16) + (v & 0xffff) + (v >>> 16) - 131_070) * 2.642_9e-5;
  }

  /** Mean 0, variance 1, with fat tails (kurtosis near 7): a normal, one time in sixteen three times as wide. */
  fat(): number {
    const wide = (this.word() & 15) === 0;
    return this.normal() * (wide ? 2.449_489_7 : 0.816_496_6);
  }
}
