import { describe, expect, it } from "vitest";
import type { Trade } from "../../../streams/domain/portfolio.ts";
import { ms, orderId, px, SCALE, seq, shares, ticker, usd } from "../../../streams/domain/units.ts";
import { normalCdf, normalQuantile } from "../../../streams/metrics/normal.ts";
import { luckiestSharpe, probabilisticSharpe } from "../../../streams/metrics/ratios.ts";
import { computeStats, type StatsInput } from "../../../streams/metrics/stats.ts";

const DAY = 86_400_000;
/** 2024-01-02 21:00 UTC, a close in New York. */
const T0 = 1_704_229_200_000;
const daily = (values: readonly number[], everyMs = DAY) => ({
  ts: Float64Array.from(values, (_v, i) => T0 + i * everyMs),
  value: Float64Array.from(values),
});
const input = (values: readonly number[], more: Partial<StatsInput> = {}): StatsInput => ({
  equity: daily(values),
  trades: [],
  bars: values.length,
  barsInMarket: 0,
  tradedUsd: 0,
  commissionsUsd: 0,
  slippageUsd: 0,
  ...more,
});
const trade = (pnlUsd: number, days = 1, entryUsd = 100, count = 10): Trade => ({
  ticker: ticker("AAPL"),
  book: "ensemble",
  shares: shares(count * SCALE),
  entryPx: px(usd(entryUsd)),
  exitPx: px(usd(entryUsd)),
  entryAt: ms(T0),
  exitAt: ms(T0 + days * DAY),
  pnl: usd(pnlUsd),
  commission: usd(0),
  entryOrder: orderId("a"),
  exitOrder: orderId("b"),
  exitFill: seq(1),
});
/** Marks whose day-to-day returns are those given. */
const compounding = (returns: readonly number[]) => {
  let value = 100;
  return [value, ...returns.map((r) => (value *= 1 + r))];
};

const KEYS = `start end bars equity_start equity_final equity_peak total_return cagr volatility sharpe sortino calmar omega max_drawdown
  max_drawdown_days avg_drawdown exposure turnover trades win_rate best_trade worst_trade avg_trade avg_trade_days profit_factor
  expectancy sqn kelly commissions slippage alpha beta benchmark_return psr dsr skew kurtosis`;

describe("statistics of a run", () => {
  it("have the keys of the contract, in its order", () => {
    const keys = KEYS.split(/\s+/);
    expect(Object.keys(computeStats(input([100, 110])))).toEqual(keys);
  });

  it("are null or zero over nothing, never a made-up number", () => {
    const stats = computeStats(input([]));
    expect(Object.entries(stats).filter(([, v]) => v !== null)).toEqual([
      ["bars", 0],
      ["trades", 0],
      ["commissions", 0],
      ["slippage", 0],
    ]);
    const flat = computeStats(input(Array.from({ length: 30 }, () => 100)));
    expect(flat).toMatchObject({
      total_return: 0,
      max_drawdown: 0,
      volatility: 0,
      sharpe: null,
      psr: null,
      skew: null,
      calmar: null,
    });
  });

  it("say nothing of a year after a week", () => {
    expect(computeStats(input([100, 101, 99, 103, 104]))).toMatchObject({
      cagr: null,
      volatility: null,
      sharpe: null,
      sortino: null,
      omega: null,
      psr: null,
    });
  });

  it("measure falls from their peak, how deep, how long, and on average", () => {
    const stats = computeStats(input([100, 120, 90, 108, 120, 126, 113.4, 120]));
    expect(stats).toMatchObject({
      equity_start: 100,
      equity_final: 120,
      equity_peak: 126,
      max_drawdown: -0.25,
      max_drawdown_days: 3,
    });
    expect(stats.total_return).toBeCloseTo(0.2, 14);
    expect(stats.avg_drawdown).toBeCloseTo((-0.25 - 0.1) / 2, 14);
  });

  it("compound growth to a year of 365.25 days", () => {
    const values = [100, ...Array.from({ length: 729 }, () => 110), 144];
    const stats = computeStats({ ...input(values), equity: daily(values, DAY + DAY / 1_460) }); // 730.5 days
    expect(stats.cagr).toBeCloseTo(0.2, 12);
    expect(stats.calmar).toBe(null);
  });

  it("ratios follow from daily returns: mean, deviations, √252", () => {
    const returns = [0.01, -0.02, 0.03, 0.005, -0.01, 0.02, 0, 0.01, -0.005, 0.01];
    const stats = computeStats(input(compounding(returns)));
    // By hand: mean 0.005; squared deviations sum 0.0019; squared losses 0.0004 + 0.0001 + 0.000025.
    const deviation = Math.sqrt(0.0019 / 9);
    expect(stats.volatility).toBeCloseTo(deviation * Math.sqrt(252), 12);
    expect(stats.sharpe).toBeCloseTo((0.005 / deviation) * Math.sqrt(252), 10);
    expect(stats.sortino).toBeCloseTo((0.005 / Math.sqrt(0.000525 / 10)) * Math.sqrt(252), 10);
    expect(stats.omega).toBeCloseTo(0.085 / 0.035, 10);
    const riskFree = computeStats(input(compounding(returns), { riskFree: 0.252 }));
    expect(riskFree.sharpe).toBeCloseTo((0.004 / deviation) * Math.sqrt(252), 10);
  });

  it("sample days as New York does: the last mark of the day, whatever the date in London", () => {
    const hours = Array.from({ length: 24 * 30 }, (_v, i) => 100 + Math.floor(i / 24) + (i % 24) / 100);
    const hourly = {
      ts: Float64Array.from(hours, (_v, i) => T0 - 16 * 3_600_000 + i * 3_600_000),
      value: Float64Array.from(hours),
    };
    const ends = hours.filter((_v, i) => i % 24 === 23); // T0 − 16 h is midnight in New York
    expect(computeStats(input([], { equity: hourly })).sharpe).toBeCloseTo(computeStats(input(ends)).sharpe ?? Number.NaN, 12);
  });

  it("count trades, and pay by what was put in", () => {
    const trades = [trade(100, 1), trade(-50, 2), trade(200, 3), trade(0, 6)];
    expect(computeStats(input([100], { trades }))).toMatchObject({
      trades: 4,
      win_rate: 0.5,
      best_trade: 0.2,
      worst_trade: -0.05,
      avg_trade: 0.0625,
      avg_trade_days: 3,
      profit_factor: 6,
      expectancy: 62.5,
      sqn: null,
      kelly: null,
    });
  });

  it("judge a system only from ten trades on", () => {
    const trades = [...Array.from({ length: 6 }, () => trade(20)), ...Array.from({ length: 4 }, () => trade(-10))];
    const stats = computeStats(input([100], { trades }));
    expect(stats.kelly).toBeCloseTo(0.6 - 0.4 / 2, 14);
    expect(stats.sqn).toBeCloseTo((Math.sqrt(10) * 8) / Math.sqrt((6 * 144 + 4 * 324) / 9), 12);
    expect(computeStats(input([100], { trades: trades.slice(0, 6) }))).toMatchObject({ profit_factor: null, win_rate: 1 });
  });

  it("relate to a benchmark: beta 2 and an alpha of a basis point a day", () => {
    const market = Array.from({ length: 30 }, (_v, i) => ((i * 7) % 11) / 1_000 - 0.004);
    const stats = computeStats(input(compounding(market.map((r) => 2 * r + 0.0001)), { benchmark: daily(compounding(market)) }));
    expect(stats.beta).toBeCloseTo(2, 10);
    expect(stats.alpha).toBeCloseTo(0.0252, 10);
    expect(stats.benchmark_return).toBeCloseTo(market.reduce((v, r) => v * (1 + r), 1) - 1, 12);
    expect(computeStats(input(compounding(market)))).toMatchObject({ alpha: null, beta: null, benchmark_return: null });
  });

  it("know exposure, turnover and costs", () => {
    const more = { bars: 4, barsInMarket: 3, tradedUsd: 550, commissionsUsd: 1.5, slippageUsd: 0.25 };
    expect(computeStats(input([100, 120], more))).toMatchObject({
      exposure: 0.75,
      turnover: 5,
      commissions: 1.5,
      slippage: 0.25,
    });
  });

  it("say null of returns once an account was worth nothing, and go on with the rest", () => {
    const ruined = [...Array.from({ length: 15 }, (_v, i) => 100 + i), 0, -5, 10];
    expect(computeStats(input(ruined))).toMatchObject({
      sharpe: null,
      volatility: null,
      equity_final: 10,
      max_drawdown: -5 / 114 - 1,
    });
  });
});

