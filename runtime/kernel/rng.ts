import type { Rng } from "../../actors/actor.ts";

/** Murmur3's finaliser: spreads every input bit over all 32 output bits. Ref: Appleby, MurmurHash3 (public domain). */
const mix = (h: number): number => {
  let x = h;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) | 0;
};

/** FNV-1a over UTF-16 units from a basis of one's own, then mixed. */
const hash = (text: string, basis: number): number => {
  let h = basis | 0;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return mix(h);
};

/**
 * sfc32 (Doty-Humphrey, PractRand), seeded from a number and a text. 32-bit integer steps only, so every machine draws the same.
 * `next()` is uniform in [0, 1) with 53 bits.
 */
class Sfc32 implements Rng {
  private a: number;
  private b: number;
  private c: number;
  private counter = 1;

  constructor(seed: number, text: string) {
    const key = `${seed}:${text}`;
    this.a = hash(key, 0x811c9dc5);
    this.b = hash(key, 0x9e3779b9);
    this.c = hash(key, 0x7f4a7c15);
    for (let i = 0; i < 12; i++) this.draw();
  }

  private draw(): number {
    const t = (((this.a + this.b) | 0) + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + t) | 0;
    return t >>> 0;
  }

  next(): number {
    const high = this.draw() >>> 5; // 27 bits
    const low = this.draw() >>> 6; // 26 bits
    return (high * 67_108_864 + low) / 9_007_199_254_740_992;
  }
}

/** A stream of chance of its own for every (seed, text). */
export const createRng = (seed: number, text: string): Rng => new Sfc32(seed, text);
