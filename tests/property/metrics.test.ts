import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Trade } from "../../streams/domain/portfolio.ts";
import { money, ms, orderId, px, seq, shares, ticker } from "../../streams/domain/units.ts";
import { computeStats, type Stats, type StatsInput } from "../../streams/metrics/stats.ts";

const trades = fc.array(
  fc
    .record({
      pnl: fc.maxSafeInteger(),
      entryPx: fc.integer({ min: 1, max: 1e12 }),
      held: fc.integer({ min: -1e12, max: 1e12 }).filter((n) => n !== 0),
      entryAt: fc.nat(),
      forMs: fc.nat(),
    })
    .map(
      (t): Trade => ({
        ticker: ticker("AAPL"),
        book: "ensemble",
        shares: shares(t.held),
        entryPx: px(t.entryPx),
        exitPx: px(1),
        entryAt: ms(t.entryAt),
        exitAt: ms(t.entryAt + t.forMs),
        pnl: money(t.pnl),
        commission: money(0),
        entryOrder: orderId("a"),
        exitOrder: orderId("b"),
        exitFill: seq(1),
      }),
    ),
  { maxLength: 40 },
);
const HOUR = 3_600_000;
const T0 = 1_704_229_200_000;
const seriesOf = (marks: readonly (readonly [number, number])[]) => ({
  ts: Float64Array.from(marks, (m) => m[0]),
  value: Float64Array.from(marks, (m) => m[1]),
});
const marksOf = (value: fc.Arbitrary<number>) =>
  fc.array(fc.tuple(fc.integer({ min: 0, max: 100 }), value), { maxLength: 80 }).map((steps) => {
    let at = T0;
    return steps.map(([hours, v]): [number, number] => {
      at += hours * HOUR;
      return [at, v];
    });
  });
const input = (equity: StatsInput["equity"], more: Partial<StatsInput> = {}): StatsInput => ({
  equity,
  trades: [],
  bars: 10,
  barsInMarket: 5,
  tradedUsd: 1_000,
  commissionsUsd: 1,
  slippageUsd: 1,
  ...more,
});

describe("statistics of any run", () => {
  it("are a finite number or null, whatever comes in", () => {
    const anything = fc.double();
    fc.assert(
      fc.property(
        marksOf(fc.oneof(anything, fc.double({ min: 50, max: 150, noNaN: true }))),
        marksOf(anything),
        trades,
        fc.array(anything, { minLength: 7, maxLength: 7 }),
        fc.array(fc.tuple(anything, anything), { maxLength: 30 }),
        (equity, benchmark, closed, [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0], wild) => {
          const more = { trades: closed, bars: a, barsInMarket: b, tradedUsd: c, commissionsUsd: d, slippageUsd: e, riskFree: f };
          const trials = { count: 5, sharpeVariance: g };
          for (const marks of [equity, wild]) {
            const stats = computeStats(input(seriesOf(marks), { ...more, trials, benchmark: seriesOf(benchmark) }));
            for (const [key, value] of Object.entries(stats))
              expect(value === null || Number.isFinite(value), `${key} is ${value}`).toBe(true);
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  it("do not depend on the size of the account", () => {
    const equity = marksOf(fc.double({ min: 50, max: 150, noNaN: true }));
    const moneyKeys = ["equity_start", "equity_final", "equity_peak", "turnover"];
    fc.assert(
      fc.property(equity, fc.constantFrom(0.125, 4, 1_024), (marks, factor) => {
        const one = computeStats(input(seriesOf(marks)));
        const many = computeStats(input(seriesOf(marks.map(([at, v]) => [at, v * factor]))));
        const ratios = (s: Stats) => Object.entries(s).filter(([key]) => !moneyKeys.includes(key));
        expect(ratios(many)).toEqual(ratios(one)); // exactly: the factors are powers of two
      }),
    );
  });

  it("of trades do not depend on their order", () => {
    fc.assert(
      fc.property(trades, (closed) => {
        const forth = computeStats(input(seriesOf([]), { trades: closed }));
        const back = computeStats(input(seriesOf([]), { trades: [...closed].reverse() }));
        for (const [key, value] of Object.entries(forth)) {
          const other = back[key as keyof Stats];
          if (value === null || value === 0) expect(other ?? 0).toBeCloseTo(0, 3);
          else expect(Math.abs(Number(other) - value)).toBeLessThanOrEqual(1e-6 * (Math.abs(value) + 1));
        }
      }),
    );
  });

  it("keep to their ranges", () => {
    fc.assert(
      fc.property(marksOf(fc.double({ min: 50, max: 150, noNaN: true })), trades, (marks, closed) => {
        const s = computeStats(input(seriesOf(marks), { trades: closed, trials: { count: 3, sharpeVariance: 1 } }));
        for (const p of [s.win_rate, s.psr, s.dsr, s.exposure]) expect(p === null || (p >= 0 && p <= 1)).toBe(true);
        for (const d of [s.max_drawdown, s.avg_drawdown]) expect(d === null || (d <= 0 && d > -1)).toBe(true);
        if (s.max_drawdown !== null && s.total_return !== null)
          expect(s.max_drawdown).toBeLessThanOrEqual(Math.max(0, s.total_return));
        if (s.psr !== null && s.dsr !== null) expect(s.dsr).toBeLessThanOrEqual(s.psr);
      }),
    );
  });
});
