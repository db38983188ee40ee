import type { Attribution } from "./strategyGuard.ts";

const BEATS = 0;
const WHO = 1;
const INTS = 2;
const BYTES = 16;

/** What a thread that plays and the one that watches it share: that it goes on, and whose code it is in. */
export type Heart = SharedArrayBuffer;

export const newHeart = (): Heart => new SharedArrayBuffer(BYTES);

/** The side that plays. `met` tells the other side of each strategy and ticker before its code runs for the first time; they are numbered from 1. */
export class Beating {
  private readonly ints: Int32Array;
  private readonly at: Float64Array;
  private readonly known = new Map<string, number>();
  private readonly met: (who: Attribution) => void;

  constructor(heart: Heart, met: (who: Attribution) => void) {
    this.ints = new Int32Array(heart, 0, INTS);
    this.at = new Float64Array(heart, INTS * Int32Array.BYTES_PER_ELEMENT);
    this.met = met;
  }

  /** It goes on. */
  beat(): void {
    Atomics.add(this.ints, BEATS, 1);
  }

  /** The code of a strategy begins. @param at core time, epoch ms. @returns to be told when it is over: what was before. */
  enter(who: Attribution, at: number): number {
    const key = `${who.strategy} ${who.ticker}`;
    let index = this.known.get(key);
    if (index === undefined) {
      index = this.known.size + 1;
      this.known.set(key, index);
      this.met(who);
    }
    this.at[0] = at;
    this.beat();
    return Atomics.exchange(this.ints, WHO, index);
  }

  leave(before: number): void {
    Atomics.store(this.ints, WHO, before);
    this.beat();
  }
}

/** A strategy that does not come back. @param at core time at which its code began, epoch ms. */
export interface Hung {
  readonly who: Attribution;
  readonly at: number;
}

/** The side that watches. */
export class HeartWatch {
  private readonly ints: Int32Array;
  private readonly at: Float64Array;
  private readonly met: Attribution[] = [];
  private beats = -1;
  private still = 0;

  constructor(heart: Heart) {
    this.ints = new Int32Array(heart, 0, INTS);
    this.at = new Float64Array(heart, INTS * Int32Array.BYTES_PER_ELEMENT);
  }

  meet(who: Attribution): void {
    this.met.push(who);
  }

  /** To be asked in even steps. @returns who has held it up for `most` steps in a row; null: nobody has. */
  step(most: number): Hung | null {
    const beats = Atomics.load(this.ints, BEATS);
    const who = this.met[Atomics.load(this.ints, WHO) - 1];
    this.still = beats === this.beats && who !== undefined ? this.still + 1 : 0;
    this.beats = beats;
    return who !== undefined && this.still >= most ? { who, at: this.at[0] as number } : null;
  }
}