describe("how sure a Sharpe ratio is", () => {
  /** Ref: Bailey & López de Prado 2014, numerical example: SR 2.5 a year, T 1250, skew −3, kurtosis 10, 100 trials of variance ½: DSR ≈ 0.90. */
  it("agrees with the published example", () => {
    const moments = { n: 1_250, mean: 2.5 / Math.sqrt(250), deviation: 1, skew: -3, kurtosis: 10 };
    const lucky = luckiestSharpe({ count: 100, sharpeVariance: 0.5 * (252 / 250) }); // the paper's year has 250 days
    expect(lucky).toBeCloseTo(0.1132, 4);
    expect(probabilisticSharpe(moments, 0, lucky)).toBeCloseTo(0.9004, 4);
  });

  it("needs a record of twenty returns, and trials to deflate by", () => {
    const returns = Array.from({ length: 25 }, (_v, i) => ((i * 5) % 7) / 1_000 - 0.002);
    const stats = computeStats(input(compounding(returns), { trials: { count: 10, sharpeVariance: 1 } }));
    expect(stats.psr).toBeGreaterThan(stats.dsr ?? 1);
    expect(computeStats(input(compounding(returns)))).toMatchObject({ dsr: null, psr: stats.psr });
    expect(computeStats(input(compounding(returns.slice(0, 19)), { trials: { count: 10, sharpeVariance: 1 } }))).toMatchObject({
      psr: null,
      dsr: null,
    });
  });
});

describe("the normal distribution", () => {
  /** Values from tables to 15 digits. */
  it.each([
    [0, 0.5],
    [0.5, 0.691462461274013],
    [1, 0.841344746068543],
    [1.959963984540054, 0.975],
    [-2.326347874040841, 0.01],
    [3, 0.99865010196837],
    [-3.090232306167813, 0.001],
    [-6, 9.865876450376981e-10],
    [-10, 7.6198530241605e-24],
  ])("below %d lies %d", (z, p) => {
    expect(Math.abs(normalCdf(z) / p - 1)).toBeLessThan(1e-12);
    expect(normalQuantile(p)).toBeCloseTo(z, 9);
  });
  it("ends at 0 and 1 and has no step where its formula changes", () => {
    expect([normalCdf(-40), normalCdf(40), normalQuantile(0), normalQuantile(1)]).toEqual([
      0,
      1,
      Number.NEGATIVE_INFINITY,
      Number.POSITIVE_INFINITY,
    ]);
    for (const z of [-3, 3]) expect(Math.abs(normalCdf(z + 1e-9) - normalCdf(z - 1e-9))).toBeLessThan(1e-11);
  });
});
