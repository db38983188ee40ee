import { describe, expect, it } from "vitest";
import { sentimentActor } from "../../../actors/sentiment.ts";
import { newsRaw } from "../../../streams/domain/news.ts";
import { ms, ticker } from "../../../streams/domain/units.ts";
import { given, said } from "../../support/given.ts";

const AAPL = ticker("AAPL");
const at = ms(1);

describe("sentiment", () => {
  const failed = (port: string) => ({
    type: "request.failed",
    port,
    request: "score",
    about: "a",
    sent: "unknown",
    reason: "busy",
  });
  const of = (id: string) => newsRaw({ tEvent: at, tSeen: at }, { id, source: "s", tickers: [AAPL], headline: "h", url: null });

  it("has the fallback score what a scorer outside failed at, once, also when it was asked in an earlier life", () => {
    const s = given(sentimentActor(true), [of("a")]);
    expect(said(s.when(failed("scorer")))).toEqual(["perform scorer.fallback"]);
    s.when({ ...of("a"), type: "news.scored" });
    expect(s.when(failed("scorer"))).toEqual([]);
  });

  it("crashes on a headline that nobody can score, so that it is set aside, seen, and can be tried again", () => {
    expect(() => given(sentimentActor(true), [of("a")]).when(failed("scorer.fallback"))).toThrow(
      "headline a could not be scored: busy",
    );
    expect(() => given(sentimentActor(), [of("a")]).when(failed("scorer"))).toThrow("headline a could not be scored: busy");
  });

  it("has each headline scored once, also those it was told of before a crash", () => {
    const news = (id: string) =>
      newsRaw({ tEvent: at, tSeen: at }, { id, source: "s", tickers: [AAPL], headline: "h", url: null });
    const s = given(sentimentActor(), [news("a")]);
    expect(s.when(news("a"))).toEqual([]);
    expect(said(s.when(news("b")))).toEqual(["perform scorer"]);
    expect(s.when(news("b"))).toEqual([]);
  });
});
