import { describe, expect, it } from "vitest";
import { RecallStore } from "../../../../runtime/kernel/recall.ts";
import type { TapeEvent } from "../../../../streams/domain/event.ts";
import { bar } from "../../../../streams/domain/market.ts";
import { newsRaw, newsScored } from "../../../../streams/domain/news.ts";
import {
  fill,
  type Order,
  orderAccepted,
  orderCancelled,
  orderLost,
  orderRejected,
  orderSubmitted,
} from "../../../../streams/domain/order.ts";
import { requestFailed } from "../../../../streams/domain/request.ts";
import { signal } from "../../../../streams/domain/signal.ts";
import { type Ms, money, ms, type OrderId, orderId, seq, ticker } from "../../../../streams/domain/units.ts";
import { count, order, usd } from "../../../support/orders.ts";

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

const storeOf = () => {
  const kept = new RecallStore();
  let n = 0;
  return {
    note: (...events: TapeEvent[]) => {
      for (const e of events) kept.note({ ...e, seq: seq(++n) });
    },
    told: (...recalls: Parameters<RecallStore["recall"]>[0]) => kept.recall(recalls).map((e) => e.seq),
  };
};

describe("views", () => {
  const views = { type: "signal.generated", last: 1, by: "strategy" } as const;
  const view = (strategy: string, of = AAPL) => signal({ strategy, ticker: of, score: 1, confidence: 1, reason: "", causes: [] });

  it("are told again each strategy's newest of each ticker", () => {
    const { note, told } = storeOf();
    told(views);
    note(view("a"), view("b"), view("a", MSFT), view("b"), view("b"), view("a"));
    expect(told(views)).toEqual([3, 5, 6]);
  });

  it("of two strategies are two, also where the name of one is how the other's begins", () => {
    const { note, told } = storeOf();
    told(views);
    note(view("a"), view("ab"), view("a b"));
    expect(told(views)).toEqual([1, 2, 3]);
  });
});

describe("orders that are open", () => {
  const entry = order({ id: orderId("r-dip-AAPL-1"), bracket: { stopLoss: usd(90), takeProfit: usd(120) } });
  const leg = (suffix: "sl" | "tp") => orderId(`${entry.id}.${suffix}`);
  const open = [
    { type: "order.submitted", last: "open" },
    { type: "order.accepted", last: "open" },
    { type: "order.filled", last: "open" },
    { type: "order.cancelled", last: "open" },
  ] as const;
  const filled = (id: OrderId, n: number, leaves: number) =>
    fill({
      ticker: AAPL,
      orderId: id,
      fillId: `${id} ${n} ${leaves}`,
      side: "buy",
      qty: count(n),
      px: usd(100),
      commission: money(0),
      leaves: count(leaves),
      tEvent: ms(1),
      tSeen: ms(1),
      cause: seq(0),
    });
  const accepted = (id: OrderId) => orderAccepted(AAPL, id, "b", ms(1), seq(0));
  const cancelled = (id: OrderId) => orderCancelled(AAPL, id, "", ms(1), seq(0));
  const began = (o: Order) => [orderSubmitted(o), accepted(o.id)];

  it("are told again with all that was said of them, and no more when they are over", () => {
    const { note, told } = storeOf();
    const plain = { ...entry, bracket: null };
    note(...began(plain), filled(plain.id, 4, 6));
    expect(told(...open)).toEqual([1, 2, 3]);
    note(filled(plain.id, 6, 0));
    expect(told(...open)).toEqual([]);
  });

  it("are an entry with its bracket until both legs are gone", () => {
    const { note, told } = storeOf();
    note(...began(entry), filled(entry.id, 10, 0));
    expect(told(...open)).toEqual([1, 2, 3]);
    note(accepted(leg("sl")), accepted(leg("tp")), filled(leg("tp"), 10, 0));
    expect(told(...open)).toEqual([1, 2, 3, 4, 5, 6]);
    note(cancelled(leg("sl")));
    expect(told(...open)).toEqual([]);
  });

  it("are the legs of a part that filled before the rest was withdrawn", () => {
    const { note, told } = storeOf();
    note(...began(entry), filled(entry.id, 4, 6), cancelled(entry.id));
    expect(told(...open)).toEqual([1, 2, 3, 4]);
    note(filled(leg("sl"), 4, 0));
    expect(told(...open)).toHaveLength(5);
    note(cancelled(leg("tp")));
    expect(told(...open)).toEqual([]);
  });

  it.each([
    ["withdrawn", cancelled(entry.id)],
    ["rejected", orderRejected(AAPL, entry.id, "no", "no", ms(1), seq(0))],
    ["lost", orderLost(AAPL, entry.id, "never answered")],
  ])("are not an entry that was %s without a fill: it has no legs", (_how, end) => {
    const { note, told } = storeOf();
    note(...began(entry), end);
    expect(told(...open)).toEqual([]);
  });

  it("are an entry of one leg until that one is gone", () => {
    const { note, told } = storeOf();
    note(...began({ ...entry, bracket: { stopLoss: usd(90), takeProfit: null } }), filled(entry.id, 10, 0));
    expect(told(...open)).toHaveLength(3);
    note(filled(leg("sl"), 10, 0));
    expect(told(...open)).toEqual([]);
  });
});
