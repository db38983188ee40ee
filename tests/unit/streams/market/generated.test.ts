import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { type InputEvent, InputEvent as InputEventSchema } from "../../../../streams/domain/event.ts";
import type { Bar, Halt, Quote } from "../../../../streams/domain/market.ts";
import { ms } from "../../../../streams/domain/units.ts";
import { sessionAt, sessionOn } from "../../../../streams/market/calendar.ts";
import { COMPANIES } from "../../../../streams/market/companies.ts";
import { type GeneratedMarket, generatedMarket } from "../../../../streams/market/generated.ts";
import type { Story } from "../../../../streams/market/newsroom.ts";
import { TOPICS } from "../../../../streams/market/topics.ts";

const take = (market: GeneratedMarket, batches: number): (readonly InputEvent[])[] =>
  Array.from({ length: batches }, () => market.next());
const sha = (batches: readonly (readonly InputEvent[])[]) => createHash("sha256").update(JSON.stringify(batches)).digest("hex");
const isBar = (e: InputEvent): e is Bar => e.type === "market.bar";

describe("a generated market", () => {
  it.each([
    [1, "74131f299c81d780bf2211f09b1754055b838c1534d76fc487488fed81bf9ca8"],
    [2, "7b6a33eafd66971655d7fb3f39675e751e67b178ff47b2267fc372d39437f58e"],
  ])("makes the same bytes for seed %i on every machine", (seed, expected) => {
    expect(sha(take(generatedMarket({ seed, quotesPerBar: 1 }), 3000))).toBe(expected);
  });

  it("opens on the first session on or after its start and never trades outside sessions", () => {
    const bars = take(generatedMarket({ start: "2024-11-28", newsPerDay: 0, tickers: ["KOBT"] }), 700)
      .flat()
      .filter(isBar);
    expect(bars[0]?.tEvent).toBe(sessionOn("2024-11-29")?.open);
    expect(bars.filter((b) => sessionAt(b.tEvent)?.date === "2024-11-29").length).toBe(210);
    expect(bars.every((b) => sessionAt(b.tEvent) !== null && b.tSeen - b.tEvent === 60_000)).toBe(true);
  });

  it("goes on where it was after a skip or a seek", () => {
    const settings = { seed: 5, quotesPerBar: 1 };
    const whole = take(generatedMarket(settings), 900);
    const skipped = generatedMarket(settings);
    skipped.skip(600);
    expect(take(skipped, 300)).toEqual(whole.slice(600));
    const sought = generatedMarket(settings);
    sought.seek(ms(whole[599]?.[0]?.tSeen as number));
    expect(take(sought, 300)).toEqual(whole.slice(600));
  });

  it("gives any ticker a character of its own, and a name when one is given", () => {
    const market = generatedMarket({ tickers: ["AAPL", "BRK.B", "KOBT"], names: { AAPL: "Apple" }, newsPerDay: 60 });
    const events = take(market, 800).flat();
    expect(new Set(events.filter(isBar).map((b) => b.ticker))).toEqual(new Set(["AAPL", "BRK.B", "KOBT"]));
    expect(events.some((e) => e.type === "news.raw" && e.headline.includes("Apple"))).toBe(true);
    expect(market.companies[1]?.price).not.toBe(market.companies[0]?.price);
  });

  it("makes one bar a session when bars are a day long", () => {
    const bars = take(generatedMarket({ barMs: 86_400_000, newsPerDay: 0, tickers: ["FRNW", "TDX"] }), 30);
    expect(bars.every((batch) => batch.length === 2)).toBe(true);
    const [first, second] = bars.map((batch) => batch[0] as Bar);
    expect([first?.tEvent, first?.tSeen]).toEqual([sessionOn("2024-01-02")?.open, sessionOn("2024-01-02")?.close]);
    expect(second?.tSeen).toBe(sessionOn("2024-01-03")?.close);
  });

  it("has the same bars with and without quotes", () => {
    const bars = (quotesPerBar: number, batches: number) =>
      take(generatedMarket({ seed: 4, quotesPerBar, tickers: ["KOBT", "NMBS"] }), batches)
        .flat()
        .filter(isBar)
        .slice(0, 400);
    expect(bars(3, 2500)).toEqual(bars(0, 500));
  });

  it("refuses settings out of range", () => {
    expect(() => generatedMarket({ barMs: 10 })).toThrow();
    expect(() => generatedMarket({ tickers: ["KOBT", "KOBT"] })).toThrow("twice");
    expect(() => generatedMarket({ start: "2024-02-31" })).toThrow();
  });

  it("emits only events that the schemas take", () => {
    for (const e of take(generatedMarket({ seed: 8, quotesPerBar: 1, newsPerDay: 100 }), 1500).flat())
      expect(InputEventSchema.safeParse(e).success, JSON.stringify(e)).toBe(true);
  });

  it("says things in at least sixty ways, some of each kind", () => {
    const wordings = new Set(TOPICS.flatMap((t) => t.wordings));
    expect(wordings.size).toBeGreaterThanOrEqual(60);
    expect(new Set(TOPICS.map((t) => t.kind))).toEqual(new Set(["good", "bad", "neutral", "market", "rumour"]));
    expect(COMPANIES.length).toBe(25);
  });
});

