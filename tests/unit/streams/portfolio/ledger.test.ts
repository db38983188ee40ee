import { describe, expect, it } from "vitest";
import { type Fill, fill } from "../../../../streams/domain/order.ts";
import { accountAdopted } from "../../../../streams/domain/portfolio.ts";
import {
  AmountOutOfRange,
  money,
  ms,
  orderId,
  px,
  qty,
  SCALE,
  seq,
  shares as sharesOfUnits,
  ticker,
  toMicros,
  usd,
} from "../../../../streams/domain/units.ts";
import {
  adopt,
  applyDividend,
  applyFill,
  applySplit,
  booksOf,
  equity,
  exposureOf,
  grossExposure,
  imbalance,
  mark,
  markOf,
  openLedger,
  sharesIn,
  sharesOf,
  unrealised,
} from "../../../../streams/portfolio/ledger.ts";

const AAPL = ticker("AAPL");
const head = { seq: seq(9), v: 1 as const, tEvent: ms(0), tSeen: ms(0), cause: seq(0) };
let count = 0;
/** `at` is both the fill's time and its seq. */
const filled = (at: number, side: "buy" | "sell", shares: string, price: string, commission = "0"): Fill => ({
  ...fill({
    ticker: AAPL,
    side,
    orderId: orderId(`order-${at}`),
    fillId: `fill-${++count}`,
    qty: qty(toMicros(shares)),
    px: px(toMicros(price)),
    commission: money(toMicros(commission)),
    leaves: qty(0),
    tEvent: ms(at),
    tSeen: ms(at),
    cause: seq(0),
  }),
  seq: seq(at),
});

describe("a position in the ledger", () => {
  it("opens at what it cost and closes into a trade after both commissions", () => {
    const ledger = openLedger(usd(10_000));
    expect(applyFill(ledger, filled(1, "buy", "10", "100", "1"))).toEqual([]);
    expect(ledger.cash).toBe(usd(8_999));
    expect(ledger.positions.get(AAPL)).toMatchObject({ shares: 10 * SCALE, cost: usd(1_000), openFees: usd(1), openedAt: 1 });
    const trades = applyFill(ledger, filled(2, "sell", "10", "110", "1.1"));
    expect(trades).toEqual([
      {
        ticker: AAPL,
        book: "account",
        shares: 10 * SCALE,
        entryPx: usd(100),
        exitPx: usd(110),
        entryAt: 1,
        exitAt: 2,
        pnl: usd(97.9),
        commission: usd(2.1),
        entryOrder: "order-1",
        exitOrder: "order-2",
        exitFill: 2,
      },
    ]);
    expect(ledger.cash).toBe(usd(10_097.9));
    expect(ledger.openCount).toBe(0);
  });

  it("gives a reduction its part of cost and fees and keeps the rest to the last µUSD", () => {
    const ledger = openLedger(usd(1_000));
    applyFill(ledger, filled(1, "buy", "3", "10", "0.10"));
    const [first] = applyFill(ledger, filled(2, "sell", "1", "11"));
    expect(first).toMatchObject({ entryPx: usd(10), commission: 33_333, pnl: usd(1) - 33_333 });
    const [last] = applyFill(ledger, filled(3, "sell", "2", "11"));
    expect(last).toMatchObject({ commission: 66_667, pnl: usd(2) - 66_667 });
    expect(ledger.realised).toBe(usd(2.9));
  });

  it("averages the cost of what was added", () => {
    const ledger = openLedger(usd(1_000));
    applyFill(ledger, filled(1, "buy", "1", "10"));
    applyFill(ledger, filled(2, "buy", "2", "11"));
    const [trade] = applyFill(ledger, filled(3, "sell", "3", "12"));
    expect(trade).toMatchObject({ entryPx: 10_666_667, entryAt: 1, entryOrder: "order-1", pnl: usd(4) });
  });

  it("turns over in one fill: closes, opens the other side, and splits the commission by shares", () => {
    const ledger = openLedger(usd(1_000));
    applyFill(ledger, filled(1, "buy", "1", "10"));
    const [trade] = applyFill(ledger, filled(2, "sell", "3", "12", "0.30"));
    expect(trade).toMatchObject({ shares: SCALE, pnl: usd(1.9), commission: usd(0.1) });
    expect(ledger.positions.get(AAPL)).toMatchObject({
      shares: -2 * SCALE,
      cost: usd(-24),
      openFees: usd(0.2),
      openedAt: 2,
      openedBy: "order-2",
    });
    expect(imbalance(ledger)).toBe(0);
  });

  it("is short below zero: cash grows at the sale, and a fall is a gain", () => {
    const ledger = openLedger(usd(1_000));
    applyFill(ledger, filled(1, "sell", "2", "50"));
    expect(ledger.cash).toBe(usd(1_100));
    mark(ledger, AAPL, 40);
    expect(exposureOf(ledger, AAPL)).toBe(usd(-80));
    expect(grossExposure(ledger)).toBe(usd(80));
    expect(equity(ledger)).toBe(usd(1_020));
    expect(unrealised(ledger)).toBe(usd(20));
    const [trade] = applyFill(ledger, filled(2, "buy", "2", "40"));
    expect(trade).toMatchObject({ shares: -2 * SCALE, entryPx: usd(50), exitPx: usd(40), pnl: usd(20) });
  });

  it("is worth its cost until it is marked, and a mark may come before it", () => {
    const ledger = openLedger(usd(100));
    applyFill(ledger, filled(1, "buy", "1", "10"));
    expect(equity(ledger)).toBe(usd(100));
    const other = openLedger(usd(100));
    mark(other, AAPL, 12.5);
    applyFill(other, filled(1, "buy", "1", "10"));
    expect([equity(other), markOf(other, AAPL)]).toEqual([usd(102.5), 12.5]);
  });
});

