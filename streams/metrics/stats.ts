import type { Trade } from "../domain/portfolio.ts";
import { ms } from "../domain/units.ts";
import { pow } from "../indicators/det.ts";
import { newYorkOffsetMs } from "../market/calendar.ts";
import { drawdownsOf } from "./drawdown.ts";
import {
  luckiestSharpe,
  omega,
  pairedReturns,
  probabilisticSharpe,
  regress,
  sharpe,
  sortino,
  type Trials,
  volatility,
  YEAR_DAYS,
} from "./ratios.ts";
import { dayEnds, momentsOf, returnsOf, type Series } from "./series.ts";
import { type TradeStats, tradeStats } from "./trades.ts";

const DAY_MS = 86_400_000;
const YEAR_MS = 365.25 * DAY_MS;
/** Smallest samples, see `Stats`. */
const MIN_SPAN_MS = 90 * DAY_MS;
const MIN_RETURNS = 10;
const MIN_RECORD = 20;

/**
 * What a run did, as numbers. Null: not to be had from so little, or from nothing. Never NaN, never infinite.
 * Fractions: 0.05 is 5 %. "Days" of returns are New York days with a mark: a return goes from one day's last mark to the next
 * day's; all of them are null when an account was ever worth nothing at a day's end.
 */
export interface Stats extends TradeStats {
  /** First and last mark, epoch ms. */
  readonly start: number | null;
  readonly end: number | null;
  /** Bars played, over all tickers. */
  readonly bars: number;
  /** Equity at the first and last mark and at its highest, USD. */
  readonly equity_start: number | null;
  readonly equity_final: number | null;
  readonly equity_peak: number | null;
  /** equity_final ÷ equity_start − 1. */
  readonly total_return: number | null;
  /** Compound growth a year of 365.25 days: (final ÷ start)^(1 ÷ years) − 1. From 90 calendar days. */
  readonly cagr: number | null;
  /** Sample deviation of daily returns × √252. From 10 returns. */
  readonly volatility: number | null;
  /** (mean daily return − risk-free) ÷ sample deviation × √252. From 10 returns that are not all the same. Ref: Sharpe 1994. */
  readonly sharpe: number | null;
  /** As sharpe, over the root mean square of shortfalls below the risk-free rate, counted over all days. From 10 returns, one short. Ref: Sortino & Price 1994. */
  readonly sortino: number | null;
  /** cagr ÷ −max_drawdown. Where both are. Ref: Young 1991. */
  readonly calmar: number | null;
  /** Sum of daily gains ÷ sum of daily losses. From 10 returns, one a loss. Ref: Keating & Shadwick 2002. */
  readonly omega: number | null;
  /** Deepest fall of the marked equity below its highest until then: −0.12 is 12 % down, 0 never down. Below −1 the account owes. */
  readonly max_drawdown: number | null;
  /** Longest time from a peak until it was reached again, or to the end; calendar days. */
  readonly max_drawdown_days: number | null;
  /** Mean of the deepest points of all falls; null when there was none. */
  readonly avg_drawdown: number | null;
  /** Bars with an open position ÷ bars. From one bar. */
  readonly exposure: number | null;
  /** Notional traded, both ways, ÷ mean equity over the marks; over the whole run, not a year. */
  readonly turnover: number | null;
  /** Round trips closed. */
  readonly trades: number;
  /** Trades with a pnl above zero ÷ trades. From one trade. */
  readonly win_rate: number | null;
  /** Highest, lowest and mean of pnl ÷ (entry price × shares), fractions after commissions. From one trade. */
  readonly best_trade: number | null;
  readonly worst_trade: number | null;
  readonly avg_trade: number | null;
  /** Mean time from entry to exit, calendar days. From one trade. */
  readonly avg_trade_days: number | null;
  /** Sum of winning pnl ÷ sum of losing pnl. From one losing trade. */
  readonly profit_factor: number | null;
  /** Mean pnl of a trade, USD. From one trade. */
  readonly expectancy: number | null;
  /** System quality number: √trades × mean pnl ÷ sample deviation of pnl. From 10 trades. Ref: Van Tharp 2008. */
  readonly sqn: number | null;
  /** Stake that grows fastest: win_rate − (1 − win_rate) ÷ (mean win ÷ mean loss); below zero: do not play. From 10 trades, both kinds. Ref: Kelly 1956. */
  readonly kelly: number | null;
  /** Paid in all, USD. Slippage: against the price before it. */
  readonly commissions: number | null;
  readonly slippage: number | null;
  /** Of daily excess returns on the benchmark's, least squares; alpha a year (× 252). From 20 common days' returns. Ref: Jensen 1968. */
  readonly alpha: number | null;
  readonly beta: number | null;
  /** Benchmark's last value ÷ first − 1. */
  readonly benchmark_return: number | null;
  /** Probability that the true Sharpe ratio is above 0. From 20 returns. Ref: Bailey & López de Prado 2012. */
  readonly psr: number | null;
  /** Probability that it is above what the luckiest of the trials would show. From 20 returns and 2 trials. Ref: Bailey & López de Prado 2014. */
  readonly dsr: number | null;
  /** Third standardised moment of daily returns, over n. From 10 returns. */
  readonly skew: number | null;
  /** Fourth, less 3: 0 for a normal distribution. From 10 returns. */
  readonly kurtosis: number | null;
}

