import { describe, expect, it } from "vitest";
import { RecallStore } from "../../../../runtime/kernel/recall.ts";
import type { TapeEvent } from "../../../../streams/domain/event.ts";
import { bar } from "../../../../streams/domain/market.ts";
import { orderCancelled, orderSubmitted } from "../../../../streams/domain/order.ts";
import { ms, seq, ticker } from "../../../../streams/domain/units.ts";
import { newYorkDayEnd } from "../../../../streams/market/calendar.ts";
import { order } from "../../../support/orders.ts";
import { FIRST_OPEN } from "../../../support/playing.ts";

const AAPL = ticker("AAPL");

describe("what is kept to be told again", () => {
  const at = (n: number, day: number, symbol = "AAPL"): TapeEvent => {
    const t = ms(FIRST_OPEN + day * 86_400_000 + n * 60_000);
    return { ...bar(ticker(symbol), t, t, 1, 1, 1, 1, 1, 60_000), seq: seq(n + 100 * day) };
  };
  const kept = (store: RecallStore, r: Parameters<RecallStore["recall"]>[0][number]) => store.recall([r]).map((e) => e.seq);

  it("is the latest of each ticker, in order of the tape", () => {
    const store = new RecallStore();
    const two = { type: "market.bar", last: 2 } as const;
    kept(store, two);
    for (let n = 1; n <= 8; n++) store.note(at(n, 0, n % 2 === 0 ? "AAPL" : "MSFT"));
    expect(kept(store, two)).toEqual([5, 6, 7, 8]);
    expect(kept(store, { ...two, ticker: AAPL })).toEqual([6, 8]);
  });

  it("is the newest of each of the latest days, where that is asked for", () => {
    const store = new RecallStore();
    const byDay = { type: "market.bar", last: 2, per: newYorkDayEnd } as const;
    kept(store, byDay);
    for (const day of [0, 1, 2]) for (const n of [1, 2, 3]) store.note(at(n, day));
    expect(kept(store, byDay)).toEqual([103, 203]);
  });

  it("is of open orders only as long as they are open", () => {
    const store = new RecallStore();
    const intent = { ...orderSubmitted(order()), seq: seq(1) };
    store.note(intent);
    expect(kept(store, { type: "order.submitted", last: "open" })).toEqual([1]);
    store.note({ ...orderCancelled(AAPL, order().id, "asked", ms(1), seq(1)), seq: seq(2) });
    expect(kept(store, { type: "order.submitted", last: "open" })).toEqual([]);
  });
});