describe("what happens to an account", () => {
  it("pays dividends to longs and takes them from shorts", () => {
    const ledger = openLedger(usd(100));
    const dividend = { ...head, type: "account.dividend" as const, ticker: AAPL, perShare: px(usd(0.25)) };
    expect(applyDividend(ledger, dividend)).toBe(0);
    applyFill(ledger, filled(1, "buy", "2.5", "10"));
    expect(applyDividend(ledger, dividend)).toBe(usd(0.625));
    applyFill(ledger, filled(2, "sell", "3.5", "10"));
    expect(applyDividend(ledger, dividend)).toBe(usd(-0.25));
    expect(ledger.dividends).toBe(usd(0.375));
  });

  it("splits shares and mark, keeps cost and equity", () => {
    const ledger = openLedger(usd(1_000));
    applyFill(ledger, filled(1, "buy", "3", "70"));
    mark(ledger, AAPL, 77);
    applySplit(ledger, { ...head, type: "account.split", ticker: AAPL, numerator: 7, denominator: 1 });
    expect(ledger.positions.get(AAPL)).toMatchObject({ shares: 21 * SCALE, cost: usd(210), mark: 11 });
    expect(equity(ledger)).toBe(usd(1_021));
  });

  it("rounds a split to whole µshares but never to none", () => {
    const ledger = openLedger(usd(1_000));
    applyFill(ledger, filled(1, "sell", "0.000001", "70"));
    applySplit(ledger, { ...head, type: "account.split", ticker: AAPL, numerator: 1, denominator: 10 });
    expect(sharesOf(ledger, AAPL)).toBe(-1);
  });

  it("knows a fill again for 100,000 fills, and no more ids than that, however long it runs", () => {
    const ledger = openLedger(usd(1_000_000));
    const buy = filled(1, "buy", "1", "10");
    const none = filled(2, "buy", "0", "10");
    applyFill(ledger, buy);
    for (let i = 1; i < 100_000; i++) applyFill(ledger, { ...none, fillId: `none-${i}` });
    applyFill(ledger, buy);
    expect(sharesOf(ledger, AAPL)).toBe(SCALE);
    for (let i = 0; i < 200_000; i++) applyFill(ledger, { ...none, fillId: `more-${i}` });
    expect([...ledger.fills]).toHaveLength(100_000);
    expect(ledger.cash).toBe(usd(1_000_000 - 10));
  });

  it("takes a repeated fill once", () => {
    const ledger = openLedger(usd(1_000));
    const one = filled(1, "buy", "1", "10", "1");
    applyFill(ledger, one);
    expect(applyFill(ledger, { ...one, seq: seq(77) })).toEqual([]);
    expect(sharesOf(ledger, AAPL)).toBe(SCALE);
    expect(ledger.commissions).toBe(usd(1));
  });

  it("refuses what makes no sense: a fee on no shares, a mark at nothing, an amount past the exact range", () => {
    const ledger = openLedger(usd(9_000_000_000));
    expect(() => applyFill(ledger, filled(1, "buy", "0", "1", "1"))).toThrow(/no shares/);
    expect(() => mark(ledger, AAPL, 0)).toThrow(RangeError);
    expect(() => mark(ledger, AAPL, Number.NaN)).toThrow(RangeError);
    expect(() => applyFill(ledger, filled(1, "sell", "1000000", "9000"))).toThrow(AmountOutOfRange);
  });
});

