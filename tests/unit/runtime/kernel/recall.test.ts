import { describe, expect, it } from "vitest";
import { RecallStore } from "../../../../runtime/kernel/recall.ts";
import type { TapeEvent } from "../../../../streams/domain/event.ts";
import { bar } from "../../../../streams/domain/market.ts";
import { newsRaw, newsScored } from "../../../../streams/domain/news.ts";
import { requestFailed } from "../../../../streams/domain/request.ts";
import { type Ms, ms, seq, ticker } from "../../../../streams/domain/units.ts";

const AAPL = ticker("AAPL");
const MSFT = ticker("MSFT");
const evens = (at: Ms): Ms => ms(Math.floor(at / 2) * 2 + 2);

const storeWith = () => {
  const store = new RecallStore();
  let n = 0;
  const note = (...of: (typeof AAPL)[]): void => {
    for (const t of of) {
      n += 1;
      store.noteBar({ ...bar(t, ms(n), ms(n), 1, 1, 1, 1, 1, 60_000), seq: seq(n) });
    }
  };
  const told = (...recalls: Parameters<RecallStore["recall"]>[0]): number[] => store.recall(recalls).map((e) => e.seq);
  return { note, told };
};

describe("what is told again", () => {
  it("keeps bars as widely as was asked last, in the midst of a run of one ticker", () => {
    const { note, told } = storeWith();
    told({ type: "market.bar", last: 1 });
    note(AAPL, AAPL);
    expect(told({ type: "market.bar", ticker: AAPL, last: 3 })).toEqual([2]);
    note(AAPL, AAPL, AAPL, MSFT);
    expect(told({ type: "market.bar", ticker: AAPL, last: 3 })).toEqual([3, 4, 5]);
    told({ type: "market.bar", last: "all" });
    note(MSFT, MSFT, MSFT, MSFT);
    expect(told({ type: "market.bar", ticker: MSFT, last: "all" })).toEqual([6, 7, 8, 9, 10]);
  });

  it("begins to thin out by periods when that is asked for, in the midst of a run too", () => {
    const { note, told } = storeWith();
    told({ type: "market.bar", last: 1 });
    note(AAPL);
    told({ type: "market.bar", last: 2, per: evens });
    note(AAPL, AAPL, AAPL, AAPL, AAPL);
    expect(told({ type: "market.bar", last: 2, per: evens })).toEqual([5, 6]);
  });
});

describe("headlines without a score", () => {
  const open = { type: "news.raw", last: "open" } as const;
  const about = (id: string) => ({ id, source: "wire", tickers: [AAPL], headline: id, url: null });
  const raw = (id: string) => newsRaw({ tEvent: ms(1), tSeen: ms(1) }, about(id));
  const scored = (id: string) => newsScored(raw(id), ms(1), { tickers: [], score: 0, confidence: 0, scorer: "finbert" });
  const failed = (id: string) =>
    requestFailed({ port: "scorer", request: "score", about: id, sent: "unknown", reason: "" }, ms(1), seq(0));
  const store = () => {
    const kept = new RecallStore();
    let n = 0;
    return {
      note: (...events: TapeEvent[]) => {
        for (const e of events) kept.note({ ...e, seq: seq(++n) });
      },
      told: (...recalls: Parameters<RecallStore["recall"]>[0]) => kept.recall(recalls).map((e) => e.seq),
    };
  };

  it("are kept until they have one, however many there are meanwhile", () => {
    const { note, told } = store();
    note(...Array.from({ length: 6_000 }, (_, i) => raw(`h${i}`)));
    expect(told(open)).toHaveLength(6_000);
    note(scored("h0"), scored("h2"));
    expect(told(open).slice(0, 2)).toEqual([2, 4]);
    expect(told({ ...open, ticker: AAPL })).toHaveLength(5_998);
    expect(told({ ...open, ticker: MSFT })).toEqual([]);
  });

  it("are kept once each, and a repeat of one that has its score is not", () => {
    const { note, told } = store();
    note(raw("a"), raw("a"), raw("b"), scored("b"), raw("b"));
    expect(told(open)).toEqual([1]);
    note(scored("a"), raw("a"));
    expect(told(open)).toEqual([]);
  });

  it("are forgotten, the oldest first, past 20,000", () => {
    const { note, told } = store();
    note(...Array.from({ length: 20_003 }, (_, i) => raw(`h${i}`)));
    expect(told(open)).toHaveLength(20_000);
    expect(told(open)[0]).toBe(4);
  });

  it("are kept with the latest failure to score them", () => {
    const { note, told } = store();
    note(raw("a"), failed("a"), failed("a"), failed("unheard of"), raw("b"), failed("b"), scored("b"));
    expect(told(open)).toEqual([1]);
    expect(told({ type: "request.failed", last: "open" })).toEqual([3]);
  });
});
