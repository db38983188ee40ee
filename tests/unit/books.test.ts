import { describe, expect, it } from "vitest";
import { Collector } from "../../runtime/core/collector.ts";
import { RecallStore } from "../../runtime/kernel/recall.ts";
import type { TapeEvent } from "../../streams/domain/event.ts";
import { bar } from "../../streams/domain/market.ts";
import { fill, orderCancelled, orderSubmitted } from "../../streams/domain/order.ts";
import type { Trade } from "../../streams/domain/portfolio.ts";
import { type Money, money, ms, orderId, px, SCALE, seq, shares, ticker } from "../../streams/domain/units.ts";
import { legsTo, onTick, wantedShares } from "../../streams/execution/sizing.ts";
import { credits } from "../../streams/learning/credit.ts";
import { newYorkDayEnd } from "../../streams/market/calendar.ts";
import { count, order, usd } from "../support/orders.ts";
import { daily, FIRST_OPEN, played, taped } from "../support/playing.ts";

const AAPL = ticker("AAPL");

describe("the books of a run", () => {
  const costs = { commission: 0.001, slippage: 0.01 };
  const filled = (at: number, side: "buy" | "sell", price: number): TapeEvent =>
    fill({
      ticker: AAPL,
      orderId: orderId(`${side}${at}`),
      fillId: `${at}`,
      side,
      qty: count(10),
      px: usd(price),
      commission: money(price * 10 * 1000),
      leaves: count(0),
      tEvent: ms(at),
      tSeen: ms(at),
      cause: seq(0),
    });
  const closing = (at: number, close: number): TapeEvent => bar(AAPL, ms(at - 1), ms(at), close, close, close, close, 1, 1);

  it("mark each bar at its close, before the next bar's fills, though both are of one moment", () => {
    const c = new Collector(money(10_000 * SCALE), { commission: 0.001, slippage: 0 });
    for (const e of [closing(1, 100), filled(1, "buy", 100), closing(2, 110), filled(2, "sell", 110), closing(3, 110)])
      if (e.type === "market.bar") c.bar(e);
      else c.note(e);
    expect([...c.equity().ts]).toEqual([1, 2, 3]);
    expect([...c.equity().value]).toEqual([10_000, 10_099, 10_097.9]);
    expect(c.trades.map((t) => t.pnl / SCALE)).toEqual([97.9]);
    expect(c.ledger.commissions).toBe(2.1 * SCALE);
  });

  it("count slippage as what it took, on both sides", () => {
    const c = new Collector(money(10_000 * SCALE), costs);
    c.note(orderSubmitted(order({ id: orderId("buy1") })));
    c.note(orderSubmitted(order({ id: orderId("sell2"), side: "sell" })));
    c.note(filled(1, "buy", 101));
    expect(c.slippageUsd).toBeCloseTo(10, 9);
    c.note(filled(2, "sell", 99));
    expect(c.slippageUsd).toBeCloseTo(20, 9);
  });

  it("agree with the exchange and cost what the settings say, in a whole run", () => {
    const closes = Array.from({ length: 60 }, (_, i) => 100 + 10 * Math.sin(i / 3));
    const p = played(taped(daily(closes.map((c) => ({ open: c, high: c, low: c, close: c })))), {
      config: {
        strategies: [{ name: "sma_cross", params: { fast: 2, slow: 4 } }],
        sizing: { by: "shares", shares: 10 },
        risk: { enabled: false },
        costs,
      },
    });
    const { ledger, slippageUsd, trades } = p.collector;
    expect(trades.length).toBeGreaterThan(4);
    expect(ledger.cash).toBe(p.exchange.cash());
    expect(ledger.commissions / SCALE).toBeCloseTo(ledger.tradedUsd * 0.001, 3);
    expect(slippageUsd / ledger.tradedUsd).toBeCloseTo(0.01, 3);
  });
});

describe("sizing", () => {
  const equity = money(100_000 * SCALE);
  it.each([
    [{ by: "weight", maxWeight: 0.1 }, 0.5, 100, 50],
    [{ by: "weight", maxWeight: 0.1 }, -1, 99, -101],
    [{ by: "shares", shares: 7 }, -0.2, 100, -7],
    [{ by: "shares", shares: 7 }, 0, 100, 0],
  ] as const)("by %o of a view of %d at %d is %d whole shares", (sizing, strength, price, want) => {
    expect(wantedShares(sizing, strength, equity, usd(price)) / SCALE).toBe(want);
  });
  it("of an account under water is none", () => {
    expect(wantedShares({ by: "weight", maxWeight: 0.1 }, 1, money(-5) as Money, usd(1))).toBe(0);
  });
  it.each([
    [10, 0, { side: "buy", exit: 0, entry: 10 }],
    [4, 10, { side: "sell", exit: 6, entry: 0 }],
    [-5, 10, { side: "sell", exit: 10, entry: 5 }],
    [5, -10, { side: "buy", exit: 10, entry: 5 }],
    [3, 3, null],
  ] as const)("leads to %d from %d by %o", (want, now, legs) => {
    expect(legsTo(shares(want), shares(now))).toEqual(legs);
  });
  it("rounds to the nearest price step, but never to nothing", () => {
    expect([onTick(px(14_999), 10_000), onTick(px(15_000), 10_000), onTick(px(1), 10_000)]).toEqual([10_000, 20_000, 10_000]);
  });
});

describe("credit for a trade", () => {
  const voice = (strategy: string, score: number) => ({ strategy, signal: seq(1), weight: 1, score, confidence: 1 });
  const trade = (size: number, pnl: number) => ({ shares: shares(size), pnl: money(pnl * SCALE) }) as Trade;
  it("is split by how loud who spoke, and turned for who spoke against", () => {
    const by = [voice("a", 0.6), voice("b", -0.2), voice("c", 0)];
    expect(credits(trade(10, -100), by).map((c) => [c.strategy, Math.round(c.credit)])).toEqual([
      ["a", -75],
      ["b", 25],
    ]);
    expect(credits(trade(-10, 40), [voice("a", -1)]).map((c) => c.credit)).toEqual([40]);
    expect(credits(trade(10, 40), [])).toEqual([]);
    expect(credits(trade(10, 0), [voice("a", -1)]).map((c) => c.credit)).toEqual([0]); // not the negative zero
  });
});

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
