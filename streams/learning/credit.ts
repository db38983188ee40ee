import type { Trade } from "../domain/portfolio.ts";
import type { Contribution } from "../domain/signal.ts";
import { toFloat } from "../domain/units.ts";

/** A strategy's share of a trade's result, USD. */
export interface Credit {
  readonly strategy: string;
  readonly credit: number;
  readonly weight: number;
}

/**
 * Splits a trade's result over those who argued about its entry: by |weight × score × confidence|, with the sign of whether they
 * argued for the side that was taken. Who argued against a losing trade is credited with what it would have saved.
 */
export const credits = (trade: Trade, by: readonly Contribution[]): readonly Credit[] => {
  const side = trade.shares > 0 ? 1 : -1;
  const voices = by.map((c) => ({ strategy: c.strategy, weight: c.weight, said: c.weight * c.score * c.confidence }));
  const loudness = voices.reduce((sum, v) => sum + Math.abs(v.said), 0);
  if (loudness === 0) return [];
  const pnl = toFloat(trade.pnl);
  return voices
    .filter((v) => v.said !== 0)
    .map((v) => ({ strategy: v.strategy, weight: v.weight, credit: (pnl * side * v.said) / loudness || 0 })); // no negative zero
};
