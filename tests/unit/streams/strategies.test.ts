import { Subject } from "rxjs";
import { describe, expect, it } from "vitest";
import { type Bar, bar } from "../../../streams/domain/market.ts";
import { type NewsScored, newsRaw, newsScored } from "../../../streams/domain/news.ts";
import { ms, shares, ticker } from "../../../streams/domain/units.ts";
import type { BoundStrategy, OrderAction, View } from "../../../streams/strategies/define.ts";
import { bindAll } from "../../../streams/strategies/registry.ts";
import { virtualScheduler } from "../../support/still.ts";

const AAPL = ticker("AAPL");
const bound = (name: string, params: Record<string, unknown> = {}): BoundStrategy => {
  const [b] = bindAll([{ name, enabled: true, weight: 1, params }]);
  if (!b) throw new Error(name);
  return b;
};
const at = (minute: number, close: number): Bar =>
  bar(AAPL, ms(minute * 60_000), ms((minute + 1) * 60_000), close, close, close, close, 1, 60_000);
const news = (seenMs: number, score: number, confidence = 1): NewsScored =>
  newsScored(
    newsRaw({ tEvent: ms(0), tSeen: ms(seenMs) }, { id: `${seenMs}`, source: "s", tickers: [AAPL], headline: "h", url: null }),
    ms(seenMs),
    {
      tickers: [AAPL],
      score,
      confidence,
      scorer: "builtin",
    },
  );

/** Feeds a strategy bars and headlines in order; what it said, with the place in the input at which it did. */
const heard = (strategy: BoundStrategy, inputs: readonly (Bar | NewsScored)[]): { i: number; out: View | OrderAction }[] => {
  const bars$ = new Subject<Bar>();
  const news$ = new Subject<NewsScored>();
  const position$ = new Subject<{ shares: ReturnType<typeof shares>; since: null }>();
  const out: { i: number; out: View | OrderAction }[] = [];
  let i = -1;
  strategy
    .start({
      ticker: AAPL,
      bars$,
      quotes$: new Subject(),
      news$,
      position$,
      orders$: new Subject(),
      rng: { next: () => 0.5 },
      clock: { now: () => ms(0), scheduler: virtualScheduler },
    })
    .subscribe((o) => out.push({ i, out: o }));
  position$.next({ shares: shares(0), since: null });
  for (const e of inputs) {
    i += 1;
    if (e.type === "market.bar") bars$.next(e);
    else news$.next(e);
  }
  return out;
};
const scores = (s: BoundStrategy, closes: readonly number[]) =>
  heard(
    s,
    closes.map((c, m) => at(m, c)),
  ).map(({ i, out }) => [i, "score" in out ? Math.sign(out.score) : out.do]);

describe("sma_cross", () => {
  it("speaks on the bar that crosses, either way", () => {
    expect(scores(bound("sma_cross", { fast: 1, slow: 2 }), [10, 9, 11, 12, 8])).toEqual([
      [2, 1],
      [4, -1],
    ]);
  });
  it("takes a touch for no crossing", () => {
    expect(scores(bound("sma_cross", { fast: 1, slow: 2 }), [10, 9, 9, 11])).toEqual([]);
  });
  it("goes flat instead of short when it may only be long", () => {
    expect(scores(bound("sma_cross", { fast: 1, slow: 2, long_only: true }), [10, 9, 11, 12, 8])).toEqual([
      [2, 1],
      [4, 0],
    ]);
  });
});

describe("views", () => {
  const noise = [100, 101, 100, 101, 100, 101, 100, 101, 100, 101, 100, 101, 100, 101];
  it("of momentum follow a move that is large for the ticker, and are silent in noise", () => {
    const s = bound("momentum", { lookback: 3 });
    expect(scores(s, noise)).toEqual([]);
    expect(scores(s, [...noise, 104, 108, 112])[0]?.[1]).toBe(1);
    expect(scores(s, [...noise, 97, 93, 89])[0]?.[1]).toBe(-1);
  });
  it("of mean reversion go against a far move and end when it is back", () => {
    const said = scores(bound("meanReversion", { n: 10 }), [...noise, 110, 101, 100.5, 100.5]);
    expect(said[0]).toEqual([noise.length, -1]);
    expect(said.at(-1)?.[1]).toBe(0);
  });
  it("of the news fade with time, by the half-life, on bars alone", () => {
    const s = bound("newsDriven", { halfLifeMs: 60_000 });
    const said = heard(s, [news(0, 1), at(0, 1), at(1, 1), at(2, 1), at(3, 1)]).map(({ i, out }) => [
      i,
      "score" in out ? out.score : null,
    ]);
    expect(said[0]).toEqual([0, 1]);
    expect(said[1]).toEqual([1, 0.5]);
    expect(said.at(-1)).toEqual([3, 0]);
  });
  it("of the news leave out headlines the scorer is not sure of", () => {
    expect(heard(bound("newsDriven"), [news(0, 1, 0.2), at(0, 1)])).toEqual([]);
  });
});

describe("strategies with orders of their own", () => {
  const kinds = (name: string, params: Record<string, unknown>, closes: readonly number[]) =>
    heard(
      bound(name, params),
      closes.map((c, m) => at(m, c)),
    ).map(({ i, out }) =>
      "do" in out
        ? `${i} ${out.do === "submit" ? `${out.order.side} ${out.order.kind} ${out.order.stopPx ?? out.order.limitPx ?? ""}` : out.do}`
        : "",
    );
  it("renew the channel's stop each bar from max(n, m) bars on", () => {
    expect(kinds("channel_breakout", { n: 3, m: 2 }, [10, 12, 11, 9])).toEqual([
      "2 cancelAll",
      "2 buy stop 12000000",
      "3 cancelAll",
      "3 buy stop 12000000",
    ]);
  });
  it("renew the pullback's limit each bar from the second on", () => {
    expect(kinds("limit_pullback", { x: 0.1, hold: 2 }, [10, 20])).toEqual(["1 cancelAll", "1 buy limit 18000000"]);
  });
  it("buy the fall of the RSI, with both legs at fractions of the close", () => {
    const said = heard(
      bound("rsi_bracket", { n: 2, lo: 40, hi: 60, sl: 0.1, tp: 0.2 }),
      [10, 11, 12, 10].map((c, m) => at(m, c)),
    );
    expect(said.map(({ i, out }) => [i, "do" in out && out.do === "submit" ? out.order.bracket : null])).toEqual([
      [3, { stopLoss: 9_000_000, takeProfit: 12_000_000 }],
    ]);
  });
});
