import { normalCdf, normalQuantile } from "./normal.ts";
import type { Daily, Moments } from "./series.ts";
import { momentsOf } from "./series.ts";

/** Trading days in a year. */
export const YEAR_DAYS = 252;
const ROOT_YEAR = Math.sqrt(YEAR_DAYS);
/** Below this a spread of daily returns is the rounding of floats, not risk. */
const NO_SPREAD = 1e-12;
const EULER_GAMMA = 0.5772156649015329;

/** Daily Sharpe ratio: (mean − risk-free) ÷ sample deviation; null without spread. Ref: Sharpe 1994. */
const dailySharpe = (m: Moments, riskFreeDaily: number): number | null =>
  m.deviation > NO_SPREAD ? (m.mean - riskFreeDaily) / m.deviation : null;

export const sharpe = (m: Moments, riskFreeDaily: number): number | null => {
  const daily = dailySharpe(m, riskFreeDaily);
  return daily === null ? null : daily * ROOT_YEAR;
};

export const volatility = (m: Moments): number => m.deviation * ROOT_YEAR;

/** Downside deviation is the root mean square of the shortfalls below the risk-free rate over all n days. Ref: Sortino & Price 1994. */
export const sortino = (returns: Float64Array, m: Moments, riskFreeDaily: number): number | null => {
  let squares = 0;
  for (let i = 0; i < returns.length; i++) {
    const short = Math.min(0, (returns[i] as number) - riskFreeDaily);
    squares += short * short;
  }
  const downside = Math.sqrt(squares / m.n);
  return downside > NO_SPREAD ? ((m.mean - riskFreeDaily) / downside) * ROOT_YEAR : null;
};

/** Sum of gains over sum of losses of the daily returns, threshold 0. Ref: Keating & Shadwick 2002. */
export const omega = (returns: Float64Array): number | null => {
  let gains = 0;
  let losses = 0;
  for (let i = 0; i < returns.length; i++) {
    const r = returns[i] as number;
    if (r > 0) gains += r;
    else losses -= r;
  }
  return losses > NO_SPREAD ? gains / losses : null;
};

/**
 * Probability that the true Sharpe ratio is above `benchmark` (daily), given how long and how odd the record is.
 * Ref: Bailey & López de Prado 2012, Φ((SR − SR*) √(n − 1) ÷ √(1 − γ3 SR + (γ4 − 1) ÷ 4 · SR²)).
 */
export const probabilisticSharpe = (m: Moments, riskFreeDaily: number, benchmark: number): number | null => {
  const sr = dailySharpe(m, riskFreeDaily);
  if (sr === null) return null;
  const variance = 1 - m.skew * sr + ((m.kurtosis - 1) / 4) * sr * sr;
  return variance > NO_SPREAD ? normalCdf(((sr - benchmark) * Math.sqrt(m.n - 1)) / Math.sqrt(variance)) : null;
};

/** How many were tried, and the variance of their annualised Sharpe ratios. */
export interface Trials {
  readonly count: number;
  readonly sharpeVariance: number;
}

/**
 * The best daily Sharpe ratio to be expected of `count` worthless trials.
 * Ref: Bailey & López de Prado 2014, √V ((1 − γ) Φ⁻¹(1 − 1/N) + γ Φ⁻¹(1 − 1/(N e))), γ Euler's constant.
 */
export const luckiestSharpe = ({ count, sharpeVariance }: Trials): number =>
  Math.sqrt(sharpeVariance / YEAR_DAYS) *
  (-(1 - EULER_GAMMA) * normalQuantile(1 / count) - EULER_GAMMA * normalQuantile(1 / (count * Math.E)));

/**
 * Returns of two series from and to days that both have. Empty when either is not above zero somewhere.
 * A day that one of them lacks is bridged: both returns then span the same days.
 */
export const pairedReturns = (a: Daily, b: Daily): readonly [Float64Array, Float64Array] => {
  const left = new Float64Array(Math.min(a.days.length, b.days.length));
  const right = new Float64Array(left.length);
  let common = 0;
  let before = 0;
  let other = 0;
  for (let i = 0, j = 0; i < a.days.length && j < b.days.length; ) {
    const gap = (a.days[i] as number) - (b.days[j] as number);
    if (gap < 0) i++;
    else if (gap > 0) j++;
    else {
      const va = a.value[i++] as number;
      const vb = b.value[j++] as number;
      if (!(va > 0 && vb > 0)) return [new Float64Array(0), new Float64Array(0)];
      if (common > 0) {
        left[common - 1] = va / before - 1;
        right[common - 1] = vb / other - 1;
      }
      common++;
      before = va;
      other = vb;
    }
  }
  const n = Math.max(0, common - 1);
  return [left.slice(0, n), right.slice(0, n)];
};

/** Least squares of daily excess returns on the benchmark's; alpha a year. Null without spread in the benchmark. Ref: Jensen 1968. */
export const regress = (
  returns: Float64Array,
  market: Float64Array,
  riskFreeDaily: number,
): { readonly alpha: number; readonly beta: number } | null => {
  const [a, b] = [momentsOf(returns), momentsOf(market)];
  if (!(b.deviation > NO_SPREAD)) return null;
  let covariance = 0;
  for (let i = 0; i < returns.length; i++) covariance += ((returns[i] as number) - a.mean) * ((market[i] as number) - b.mean);
  const beta = covariance / (a.n - 1) / (b.deviation * b.deviation);
  return { alpha: (a.mean - riskFreeDaily - beta * (b.mean - riskFreeDaily)) * YEAR_DAYS, beta };
};