describe("halts of a generated market", () => {
  const events = take(generatedMarket({ seed: 11, newsPerDay: 120, newsImpact: 2 }), 6000).flat();
  const halts = events.filter((e): e is Halt => e.type === "market.halt");

  it("stop a ticker before it goes on, for a reason", () => {
    expect(halts.length).toBeGreaterThan(10);
    const open = new Map<string, boolean>();
    for (const h of halts) {
      expect(open.get(h.ticker) ?? false).toBe(!h.halted);
      open.set(h.ticker, h.halted);
    }
    const reasons = new Set(halts.map((h) => h.reason));
    expect(reasons).toContain("news pending");
    expect([...reasons].some((r) => r.startsWith("volatility pause"))).toBe(true);
  });

  it("leave no bar of the ticker while they last", () => {
    const since = new Map<string, number>();
    let checked = 0;
    for (const e of events) {
      if (e.type === "market.halt") e.halted ? since.set(e.ticker, e.tSeen) : since.delete(e.ticker);
      if (e.type !== "market.bar") continue;
      const from = since.get(e.ticker);
      if (from === undefined) continue;
      checked++;
      expect(e.tEvent).toBeLessThan(from);
    }
    expect(checked).toBeGreaterThan(0);
  });
});

describe("the spreads of a generated market", () => {
  const halfSpreads = (volatility: number) => {
    const quotes = take(generatedMarket({ seed: 2, quotesPerBar: 1, volatility, newsPerDay: 0 }), 9000)
      .flat()
      .filter((e): e is Quote => e.type === "market.quote");
    const mean = (t: string) => {
      const own = quotes.filter((q) => q.ticker === t);
      return own.reduce((sum, q) => sum + (q.ask - q.bid) / (q.ask + q.bid), 0) / own.length;
    };
    return { liquid: mean("KOBT"), cheap: mean("CNDR"), nervous: mean("PNTA") };
  };

  it("are wider for cheap and little traded names", () => {
    const { liquid, cheap, nervous } = halfSpreads(1);
    expect(cheap).toBeGreaterThan(4 * liquid);
    expect(nervous).toBeGreaterThan(2 * liquid);
  });

  it("widen with volatility", () => {
    expect(halfSpreads(4).liquid).toBeGreaterThan(1.5 * halfSpreads(1).liquid);
  });
});

