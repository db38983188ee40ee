import type { Bar } from "../../streams/domain/market.ts";
import type { BarItem } from "../contract/items.ts";

const KEEP = 500;
/** Numbers a bar takes in the slab. */
const WIDTH = 9;
/** Bars the first slab holds; most tickers of a big universe are never looked at. */
const FIRST = 32;

/** The last 500 bars of one ticker as plain numbers: nothing of an event is held, and a push allocates nothing once it is full. */
export interface BarRing {
  push(bar: Bar): void;
  /** All bars ever pushed. */
  total(): number;
  /** Bars with number ≥ `start` (0 is the first ever pushed) that are still here, oldest first. */
  since(start: number): BarItem[];
  /** The last closes, oldest first. */
  closes(count: number): number[];
}

export const barRing = (ticker: string): BarRing => {
  let slab = new Float64Array(FIRST * WIDTH);
  let room = FIRST;
  let total = 0;
  const grow = (): void => {
    room = Math.min(KEEP, room * 4);
    const larger = new Float64Array(room * WIDTH);
    larger.set(slab);
    slab = larger;
  };
  const at = (n: number, field: number): number => slab[(n % room) * WIDTH + field] as number;
  const first = (start: number): number => Math.max(start, total - room, 0);
  return {
    push: (bar) => {
      if (total === room && room < KEEP) grow();
      const o = (total % room) * WIDTH;
      slab[o] = bar.seq;
      slab[o + 1] = bar.tEvent;
      slab[o + 2] = bar.tSeen;
      slab[o + 3] = bar.open;
      slab[o + 4] = bar.high;
      slab[o + 5] = bar.low;
      slab[o + 6] = bar.close;
      slab[o + 7] = bar.volume;
      slab[o + 8] = bar.barMs;
      total += 1;
    },
    total: () => total,
    since: (start) => {
      const out: BarItem[] = [];
      for (let n = first(start); n < total; n++)
        out.push({
          ticker,
          seq: at(n, 0),
          at: at(n, 1),
          seenAt: at(n, 2),
          open: at(n, 3),
          high: at(n, 4),
          low: at(n, 5),
          close: at(n, 6),
          volume: at(n, 7),
          barMs: at(n, 8),
        });
      return out;
    },
    closes: (count) => {
      const out: number[] = [];
      for (let n = first(total - count); n < total; n++) out.push(at(n, 6));
      return out;
    },
  };
};
