/**
 * Seeded chance, the same on every machine: 32-bit integer arithmetic only (sfc32, Chris Doty-Humphrey's PractRand), and variates
 * made with + − × ÷ and √, which IEEE 754 rounds in one way. No logarithm, power or sine: engines differ in their last bit.
 */
export class Random {
  private a: number;
  private b: number;
  private c: number;
  private counter = 1;

  /** @param seed any integer. @param stream names an independent sequence of the same seed. */
  constructor(seed: number, stream: string) {
    let h = 0x811c9dc5 ^ (seed | 0); // FNV-1a over the stream's name
    for (let i = 0; i < stream.length; i++) h = Math.imul(h ^ stream.charCodeAt(i), 0x01000193);
    this.a = seed | 0;
    this.b = Math.floor(seed / 4_294_967_296) | 0;
    this.c = h | 0;
    for (let i = 0; i < 15; i++) this.word();
  }

  /** 32 random bits, 0 … 2^32 − 1. */
  word(): number {
    const t = (((this.a + this.b) | 0) + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + t) | 0;
    return t >>> 0;
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
