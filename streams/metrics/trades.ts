import type { Trade } from "../domain/portfolio.ts";
import { toFloat } from "../domain/units.ts";
import { momentsOf } from "./series.ts";

const DAY_MS = 86_400_000;
/** Fewest trades from which a system's quality or a stake is computed. */
const FEW = 10;
/** USD. Below this a spread of results is the rounding of floats: results are whole µUSD. */
const NO_SPREAD = 1e-9;

export interface TradeStats {
  readonly trades: number;
  readonly win_rate: number | null;
  readonly best_trade: number | null;
  readonly worst_trade: number | null;
  readonly avg_trade: number | null;
  readonly avg_trade_days: number | null;
  readonly profit_factor: number | null;
  readonly expectancy: number | null;
  readonly sqn: number | null;
  readonly kelly: number | null;
}

/** Result over what was put in, after commissions: pnl ÷ (entry price × shares). */
const returnOf = (t: Trade): number => t.pnl / (toFloat(t.entryPx) * Math.abs(t.shares));

const NONE: TradeStats = {
  trades: 0,
  win_rate: null,
  best_trade: null,
  worst_trade: null,
  avg_trade: null,
  avg_trade_days: null,
  profit_factor: null,
  expectancy: null,
  sqn: null,
  kelly: null,
};

/** What closed trades say, in whatever order they come. Meanings: `Stats`. */
export const tradeStats = (trades: readonly Trade[]): TradeStats => {
  const n = trades.length;
  if (n === 0) return NONE;
  const pnl = new Float64Array(n);
  let [wins, won, losses, lost] = [0, 0, 0, 0];
  let [best, worst, sum, heldMs] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, 0, 0];
  trades.forEach((t, i) => {
    const r = returnOf(t);
    pnl[i] = toFloat(t.pnl);
    best = Math.max(best, r);
    worst = Math.min(worst, r);
    sum += r;
    heldMs += t.exitAt - t.entryAt;
    if (t.pnl > 0) {
      wins++;
      won += t.pnl;
    } else if (t.pnl < 0) {
      losses++;
      lost -= t.pnl;
    }
  });
  const m = momentsOf(pnl);
  const payoff = wins > 0 && losses > 0 ? won / wins / (lost / losses) : null;
  return {
    trades: n,
    win_rate: wins / n,
    best_trade: best,
    worst_trade: worst,
    avg_trade: sum / n,
    avg_trade_days: heldMs / n / DAY_MS,
    profit_factor: lost > 0 ? won / lost : null,
    expectancy: m.mean,
    sqn: n >= FEW && m.deviation > NO_SPREAD ? (Math.sqrt(n) * m.mean) / m.deviation : null,
    kelly: n >= FEW && payoff !== null ? wins / n - (1 - wins / n) / payoff : null,
  };
};
