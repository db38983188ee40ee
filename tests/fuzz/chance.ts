import { Sfc32 } from "../../streams/domain/sfc32.ts";

const WORDS = 2 ** 32;

/** Seeded chance: everything of an interleaving is drawn from one of these, so that its seed is all there is to say of it. */
export class Chance {
  readonly #words: Sfc32;

  constructor(seed: number) {
    this.#words = new Sfc32([seed | 0, Math.floor(seed / WORDS) | 0, 0x7a9ede], 16);
  }

  /** Uniform in [0, 1). */
  unit(): number {
    return this.#words.word() / WORDS;
  }

  between(least: number, most: number): number {
    return least + this.unit() * (most - least);
  }

  /** 0 … count − 1. */
  below(count: number): number {
    return Math.floor(this.unit() * count);
  }

  hit(probability: number): boolean {
    return this.unit() < probability;
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)] as T;
  }

  sign(): 1 | -1 {
    return this.hit(0.5) ? 1 : -1;
  }

  /** @param table value and weight. */
  weighted<T>(table: readonly (readonly [T, number])[]): T {
    let left = this.unit() * table.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [value, weight] of table) {
      left -= weight;
      if (left < 0) return value;
    }
    return (table.at(-1) as readonly [T, number])[0];
  }
}
