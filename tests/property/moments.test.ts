import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { z } from "zod";
import type { InputEvent } from "../../streams/domain/event.ts";
import type { Trade } from "../../streams/domain/portfolio.ts";
import type { RunConfig, StrategyConfig } from "../../streams/domain/run.ts";
import { ticker } from "../../streams/domain/units.ts";
import { type AnyStrategy, STRATEGIES } from "../../streams/strategies/registry.ts";
import { market, played, taped } from "../support/playing.ts";

// The order in which strategies are listed, and what they are called, decide nothing.

const tickers = ["AAPL", "MSFT", "NVDA", "TSLA"].map(ticker);
const days = new Map<number, readonly InputEvent[]>();
/** Two sessions of a nervous market: a bar in five minutes. */
const day = (seed: number): readonly InputEvent[] => {
  let events = days.get(seed);
  if (events === undefined) {
    events = market({ seed, tickers, barMs: 300_000, volatility: 4, newsPerDay: 80, halts: false }, 2);
    days.set(seed, events);
  }
  return events;
};

type Config = Partial<z.input<typeof RunConfig>>;
interface Listed {
  readonly of: string;
  readonly called: string;
  readonly weight: number;
  readonly params: Readonly<Record<string, unknown>>;
}

const run = (seed: number, listed: readonly Listed[], config: Config) => {
  const known = new Map<string, AnyStrategy>();
  const strategies: StrategyConfig[] = [];
  for (const { of, called, weight, params } of listed) {
    const strategy = STRATEGIES.get(of);
    if (strategy === undefined) throw new Error(of);
    known.set(called, { ...strategy, name: called });
    strategies.push({ name: called, enabled: true, weight, params });
  }
  const p = played(taped(day(seed)), { known, config: { ...config, strategies } });
  return { trades: p.collector.trades.map(saying).sort(), cash: p.collector.ledger.cash, held: p.exchange.positions() };
};

/** A trade but for the names in it. */
const saying = (t: Trade): string => {
  const { book: _book, entryOrder: _entry, exitOrder: _exit, exitFill: _fill, ...rest } = t;
  return JSON.stringify(rest);
};

/** Strategies of any kind: with views, and with orders of their own. */
const all: readonly Listed[] = [
  { of: "momentum", called: "momentum", weight: 1, params: {} },
  { of: "meanReversion", called: "meanReversion", weight: 0.7, params: {} },
  { of: "newsDriven", called: "newsDriven", weight: 1.3, params: {} },
  { of: "sma_cross", called: "sma_cross", weight: 1, params: { fast: 3, slow: 8 } },
  { of: "rsi_bracket", called: "rsi_bracket", weight: 1, params: {} },
  { of: "channel_breakout", called: "channel_breakout", weight: 1, params: {} },
  { of: "limit_pullback", called: "limit_pullback", weight: 1, params: {} },
];
const configs: readonly Config[] = [
  { ensemble: { threshold: 0.03, hysteresis: 0.03 } },
  { ensemble: { threshold: 0.03, hysteresis: 0.03 }, risk: { maxOpenPositions: 1, maxPositionFraction: 1 } },
  { ensemble: { threshold: 0.03, hysteresis: 0.03 }, sizing: { by: "cash", fraction: 0.4 }, risk: { maxPositionFraction: 0.5 } },
  { ensemble: { threshold: 0.03, hysteresis: 0.03 }, sizing: { by: "weight", maxWeight: 1 }, risk: { maxGrossExposure: 0.6 } },
];
const seeds = fc.constantFrom(3, 4, 5);
const some = fc.shuffledSubarray([...all], { minLength: 2 });
const names = fc.uniqueArray(fc.stringMatching(/^[A-Za-z][A-Za-z0-9_-]{0,30}$/), {
  minLength: all.length,
  maxLength: all.length,
});

describe("trades", () => {
  it("are made on such a day, by those with views and by those with orders", () => {
    const p = played(taped(day(3)), {
      config: { ...configs[0], strategies: all.map(({ of, weight, params }) => ({ name: of, weight, params })) },
    });
    const books = new Set(p.collector.trades.map((t) => t.book));
    expect(p.collector.trades.length).toBeGreaterThan(20);
    expect(books.size).toBeGreaterThan(2);
    expect(books).toContain("ensemble");
  });

  it("are the same in whatever order strategies are listed", () => {
    fc.assert(
      fc.property(
        seeds,
        fc.constantFrom(...configs),
        some,
        fc.array(fc.nat(), { minLength: 7, maxLength: 7 }),
        (seed, config, listed, keys) => {
          const shuffled = listed
            .map((l, i) => [keys[i] ?? 0, l] as const)
            .sort(([a], [b]) => a - b)
            .map(([, l]) => l);
          expect(run(seed, shuffled, config)).toEqual(run(seed, listed, config));
        },
      ),
      { numRuns: 25 },
    );
  });

  it("are the same whatever strategies are called", () => {
    fc.assert(
      fc.property(seeds, fc.constantFrom(...configs), some, names, (seed, config, listed, called) => {
        const renamed = listed.map((l, i) => ({ ...l, called: called[i] ?? l.called }));
        expect(run(seed, renamed, config)).toEqual(run(seed, listed, config));
      }),
      { numRuns: 25 },
    );
  });
});
