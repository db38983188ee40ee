import { describe, expect, it } from "vitest";
import type { Answers } from "../../../../actors/ports/tape.ts";
import { memoryTape, tapeOf } from "../../../../runtime/adapters/tape/memory.ts";
import { inputsOnly, TapeSource } from "../../../../runtime/replay/player.ts";
import { RecordedRequests } from "../../../../runtime/replay/recordedRequests.ts";
import { Divergence, Rehearsal } from "../../../../runtime/replay/rehearsal.ts";
import { clockMark } from "../../../../streams/domain/control.ts";
import type { TapeEvent } from "../../../../streams/domain/event.ts";
import { newsRaw, newsScored } from "../../../../streams/domain/news.ts";
import { orderAccepted, orderMissing } from "../../../../streams/domain/order.ts";
import { requestFailed } from "../../../../streams/domain/request.ts";
import { ms, orderId, seq, ticker } from "../../../../streams/domain/units.ts";

const AAPL = ticker("AAPL");
const raw = newsRaw({ tEvent: ms(1), tSeen: ms(1) }, { id: "n", source: "w", tickers: [AAPL], headline: "x", url: null });
const scored = (scorer: "finbert" | "builtin", cause: number): TapeEvent => ({
  ...newsScored(raw, ms(1), { tickers: [AAPL], score: 0, confidence: 0, scorer }),
  cause: seq(cause),
});
const failed = (port: string): TapeEvent =>
  requestFailed({ port, request: "score", about: "n", sent: "unknown", reason: "" }, ms(1), seq(1));
const numbered = (events: readonly TapeEvent[]): TapeEvent[] => events.map((e, i) => ({ ...e, seq: seq(i + 1) }));
const everything = numbered([
  raw,
  scored("finbert", 1),
  scored("builtin", 1),
  scored("builtin", 0),
  orderAccepted(AAPL, orderId("o"), "b", ms(1), seq(1)),
  orderMissing(AAPL, orderId("o"), ms(1), seq(1)),
  failed("broker"),
  failed("scorer"),
  failed("scorer.fallback"),
  clockMark(ms(1)),
]);
const played = (kind: "run" | "market", answers?: Answers): number[] => {
  const source = new TapeSource(tapeOf(everything, { kind, source: "", run: null, ...(answers ? { answers } : {}) }));
  return (source.next() ?? []).map((e) => e.seq);
};

describe("the inputs of a run's tape", () => {
  it("are without the answers of ports that are asked again", () => {
    expect(played("run")).toEqual([1, 4, 10]);
  });
  it("are with those of a broker outside", () => {
    expect(played("run", { broker: "recorded" })).toEqual([1, 4, 5, 6, 7, 10]);
  });
  it("are with those of a scorer outside, but not with what the built-in one said in its place", () => {
    expect(played("run", { scorer: "recorded" })).toEqual([1, 2, 4, 8, 10]);
  });
  it("are, for another run, with scores of a model outside and without what a broker said to orders of the first", () => {
    expect(inputsOnly({ broker: "recorded", scorer: "recorded" })).toEqual({ scorer: "recorded" });
    expect(inputsOnly(undefined)).toEqual({});
  });
  it("of a market's tape are all that is on it", () => {
    expect(played("market")).toEqual(everything.map((e) => e.seq));
  });
});

describe("moments of a tape", () => {
  it("are kept whole, and split where the tape says that one begins", () => {
    const tape = memoryTape({ kind: "run", source: "", run: "r" });
    const marks = [1, 1, 1, 1, 2, 2, 3].map((at, i) => ({ ...clockMark(ms(at)), seq: seq(i + 1) }));
    for (const [i, mark] of marks.entries()) {
      if (i === 1 || i === 3 || i === 6) tape.writer.bound();
      tape.writer.append(mark);
    }
    tape.writer.commit();
    const source = new TapeSource(tape.reader());
    const batches: number[][] = [];
    for (let b = source.next(); b !== null; b = source.next()) batches.push(b.map((e) => e.seq));
    expect(batches).toEqual([[1], [2, 3], [4, 5, 6], [7]]);
  });

  it("begin at the next input where the entry that was marked is none of them", () => {
    const tape = memoryTape({ kind: "run", source: "", run: "r" });
    for (const [i, e] of everything.entries()) {
      if (i === 1) tape.writer.bound();
      tape.writer.append({ ...e });
    }
    tape.writer.commit();
    const source = new TapeSource(tape.reader());
    expect([source.next(), source.next(), source.next()].map((b) => b?.map((e) => e.seq))).toEqual([[1], [4, 10], undefined]);
  });
});

describe("a rehearsal", () => {
  it("takes a negative zero for the zero that a tape makes of it", () => {
    const recorded = { ...scored("finbert", 1), seq: seq(1) };
    const rehearsal = new Rehearsal(tapeOf([recorded]));
    expect(rehearsal.meets({ ...recorded, score: -0 } as TapeEvent)).toBe(true);
  });
});

describe("requests that a replay does not send", () => {
  const outside = new RecordedRequests({ scorer: "recorded", broker: "recorded" });
  it("are held against the answers on the tape: one that nobody asked for is a difference", () => {
    expect(() => outside.hears({ ...scored("finbert", 1), seq: seq(7) })).toThrow(Divergence);
    expect(() => outside.hears({ ...failed("broker"), seq: seq(8) })).toThrow("at entry 8");
    outside.note("scorer", { news: { ...raw, seq: seq(1) } }, 1);
    outside.hears(scored("finbert", 1));
    expect(() => outside.hears(scored("finbert", 1))).toThrow(Divergence);
  });
  it("are told when the tape ends without an answer; a broker's word settles all that was asked of its order", () => {
    outside.note("scorer", { news: { ...raw, id: "m" } }, 5);
    outside.note("broker", { do: "lookup", orderId: orderId("o"), ticker: AAPL }, 6);
    expect(outside.unanswered().map((a) => [a.port, a.at])).toEqual([
      ["scorer", 5],
      ["broker", 6],
    ]);
    outside.hears(orderAccepted(AAPL, orderId("o"), "b", ms(1), seq(1)));
    expect(outside.unanswered().map((a) => a.port)).toEqual(["scorer"]);
  });
  it("may fail after the broker has spoken of the order, each request once", () => {
    const requests = new RecordedRequests({ broker: "recorded" });
    const lookup = { do: "lookup", orderId: orderId("o"), ticker: AAPL } as const;
    const lookupFailed = requestFailed(
      { port: "broker", request: "lookup", about: "o", sent: "unknown", reason: "" },
      ms(1),
      seq(0),
    );
    requests.note("broker", lookup, 1);
    requests.note("broker", lookup, 2);
    requests.hears(orderAccepted(AAPL, orderId("o"), "b", ms(3), seq(1)));
    requests.hears(lookupFailed);
    requests.hears(lookupFailed);
    expect(() => requests.hears(lookupFailed)).toThrow(Divergence);
    expect(requests.unanswered()).toEqual([]);
  });
});
