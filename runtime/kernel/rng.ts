import type { Rng } from "../../actors/actor.ts";
import { fnv1a, Sfc32 } from "../../streams/domain/sfc32.ts";

/** Murmur3's finaliser: spreads every input bit over all 32 output bits. Ref: Appleby, MurmurHash3 (public domain). */
const mix = (h: number): number => {
  let x = h;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) | 0;
};

/** A stream of chance of its own for every (seed, text). `next()` is uniform in [0, 1) with 53 bits. */
class Chance extends Sfc32 implements Rng {
  constructor(seed: number, text: string) {
    const key = `${seed}:${text}`;
    super([mix(fnv1a(key, 0x811c9dc5)), mix(fnv1a(key, 0x9e3779b9)), mix(fnv1a(key, 0x7f4a7c15))], 12);
  }

  next(): number {
    const high = this.word() >>> 5; // 27 bits
    const low = this.word() >>> 6; // 26 bits
    return (high * 67_108_864 + low) / 9_007_199_254_740_992;
  }
}

export const createRng = (seed: number, text: string): Rng => new Chance(seed, text);
