/** FNV-1a over UTF-16 units, from a basis of one's own. 32 bits, signed. */
export const fnv1a = (text: string, basis: number): number => {
  let h = basis | 0;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h | 0;
};

/** sfc32 (Chris Doty-Humphrey, PractRand): seeded chance of 32-bit integer steps only, so that every machine draws the same. */
export class Sfc32 {
  private a: number;
  private b: number;
  private c: number;
  private counter = 1;

  /** @param skipped words drawn beforehand, until every bit of the seed has reached every other. */
  constructor(seed: readonly [a: number, b: number, c: number], skipped: number) {
    [this.a, this.b, this.c] = seed;
    for (let i = 0; i < skipped; i++) this.word();
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
}
