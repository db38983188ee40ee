import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toFloat } from "../../streams/domain/units.ts";
import { type NaiveBar, type NaivePlan, type NaiveRun, naiveEngine } from "../support/naiveEngine.ts";
import { daily, FIRST_OPEN, played, taped } from "../support/playing.ts";

const DAY_MS = 86_400_000;
const cents = (x: number): number => Math.max(0.5, Math.round(x * 100) / 100);

const chance = (seed: number) => {
  let a = seed;
  return (): number => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
};

/** A walk of bars: most are quiet, some stand still, repeat a price, open with a gap, or are so wide that they reach everything. */
const walk = (seed: number, length: number): NaiveBar[] => {
  const next = chance(seed);
  const out: NaiveBar[] = [];
  let last = cents(5 + 200 * next());
  for (let i = 0; i < length; i++) {
    const kind = next();
    if (kind < 0.06) {
      out.push({ open: last, high: last, low: last, close: last });
      continue;
    }
    const open = kind < 0.16 ? cents(last * (0.92 + 0.16 * next())) : kind < 0.3 ? last : cents(last * (0.99 + 0.02 * next()));
    const close = kind > 0.95 ? open : cents(open * (0.97 + 0.06 * next()));
    const reach = kind > 0.85 ? 0.12 : 0.015;
    const high = Math.max(open, close, cents(Math.max(open, close) * (1 + reach * next())));
    const low = Math.min(open, close, cents(Math.min(open, close) * (1 - reach * next())));
    out.push({ open, high, low, close });
    last = close;
  }
  return out;
};

const bars = fc.tuple(fc.integer(), fc.integer({ min: 20, max: 150 })).map(([seed, length]) => walk(seed, length));

const plans: Record<NaivePlan["name"], fc.Arbitrary<NaivePlan>> = {
  sma_cross: fc
    .tuple(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 12 }), fc.boolean())
    .map(([fast, more, long_only]) => ({ name: "sma_cross", fast, slow: fast + more, long_only })),
  rsi_bracket: fc
    .tuple(
      fc.integer({ min: 2, max: 9 }),
      fc.integer({ min: 20, max: 60 }),
      fc.integer({ min: 40, max: 85 }),
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 12 }),
    )
    .map(([n, lo, hi, sl, tp]) => ({ name: "rsi_bracket", n, lo, hi, sl: sl / 100, tp: tp / 100 })),
  channel_breakout: fc
    .tuple(fc.integer({ min: 1, max: 15 }), fc.integer({ min: 1, max: 15 }))
    .map(([n, m]) => ({ name: "channel_breakout", n, m })),
  limit_pullback: fc
    .tuple(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 6 }))
    .map(([x, hold]) => ({ name: "limit_pullback", x: x / 1000, hold })),
};

const runs = (plan: fc.Arbitrary<NaivePlan>): fc.Arbitrary<NaiveRun> =>
  fc.record({
    cash: fc.constantFrom(100_000, 1_000_000),
    commission: fc.constantFrom(0, 0.0005, 0.001, 0.002),
    size: fc.oneof(
      fc.integer({ min: 1, max: 100 }).map((shares) => ({ shares })),
      fc.constantFrom(0.1, 0.5, 0.95, 0.9999).map((fraction) => ({ fraction })),
    ),
    plan,
  });

const ours = (b: readonly NaiveBar[], run: NaiveRun) => {
  const { name, ...params } = run.plan;
  const { collector } = played(taped(daily(b)), {
    config: {
      strategies: [{ name, params }],
      sizing: "shares" in run.size ? { by: "shares", shares: run.size.shares } : { by: "cash", fraction: run.size.fraction },
      risk: { enabled: false },
      costs: { commission: run.commission, slippage: 0 },
      fill: "backtesting.py",
      cash: String(run.cash),
      tickSize: 1,
    },
  });
  return {
    trades: collector.trades.map((t) => ({
      entryBar: Math.floor((t.entryAt - FIRST_OPEN) / DAY_MS),
      exitBar: Math.floor((t.exitAt - FIRST_OPEN) / DAY_MS),
      size: toFloat(t.shares),
      entry: toFloat(t.entryPx),
      exit: toFloat(t.exitPx),
      pnl: toFloat(t.pnl),
    })),
    equity: [...collector.equity().value],
  };
};

const near = (a: number, b: number, tolerance: number): boolean => Math.abs(a - b) <= tolerance;

describe("the rules of the peer engine, by a naive loop and by the production path", () => {
  for (const [name, plan] of Object.entries(plans))
    it(`give ${name} the same trades and the same equity on any bars`, () => {
      let traded = 0;
      fc.assert(
        fc.property(bars, runs(plan), (b, run) => {
          const want = naiveEngine(b, run);
          fc.pre(want.margin > 1e-7); // a tie in decimals: floats decide it, not rules
          const got = ours(b, run);
          traded += want.trades.length;
          expect(got.trades.map(({ entryBar, exitBar, size }) => ({ entryBar, exitBar, size }))).toEqual(
            want.trades.map(({ entryBar, exitBar, size }) => ({ entryBar, exitBar, size })),
          );
          const off = want.trades.filter((w, i) => {
            const g = got.trades[i];
            return !g || !near(g.entry, w.entry, 1e-6) || !near(g.exit, w.exit, 1e-6) || !near(g.pnl, w.pnl, 0.01);
          });
          expect(off).toEqual([]);
          expect(got.equity).toHaveLength(b.length);
          expect(want.equity.filter((w, i) => !near(got.equity[i] ?? Number.NaN, w, 0.01))).toEqual([]);
        }),
        { numRuns: 200, seed: 20240102 },
      );
      expect(traded).toBeGreaterThan(400);
    });
});
