import { describe, expect, it } from "vitest";
import { RecallStore } from "../../../../runtime/kernel/recall.ts";
import { bar } from "../../../../streams/domain/market.ts";
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
