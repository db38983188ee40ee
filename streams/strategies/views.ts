import { filter, type MonoTypeOperatorFunction, type OperatorFunction, scan } from "rxjs";
import type { Seq } from "../domain/units.ts";
import type { View } from "./define.ts";

const clampScore = (x: number): number => Math.max(-1, Math.min(1, x));

export const view = (score: number, confidence: number, reason: string, causes: readonly Seq[]): View => ({
  score: clampScore(score),
  confidence: Math.max(0, Math.min(1, confidence)),
  reason,
  causes,
});

/** Leaves out what is null. */
export const present = <T>(): OperatorFunction<T | null, T> => filter((x): x is T => x !== null);

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
      filter((kept) => kept.out !== null),
      scan((_last: View | null, kept: Kept): View | null => kept.out, null),
      present(),
    );
