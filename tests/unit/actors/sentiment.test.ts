import { describe, expect, it } from "vitest";
import { sentimentActor } from "../../../actors/sentiment.ts";
import { newsRaw } from "../../../streams/domain/news.ts";
import { ms, seq, ticker } from "../../../streams/domain/units.ts";
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

  it("asks a scorer outside, when a life begins, for what came while it was stopped, and for that alone", () => {
    const scored = { ...of("a"), type: "news.scored" };
    expect(given(sentimentActor(true), [of("a"), of("b"), scored, of("c")]).first).toEqual([
      { fx: "perform", port: "scorer", request: { news: of("b") } },
      { fx: "perform", port: "scorer", request: { news: of("c") } },
    ]);
    expect(given(sentimentActor(), [of("a")]).first).toEqual([]);
  });

  it("does not ask in a new life for what it asked for in an earlier one, unless that has failed since", () => {
    const actor = sentimentActor(true);
    const failure = (n: number) => ({ ...failed("scorer"), seq: seq(n) });
    const news = { ...of("a"), seq: seq(1) };
    expect(said(given(actor).when(news))).toEqual(["perform scorer"]);
    expect(given(actor, [news]).first).toEqual([]);
    expect(said(given(actor, [news, failure(5)]).first)).toEqual(["perform scorer"]);
    const again = given(actor, [news, failure(5)]);
    expect(again.first).toEqual([]);
    expect(said(again.when(failure(7)))).toEqual(["perform scorer.fallback"]);
    expect(given(actor, [news, failure(7)]).first).toEqual([]);
    expect(given(actor, [news, { ...failed("scorer.fallback"), seq: seq(8) }]).when(news)).toEqual([]);
  });

  it("does not have a headline scored again that had its score before its life", () => {
    const s = given(sentimentActor(true), [{ ...of("a"), type: "news.scored" }]);
    expect(s.when(of("a"))).toEqual([]);
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
