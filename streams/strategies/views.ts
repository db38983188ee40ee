import { filter, type MonoTypeOperatorFunction, map, type OperatorFunction, scan } from "rxjs";
import type { Seq } from "../domain/units.ts";
import type { View } from "./define.ts";

const clampScore = (x: number): number => Math.max(-1, Math.min(1, x));

export const view = (score: number, confidence: number, reason: string, causes: readonly Seq[]): View => ({
  score: clampScore(score),
  confidence: Math.max(0, Math.min(1, confidence)),
  reason,
  causes,
});

/** What `make` makes of each, without what is null. Most bars lead to nothing, and that costs one operator here, not two. */
export const present =
  <T, R>(make: (x: T) => R | null): OperatorFunction<T, R> =>
  (source$) => {
    let made: R | null = null;
    return source$.pipe(
      filter((x) => {
        made = make(x);
        return made !== null;
      }),
      map(() => made as R),
    );
  };

interface Kept {
  readonly said: View | null;
  readonly out: View | null;
}

/** Lets a view pass when it turns, goes flat, or moves by at least `step` from the last that passed: a strategy that repeats itself is noise. */
export const onlyMoves =
  (step: number): MonoTypeOperatorFunction<View> =>
  (views$) =>
    views$.pipe(
      scan(
        (kept: Kept, next: View): Kept => {
          const before = kept.said === null ? 0 : kept.said.score;
          const moved = Math.sign(next.score) !== Math.sign(before) || Math.abs(next.score - before) >= step;
          return moved ? { said: next, out: next } : { said: kept.said, out: null };
        },
        { said: null, out: null },
      ),
      present((kept) => kept.out),
    );
