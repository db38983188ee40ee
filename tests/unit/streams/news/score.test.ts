import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { describe, expect, it } from "vitest";
import type { PureScorer } from "../../../../actors/ports/scorer.ts";
import { ticker } from "../../../../streams/domain/units.ts";
import { generatedMarket } from "../../../../streams/market/generated.ts";
import { directoryOf } from "../../../../streams/news/extract.ts";
import { LEXICON } from "../../../../streams/news/lexicon.ts";
import { builtinScorer } from "../../../../streams/news/score.ts";

const scorer: PureScorer = builtinScorer();
const mood = (headline: string) => scorer.score({ headline, tickers: [ticker("KOBT")] });

describe("the built-in scorer", () => {
  it.each([
    "Kobalt Systems raises full-year guidance after strong orders",
    "Kobalt Systems beats Q3 estimates, shares jump",
    "Harrow upgrades Kobalt Systems to Buy, raises price target to $240 from $210",
    "Kobalt Systems Reports Q2 EPS $0.55 vs $0.50 Est, Sales $1.5B vs $1.4B Est",
    "Kobalt Systems wins FDA approval",
    "Kobalt Systems shares surge 12% to a record high",
  ])("finds good: %s", (headline) => {
    expect(mood(headline).score).toBeGreaterThan(0.2);
  });

  it.each([
    "Kobalt Systems cuts full-year guidance, warns of weak demand",
    "Kobalt Systems misses Q3 estimates, shares tumble",
    "Harrow downgrades Kobalt Systems to Sell",
    "Harrow cuts Kobalt Systems price target to $180 from $210",
    "Kobalt Systems Reports Q2 EPS $0.45 vs $0.50 Est, Sales $1.3B vs $1.4B Est",
    "SEC opens investigation into Kobalt Systems",
    "Kobalt Systems plunges after profit warning",
  ])("finds bad: %s", (headline) => {
    expect(mood(headline).score).toBeLessThan(-0.2);
  });

  it.each([
    "Earnings Scheduled For February 6, 2014",
    "Stocks To Watch For February 15, 2013",
    "Kobalt Systems to present at industry conference",
    "Edited transcript of KOBT earnings conference call",
    "",
    "!!! ???",
    "Zzyzx qwfp",
  ])("takes no side: %s", (headline) => {
    expect(mood(headline).score).toBe(0);
  });

  it("turns a denied word around", () => {
    expect(mood("Kobalt Systems did not beat estimates").score).toBeLessThan(mood("Kobalt Systems did beat estimates").score);
  });

  it("is less sure of talk and questions", () => {
    expect(mood("Kobalt Systems shares may surge on record profit?").confidence).toBeLessThan(
      mood("Kobalt Systems shares surge on record profit").confidence,
    );
  });

  it("stays in range whatever the words", () => {
    for (const headline of [
      "surge ".repeat(500),
      "plunge ".repeat(500),
      "not ".repeat(99),
      "📈📉$$$(((%%%",
      "-5% +5% 1,2.3.4 $ . vs 3",
    ]) {
      const { score, confidence } = mood(headline);
      expect(score >= -1 && score <= 1 && confidence >= 0 && confidence <= 1).toBe(true);
    }
  });

  it("keeps the tickers of the feed and finds them when there are none", () => {
    const market = generatedMarket();
    const finder = builtinScorer(directoryOf(market.companies));
    expect(finder.score({ headline: "Kobalt Systems jumps", tickers: [ticker("AAPL")] }).tickers).toEqual(["AAPL"]);
    expect(finder.score({ headline: "Kobalt Systems jumps", tickers: [] }).tickers).toEqual(["KOBT"]);
  });

  it("reads the generated market's headlines: most moods right, nearly none upside down, every hidden ticker", () => {
    const market = generatedMarket({ seed: 21, newsPerDay: 300 });
    const finder = builtinScorer(directoryOf(market.companies));
    // A story is known for two sessions: ask while it is fresh.
    const read = Array.from({ length: 2500 }, () =>
      market.next().flatMap((e) => {
        const story = e.type === "news.raw" ? market.truthOf(e.id) : null;
        return e.type === "news.raw" && story ? [{ story, given: e.tickers, mood: finder.score(e) }] : [];
      }),
    ).flat();
    const moody = read.filter((r) => r.story.topic.mood !== 0);
    const share = (sign: number) => moody.filter((r) => r.mood.score * r.story.topic.mood * sign > 0).length / moody.length;
    expect(moody.length).toBeGreaterThan(1000);
    expect(share(1)).toBeGreaterThan(0.8);
    expect(share(-1)).toBeLessThan(0.03);
    const hidden = read.filter((r) => r.story.index !== null && r.given.length === 0);
    expect(hidden.length).toBeGreaterThan(50);
    expect(hidden.filter((r) => r.mood.tickers[0] !== market.tickers[r.story.index as number])).toEqual([]);
  });

  it("rests on a lexicon of at most 40 kB", () => {
    expect(LEXICON.length).toBeGreaterThan(10_000);
    expect(LEXICON.length).toBeLessThan(40_000);
  });
});

const LABELLED = join(process.env.TAPEDECK_SHARED ?? "../shared", "data/sentiment_dev/sent_train.csv");

describe.skipIf(!existsSync(LABELLED))("the built-in scorer against labelled headlines (needs the shared data folder)", () => {
  const fnv = (text: string) => {
    let h = 0x811c9dc5;
    for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
    return h >>> 0;
  };

  it("is right on at least 0.79 of the fifth its weights were not learned from, with a macro-F1 of at least 0.72", () => {
    const rows = parse(readFileSync(LABELLED), { columns: true }) as { text: string; label: string }[];
    const held = rows.filter((r) => fnv(r.text) % 5 === 0);
    expect(held.length).toBeGreaterThan(1500);
    const table = [0, 0, 0].map(() => [0, 0, 0]);
    for (const r of held) {
      const { score } = mood(r.text);
      const row = table[Number(r.label)] as number[];
      const guess = score < 0 ? 0 : score > 0 ? 1 : 2;
      row[guess] = (row[guess] as number) + 1;
    }
    const at = (i: number, j: number) => (table[i] as number[])[j] as number;
    const classes = [0, 1, 2];
    const accuracy = classes.reduce((sum, k) => sum + at(k, k), 0) / held.length;
    const f1 = classes.map((k) => {
      const wrong = classes.filter((j) => j !== k).reduce((sum, j) => sum + at(j, k) + at(k, j), 0);
      return (2 * at(k, k)) / (2 * at(k, k) + wrong);
    });
    expect(accuracy).toBeGreaterThanOrEqual(0.79);
    expect(f1.reduce((a, b) => a + b, 0) / 3).toBeGreaterThanOrEqual(0.72);
  });
});