export interface StatsInput {
  /** Equity in USD at each mark. */
  readonly equity: Series;
  readonly trades: readonly Trade[];
  readonly bars: number;
  /** Bars at whose close a position was open. */
  readonly barsInMarket: number;
  readonly tradedUsd: number;
  readonly commissionsUsd: number;
  readonly slippageUsd: number;
  /** What else the money could have been in, any unit. */
  readonly benchmark?: Series | null;
  /** A year, fraction; a day is 1 ÷ 252 of it. Default 0. */
  readonly riskFree?: number;
  /** What the run was picked from; absent for a single trial. */
  readonly trials?: Trials | null;
  /** The day a moment belongs to, as a number that grows. Default: New York days. */
  readonly dayOf?: (at: number) => number;
}

/** Days since 1970-01-01 on the New York calendar. */
const newYorkDayOf = (at: number): number => Math.floor((at + newYorkOffsetMs(ms(at))) / DAY_MS);

type ReturnStats = Pick<Stats, "volatility" | "sharpe" | "sortino" | "omega" | "psr" | "dsr" | "skew" | "kurtosis">;

const returnStats = (returns: Float64Array, riskFreeDaily: number, trials: Trials | null): ReturnStats => {
  const m = momentsOf(returns);
  const enough = m.n >= MIN_RETURNS;
  const record = m.n >= MIN_RECORD;
  const ratio = enough ? sharpe(m, riskFreeDaily) : null;
  return {
    volatility: enough ? volatility(m) : null,
    sharpe: ratio,
    sortino: enough ? sortino(returns, m, riskFreeDaily) : null,
    omega: enough ? omega(returns) : null,
    psr: record ? probabilisticSharpe(m, riskFreeDaily, 0) : null,
    dsr: record && trials && trials.count >= 2 ? probabilisticSharpe(m, riskFreeDaily, luckiestSharpe(trials)) : null,
    skew: ratio === null ? null : m.skew,
    kurtosis: ratio === null ? null : m.kurtosis - 3,
  };
};

type BenchmarkStats = Pick<Stats, "alpha" | "beta" | "benchmark_return">;

const benchmarkStats = (
  input: StatsInput,
  daily: ReturnType<typeof dayEnds>,
  dayOf: (at: number) => number,
  riskFreeDaily: number,
): BenchmarkStats => {
  const market = input.benchmark ? dayEnds(input.benchmark, dayOf) : null;
  const marks = input.benchmark ? drawdownsOf(input.benchmark) : null;
  const pairs = market ? pairedReturns(daily, market) : null;
  const line = pairs && pairs[0].length >= MIN_RECORD ? regress(pairs[0], pairs[1], riskFreeDaily) : null;
  return {
    alpha: line?.alpha ?? null,
    beta: line?.beta ?? null,
    benchmark_return: marks ? marks.last / marks.first - 1 : null,
  };
};

const growth = (ratio: number, spanMs: number): number | null =>
  spanMs >= MIN_SPAN_MS && ratio >= 0 ? (ratio === 0 ? -1 : pow(ratio, YEAR_MS / spanMs) - 1) : null;

/** All keys, in the order of the contract. One pass over the marks, one over the trades, one over the days. */
export const computeStats = (input: StatsInput): Stats => {
  const dayOf = input.dayOf ?? newYorkDayOf;
  const riskFreeDaily = (input.riskFree ?? 0) / YEAR_DAYS;
  const { ts } = input.equity;
  const marks = drawdownsOf(input.equity);
  const daily = dayEnds(input.equity, dayOf);
  const returns = returnStats(returnsOf(daily.value), riskFreeDaily, input.trials ?? null);
  const [start, end] = [ts[0] ?? null, ts[ts.length - 1] ?? null];
  const cagr = marks && start !== null && end !== null ? growth(marks.last / marks.first, end - start) : null;
  const { trades, ...traded } = tradeStats(input.trades);
  const { volatility, sharpe, sortino, omega, ...shape } = returns;
  return tidy({
    start,
    end,
    bars: input.bars,
    equity_start: marks?.first ?? null,
    equity_final: marks?.last ?? null,
    equity_peak: marks?.peak ?? null,
    total_return: marks ? marks.last / marks.first - 1 : null,
    cagr,
    volatility,
    sharpe,
    sortino,
    calmar: cagr !== null && marks && marks.deepest < 0 ? cagr / -marks.deepest : null,
    omega,
    max_drawdown: marks?.deepest ?? null,
    max_drawdown_days: marks ? marks.longestMs / DAY_MS : null,
    avg_drawdown: marks?.average ?? null,
    exposure: input.bars > 0 ? input.barsInMarket / input.bars : null,
    turnover: marks && marks.mean > 0 ? input.tradedUsd / marks.mean : null,
    trades,
    ...traded,
    commissions: input.commissionsUsd,
    slippage: input.slippageUsd,
    ...benchmarkStats(input, daily, dayOf, riskFreeDaily),
    ...shape,
  });
};

/** Anything that outgrew a float is not a number to show. */
const tidy = (stats: Stats): Stats => {
  const out: Record<string, number | null> = {};
  for (const [key, value] of Object.entries(stats)) out[key] = Number.isFinite(value) ? (value === 0 ? 0 : value) : null;
  return out as unknown as Stats;
};
