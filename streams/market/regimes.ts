import type { Random } from "./random.ts";

/** What kind of time it is for the whole market. */
export interface Regime {
  readonly name: "trendUp" | "trendDown" | "choppy" | "calm" | "crisis";
  /** Yearly drift of the market, as a fraction. */
  readonly drift: number;
  /** Multiplies volatility. */
  readonly volatility: number;
  /** How much of the last bar's market return is taken back in the next: > 0 chops, < 0 trends. */
  readonly reversal: number;
  /** Multiplies the market's part in every return: in a crisis all fall together. */
  readonly together: number;
}

export const REGIMES: readonly Regime[] = [
  { name: "trendUp", drift: 0.3, volatility: 0.85, reversal: -0.03, together: 1 },
  { name: "trendDown", drift: -0.35, volatility: 1.25, reversal: -0.03, together: 1.1 },
  { name: "choppy", drift: 0, volatility: 1.1, reversal: 0.1, together: 0.9 },
  { name: "calm", drift: 0.12, volatility: 0.6, reversal: 0.02, together: 0.8 },
  { name: "crisis", drift: -0.9, volatility: 2.3, reversal: 0, together: 1.4 },
];

/** Chance of each next regime, by today's; rows sum to 1. Stays last: up 25 days, down 10, choppy 14, calm 20, crisis 6. */
const NEXT: readonly (readonly number[])[] = [
  [0.96, 0.01, 0.016, 0.013, 0.001],
  [0.025, 0.9, 0.045, 0.01, 0.02],
  [0.03, 0.015, 0.93, 0.02, 0.005],
  [0.025, 0.01, 0.012, 0.95, 0.003],
  [0.03, 0.06, 0.07, 0.01, 0.83],
];
/** Where a market is found at first: the share of time of each regime. */
const FIRST: readonly number[] = [0.38, 0.1, 0.24, 0.25, 0.03];

const draw = (chance: Random, shares: readonly number[]): number => {
  let left = chance.next();
  for (let i = 0; i < shares.length; i++) {
    left -= shares[i] as number;
    if (left < 0) return i;
  }
  return 0;
};

/** A Markov chain over days. @returns the regime's index in REGIMES. */
export const firstRegime = (chance: Random): number => draw(chance, FIRST);
export const nextRegime = (chance: Random, today: number): number => draw(chance, NEXT[today] as readonly number[]);
