import { map, NEVER, of, Subject, tap } from "rxjs";
import { afterEach, describe, expect, it } from "vitest";
import { attributed, attributing, guardText, watchEntries } from "../../../runtime/strategyGuard.ts";
import type { Bar } from "../../../streams/domain/market.ts";
import { ms, ticker } from "../../../streams/domain/units.ts";
import type { StrategyInputs } from "../../../streams/strategies/define.ts";

const AAPL = ticker("AAPL");
const WHO = { file: "/a/dip.ts", strategy: "dip" };
const inputs = (bars$: Subject<Bar>): StrategyInputs => ({
  ...{ ticker: AAPL, bars$, quotes$: NEVER, news$: NEVER, position$: NEVER, orders$: NEVER },
  rng: { next: () => 0.5 },
  clock: { now: () => ms(7) } as StrategyInputs["clock"],
});

/** What the code of a strategy sees in place of the global of that name. */
const guarded = (): Record<string, unknown> => {
  guardText(WHO.file);
  const shared = globalThis as unknown as Record<symbol, Map<string, Record<string, unknown>>>;
  return shared[Symbol.for("tapedeck.strategyGuards")]?.get(WHO.file) ?? {};
};

afterEach(() => watchEntries(null));

describe("what a strategy sees in place of globals", () => {
  it("refuses the machine's clock, timers, chance and network, by file, name and remedy", () => {
    const {
      Date: D,
      Math: M,
      performance: P,
      crypto: C,
      setTimeout: T,
      setInterval: I,
      setImmediate: S,
      fetch: F,
    } = guarded() as never as typeof globalThis;
    for (const [use, says] of [
      [() => D.now(), /dip\.ts uses the machine's time.*clock\.now/],
      [() => new D(), /machine's time/],
      [() => D(), /machine's time/],
      [() => M.random(), /Math\.random.*take rng/],
      [() => P.now(), /performance\.now/],
      [() => C.randomUUID(), /crypto\.randomUUID/],
      [() => T(() => {}), /setTimeout.*clock\.scheduler/],
      [() => I(() => {}, 1), /setInterval/],
      [() => S(() => {}), /setImmediate/],
      [() => void F("http://127.0.0.1"), /fetch/],
    ] as const)
      expect(use).toThrow(says);
  });

  it("leaves what a replay repeats: dates of a time, and arithmetic", () => {
    const { Date: D, Math: M } = guarded() as never as typeof globalThis;
    expect([new D(0).toISOString(), D.UTC(1970, 0, 1), new D(5) instanceof Date, new Date(5) instanceof D]).toEqual([
      "1970-01-01T00:00:00.000Z",
      0,
      true,
      true,
    ]);
    expect([M.max(1, 2), M.PI, M.floor(1.5)]).toEqual([2, Math.PI, 1]);
  });
});

describe("what a strategy does", () => {
  it("is attributed to its file and ticker, from its start to each input, and to nobody besides", () => {
    const seen: unknown[] = [];
    const bars$ = new Subject<Bar>();
    const note = () => void seen.push(attributed());
    attributing(WHO, inputs(bars$), (mine) => {
      note();
      return mine.bars$.pipe(
        tap(note),
        map(() => 1),
      );
    }).subscribe(note);
    bars$.next({} as Bar);
    const mine = { ...WHO, ticker: AAPL };
    expect(seen.slice(0, 2)).toEqual([mine, mine]);
    expect(attributed()).toBeUndefined();
  });

  it("is still attributed in a promise that it left behind", async () => {
    const bars$ = new Subject<Bar>();
    let later: unknown = "not yet";
    attributing(WHO, inputs(bars$), (mine) =>
      mine.bars$.pipe(tap(() => void Promise.resolve().then(() => (later = attributed())))),
    ).subscribe();
    bars$.next({} as Bar);
    await Promise.resolve();
    expect(later).toEqual({ ...WHO, ticker: AAPL });
  });

  it("is told to who watches, with the core's time, and that it is over, also when it throws", () => {
    const told: string[] = [];
    watchEntries({
      enter: (who, at) => told.push(`enter ${who.strategy} ${who.ticker} ${at}`),
      leave: (before) => void told.push(`leave ${before}`),
    });
    attributing(WHO, inputs(new Subject()), () => of(1)).subscribe();
    expect(() =>
      attributing(WHO, inputs(new Subject()), () => {
        throw new Error("boom");
      }).subscribe({ error: (e) => Promise.reject(e).catch(() => {}) }),
    ).not.toThrow();
    expect(told).toEqual(["enter dip AAPL 7", "leave 1", "enter dip AAPL 7", "leave 3"]);
  });
});
