import type { EnsembleConfig } from "../domain/run.ts";
import type { Contribution } from "../domain/signal.ts";
import type { Seq } from "../domain/units.ts";

/** The latest view of one strategy on one ticker. */
export interface StandingView {
  readonly strategy: string;
  readonly signal: Seq;
  readonly score: number;
  readonly confidence: number;
}

const clamp = (x: number): number => Math.max(-1, Math.min(1, x));

const ascending = (a: number, b: number): number => a - b;

/** The sum of numbers, the same in whatever order they come: floats are added from the least to the greatest. */
const sumOf = (numbers: number[]): number => {
  if (numbers.length > 2) numbers.sort(ascending); // two are the same either way
  let sum = 0;
  for (const n of numbers) sum += n;
  return sum;
};

/**
 * Weighted mean of score × confidence over all strategies of the set: those without a view count as 0, so that one voice
 * out of three is a third of a view. The order of the strategies, and what they are called, change nothing. Range [-1, 1].
 */
export const combine = (views: readonly StandingView[], weights: ReadonlyMap<string, number>): number => {
  const total = sumOf([...weights.values()]);
  if (total <= 0) return 0;
  const parts: number[] = [];
  for (const v of views) parts.push((weights.get(v.strategy) ?? 0) * v.score * v.confidence);
  return clamp(sumOf(parts) / total);
};

/** The view to act on, or null where it moved too little from the one acted on before. Below the threshold it is 0. */
export const nextStrength = (combined: number, before: number, config: EnsembleConfig): number | null => {
  const strength = Math.abs(combined) < config.threshold ? 0 : combined;
  if (strength === before) return null;
  const turned = strength > 0 !== before > 0 || strength < 0 !== before < 0;
  return turned || Math.abs(strength - before) >= config.hysteresis ? strength : null;
};

export const contributions = (views: readonly StandingView[], weights: ReadonlyMap<string, number>): readonly Contribution[] =>
  views.map((v) => ({
    strategy: v.strategy,
    signal: v.signal,
    weight: weights.get(v.strategy) ?? 0,
    score: v.score,
    confidence: v.confidence,
  }));