describe("the statistics of a generated market", () => {
  const closes = new Map<string, { at: number; close: number; open: number; volume: number; first: boolean }[]>();
  const stories: Story[] = [];
  const market = generatedMarket({ seed: 3, newsPerDay: 60, halts: false });
  for (let day = ""; stories.length < 1500; ) {
    for (const e of market.next()) {
      if (e.type === "news.raw") stories.push(market.truthOf(e.id) as Story);
      if (e.type !== "market.bar") continue;
      const date = String(sessionAt(e.tEvent)?.date);
      const first = date !== day && e.ticker === market.tickers[0];
      if (first) day = date;
      const own = closes.get(e.ticker) ?? [];
      own.push({ at: e.tSeen, close: e.close, open: e.open, volume: e.volume, first: e.tEvent === sessionAt(e.tEvent)?.open });
      closes.set(e.ticker, own);
    }
  }
  const mean = (xs: readonly number[]) => xs.reduce((a, b) => a + b, 0) / xs.length;
  const correlation = (xs: readonly number[], ys: readonly number[]) => {
    const [mx, my] = [mean(xs), mean(ys)];
    const cov = mean(xs.map((x, i) => (x - mx) * ((ys[i] as number) - my)));
    return cov / Math.sqrt(mean(xs.map((x) => (x - mx) ** 2)) * mean(ys.map((y) => (y - my) ** 2)));
  };
  /** Returns within sessions. */
  const returns = (ticker: string) =>
    (closes.get(ticker) ?? []).flatMap((b, i, all) => (i === 0 || b.first ? [] : [b.close / (all[i - 1]?.close as number) - 1]));

  it.each(["TDX", "NMBS", "FRNW", "PNTA", "HRTH"])("volatility of %s clusters and its tails are fat", (ticker) => {
    const r = returns(ticker);
    const size = r.map(Math.abs);
    expect(correlation(size.slice(0, -1), size.slice(1))).toBeGreaterThan(0.1);
    expect(correlation(size.slice(0, -20), size.slice(20))).toBeGreaterThan(0.03);
    const m = mean(r);
    expect(mean(r.map((x) => (x - m) ** 4)) / mean(r.map((x) => (x - m) ** 2)) ** 2).toBeGreaterThan(4);
  });

  it("volume grows with the size of the move", () => {
    const own = closes.get("ORYN") ?? [];
    const moves = own.map((b) => Math.abs(b.close / b.open - 1));
    expect(
      correlation(
        moves,
        own.map((b) => b.volume),
      ),
    ).toBeGreaterThan(0.25);
  });

  it("names of one sector move together more than names of two", () => {
    const pair = (a: string, b: string) => {
      const [x, y] = [returns(a), returns(b)];
      return correlation(x, y);
    };
    expect(pair("FRNW", "ASHB")).toBeGreaterThan(pair("FRNW", "CNDR"));
    expect(pair("FRNW", "TDX")).toBeGreaterThan(0.2);
  });

  /** Sentiment and the return of the fifteen minutes from the last price before a story was seen, within a session. */
  const reactions = (wanted: (s: Story) => boolean) => {
    const moods: number[] = [];
    const moves: number[] = [];
    for (const s of stories) {
      if (s.index === null || s.retells !== null || s.topic.mood === 0 || !wanted(s)) continue;
      const own = closes.get(market.tickers[s.index] as string) ?? [];
      const k = own.findIndex((b) => b.at >= s.news.tSeen);
      const [before, after] = [own[k - 1], own[k + 15]];
      if (!before || !after || after.at - before.at !== 16 * 60_000) continue;
      moods.push(s.sentiment);
      moves.push(after.close / before.close - 1);
    }
    return { count: moods.length, correlation: correlation(moods, moves) };
  };

  it("the hidden sentiment of headlines moves the next fifteen minutes", () => {
    const honest = reactions((s) => !s.falseAlarm);
    expect(honest.count).toBeGreaterThan(200);
    expect(honest.correlation).toBeGreaterThan(0.5);
  });

  it("about one story in five is a false alarm, which does not", () => {
    const moody = stories.filter((s) => s.topic.mood !== 0 && s.retells === null);
    const share = moody.filter((s) => s.falseAlarm).length / moody.length;
    expect(share).toBeGreaterThan(0.14);
    expect(share).toBeLessThan(0.27);
    expect(reactions((s) => s.falseAlarm).correlation).toBeLessThan(0.1);
  });

  it("some stories come twice, and some name no ticker", () => {
    expect(stories.filter((s) => s.retells !== null).length).toBeGreaterThan(stories.length * 0.08);
    expect(stories.filter((s) => s.index !== null && s.news.tickers.length === 0).length).toBeGreaterThan(stories.length * 0.05);
  });
});