describe("the books of an account", () => {
  const by = (book: string, at: number, side: "buy" | "sell", shares: string, price: string, commission = "0"): Fill => ({
    ...filled(at, side, shares, price, commission),
    orderId: orderId(`r-${book}-AAPL-${at}`),
  });
  const adopted = (book: string, shares: number, cost: number) =>
    accountAdopted(
      {
        ticker: AAPL,
        shares: sharesOfUnits(shares * SCALE),
        cost: usd(cost),
        openFees: money(0),
        openedAt: ms(1),
        openedBy: orderId("old"),
        mark: 12,
        book,
      },
      ms(5),
    );

  it("hold a ticker each for itself, and the account holds their sum", () => {
    const ledger = openLedger(usd(10_000));
    applyFill(ledger, by("dip", 1, "buy", "10", "100", "1"));
    applyFill(ledger, by("ensemble", 2, "buy", "5", "120", "2"));
    expect([sharesIn(ledger, "dip", AAPL), sharesIn(ledger, "ensemble", AAPL)]).toEqual([10 * SCALE, 5 * SCALE]);
    expect(ledger.positions.get(AAPL)).toMatchObject({
      shares: 15 * SCALE,
      cost: usd(1_600),
      openFees: usd(3),
      openedAt: 1,
      openedBy: "r-dip-AAPL-1",
    });
    mark(ledger, AAPL, 110);
    expect(booksOf(ledger, AAPL).map((b) => [b.book, b.value])).toEqual([
      ["dip", usd(1_100)],
      ["ensemble", usd(550)],
    ]);
    expect([exposureOf(ledger, AAPL), ledger.openCount, imbalance(ledger)]).toEqual([usd(1_650), 1, 0]);
  });

  it("close trades at their own cost", () => {
    const ledger = openLedger(usd(10_000));
    applyFill(ledger, by("dip", 1, "buy", "10", "100"));
    applyFill(ledger, by("ensemble", 2, "buy", "10", "120"));
    expect(applyFill(ledger, by("ensemble", 3, "sell", "10", "110"))).toMatchObject([
      { book: "ensemble", entryPx: usd(120), pnl: usd(-100), entryOrder: "r-ensemble-AAPL-2" },
    ]);
    expect(applyFill(ledger, by("dip", 4, "sell", "10", "110"))).toMatchObject([{ book: "dip", pnl: usd(100), entryAt: 1 }]);
    expect(ledger.positions.get(AAPL)).toMatchObject({ shares: 0, cost: 0, realised: usd(0) });
    expect(booksOf(ledger, AAPL).map((b) => b.realised)).toEqual([usd(100), usd(-100)]);
    expect([ledger.openCount, imbalance(ledger)]).toEqual([0, 0]);
  });

  it("of which one sells what the other holds has a short of its own", () => {
    const ledger = openLedger(usd(10_000));
    applyFill(ledger, by("dip", 1, "buy", "10", "100"));
    expect(applyFill(ledger, by("ensemble", 2, "sell", "10", "100"))).toEqual([]);
    expect(booksOf(ledger, AAPL).map((b) => b.shares / SCALE)).toEqual([10, -10]);
    expect([sharesOf(ledger, AAPL), ledger.openCount, imbalance(ledger)]).toEqual([0, 0, 0]);
  });

  it("of an entry's legs are the entry's", () => {
    const ledger = openLedger(usd(10_000));
    applyFill(ledger, by("dip", 1, "buy", "10", "100"));
    const stop = { ...filled(2, "sell", "10", "90"), orderId: orderId("r-dip-AAPL-1.sl") };
    expect(applyFill(ledger, stop)).toMatchObject([{ book: "dip", pnl: usd(-100), exitOrder: "r-dip-AAPL-1.sl" }]);
  });

  it("take over what an earlier run held, strangers' shares by the account's", () => {
    const ledger = openLedger(usd(1_000));
    adopt(ledger, adopted("dip", 10, 100));
    adopt(ledger, adopted("account", 5, 40));
    expect(() => adopt(ledger, adopted("dip", 1, 10))).toThrow(RangeError);
    expect([sharesIn(ledger, "dip", AAPL), sharesIn(ledger, "account", AAPL), sharesOf(ledger, AAPL)]).toEqual([
      10 * SCALE,
      5 * SCALE,
      15 * SCALE,
    ]);
    expect([equity(ledger), ledger.initial, imbalance(ledger)]).toEqual([usd(1_180), usd(1_140), 0]);
    expect(applyFill(ledger, by("dip", 6, "sell", "10", "12"))).toMatchObject([{ book: "dip", pnl: usd(20), entryOrder: "old" }]);
    expect(sharesIn(ledger, "account", AAPL)).toBe(5 * SCALE);
  });

  it("are split each for itself", () => {
    const ledger = openLedger(usd(10_000));
    applyFill(ledger, by("dip", 1, "buy", "1.5", "100"));
    applyFill(ledger, by("ensemble", 2, "sell", "0.5", "100"));
    applySplit(ledger, { ...head, type: "account.split", ticker: AAPL, numerator: 2, denominator: 1 });
    expect(booksOf(ledger, AAPL).map((b) => b.shares / SCALE)).toEqual([3, -1]);
    expect(sharesOf(ledger, AAPL)).toBe(2 * SCALE);
  });
});
