import { describe, expect, it } from "vitest";
import { bar } from "../../../../streams/domain/market.ts";
import { ms, orderId, SCALE, seq, ticker } from "../../../../streams/domain/units.ts";
import { bracketOf, exchangeRig, exit, type OHLC } from "../../../support/exchangeRig.ts";
import { count, order, usd } from "../../../support/orders.ts";
import { FIRST_OPEN } from "../../../support/playing.ts";

const FLAT: OHLC = [100, 100, 100, 100];
const id = orderId;
const of = (book: string, serial: number) => id(`run-${book}-AAPL-${serial}`);

describe("books", () => {
  it("hold what their own orders filled: an exit reduces no other's shares", () => {
    const e = exchangeRig();
    e.send({ id: of("one", 1), qty: count(10) });
    e.send({ id: of("two", 2), qty: count(4) });
    e.bar(FLAT);
    e.send(exit({ id: of("two", 3), qty: count(10) }));
    expect(e.bar(FLAT)).toEqual([`${of("two", 3)} sell 4 at 100`]);
    e.send(exit({ id: of("two", 4), qty: count(10) }));
    expect(e.bar(FLAT)).toEqual([`${of("two", 4)} cancelled: nothing left to reduce`]);
    expect(e.held()).toBe(10);
  });

  it("take over shares by name", () => {
    const e = exchangeRig();
    e.adopt(7, "two");
    e.adopt(5);
    e.send(exit({ id: of("two", 1) }));
    e.send(exit({ id: id("outside") }));
    expect(e.bar(FLAT)).toEqual([`${of("two", 1)} sell 7 at 100`, "outside sell 5 at 100"]);
  });

  it("keep their brackets when another book gets out, and lose them when they do", () => {
    const e = exchangeRig();
    e.send({ id: of("one", 1), bracket: bracketOf(90, null) });
    e.send({ id: of("two", 2), bracket: bracketOf(80, null) });
    e.bar(FLAT);
    e.send({ id: of("two", 3), side: "sell", qty: count(10) });
    expect(e.bar(FLAT)).toEqual([`${of("two", 3)} sell 10 at 100`, `${of("two", 2)}.sl cancelled: the position is closed`]);
    expect(e.working()).toEqual([`${of("one", 1)}.sl`]);
    expect(e.bar([89, 89, 89, 89])).toEqual([`${of("one", 1)}.sl sell 10 at 89`]);
  });

  it("may be long and short of one ticker, of which the account holds the sum", () => {
    const e = exchangeRig();
    e.send({ id: of("one", 1), qty: count(10) });
    e.send({ id: of("two", 2), side: "sell", qty: count(10) });
    expect(e.bar(FLAT)).toHaveLength(2);
    expect(e.held()).toBe(0);
    e.send(exit({ id: of("two", 3), side: "buy", qty: count(10) }));
    e.bar(FLAT);
    expect(e.held()).toBe(10);
  });

  it("are split each on its own", () => {
    const e = exchangeRig();
    e.adopt(3, "two");
    e.adopt(-1);
    const head = { seq: seq(1), v: 1, tEvent: ms(0), tSeen: ms(0), cause: seq(0), ticker: ticker("AAPL") } as const;
    e.note({ ...head, type: "account.split", numerator: 3, denominator: 1 });
    expect(e.held()).toBe(6);
    e.send(exit({ id: of("two", 1), qty: count(100) }));
    expect(e.bar([30, 30, 30, 30])).toEqual([`${of("two", 1)} sell 9 at 30`]);
  });
});

describe("a cancel", () => {
  it("withdraws one leg or, by its entry's id, both", () => {
    const e = exchangeRig();
    e.send({ bracket: bracketOf(95, 110) });
    e.bar(FLAT);
    expect(e.cancel("o1.tp")).toEqual(["o1.tp cancelled: asked for"]);
    expect(e.working()).toEqual(["o1.sl"]);
    expect(e.cancel("o1")).toEqual(["o1.sl cancelled: asked for"]);
    expect(e.cancel("o1")).toEqual([]);
  });
});

describe("a replace", () => {
  it("gives an order new prices and keeps its place", () => {
    const e = exchangeRig();
    e.send({ kind: "limit", limitPx: usd(90) });
    e.send({ id: id("o2"), kind: "limit", limitPx: usd(95) });
    expect(e.replace("o1", { limitPx: usd(95) })).toEqual(["o1 replaced"]);
    expect(e.exchange.working()[0]?.limitPx).toBe(usd(95));
    expect(e.bar([100, 100, 95, 100])).toEqual(["o1 buy 10 at 95", "o2 buy 10 at 95"]);
  });

  it("moves a leg, and the bracket of an entry that waits; what is not named stays", () => {
    const e = exchangeRig();
    e.send({ bracket: bracketOf(95, 110) });
    e.replace("o1", { bracket: bracketOf(96, null) });
    e.replace("o1", { bracket: bracketOf(96, 111) });
    e.bar(FLAT);
    expect(e.exchange.working().map((o) => o.stopPx ?? o.limitPx)).toEqual([usd(96), usd(111)]);
    e.replace("o1.sl", { stopPx: usd(98) });
    e.replace("o1.tp", {});
    expect(e.bar([100, 100, 97, 97])).toEqual(["o1.sl sell 10 at 98", "o1.tp cancelled: the other leg filled"]);
  });

  it("answers with the prices that the order has now, and nothing when nothing of that id works", () => {
    const e = exchangeRig();
    e.send(exit({ kind: "stop", stopPx: usd(90) }));
    const prices = { limitPx: usd(1), stopPx: usd(91), bracket: bracketOf(1, 2) };
    expect(e.exchange.replace(id("o1"), prices, e.now(), seq(7))).toMatchObject([
      { type: "order.replaced", orderId: "o1", limitPx: null, stopPx: usd(91), bracket: null, cause: 7 },
    ]);
    expect(e.replace("o9", { limitPx: usd(1) })).toEqual([]);
  });

  it("applies from the next bar on: in one under way the price may have been seen before", () => {
    const e = exchangeRig();
    e.adopt(10);
    e.send(exit({ kind: "limit", limitPx: usd(110) }));
    e.exchange.replace(id("o1"), { limitPx: usd(105), stopPx: null, bracket: null }, ms(FIRST_OPEN + 30_000), seq(1));
    expect(e.bar([100, 106, 100, 100])).toEqual([]);
    expect(e.bar([100, 106, 100, 100])).toEqual(["o1 sell 10 at 105"]);
  });

  it("of a bracket reaches the legs that were born in the bar under way", () => {
    const e = exchangeRig();
    e.send({ bracket: bracketOf(95, null) });
    e.exchange.replace(id("o1"), { limitPx: null, stopPx: null, bracket: bracketOf(99, 120) }, ms(FIRST_OPEN + 30_000), seq(1));
    expect(e.bar([100, 100, 98, 100])).toEqual(["o1 buy 10 at 100"]);
    expect(e.bar([100, 100, 98, 100])).toEqual(["o1.sl sell 10 at 99"]);
  });
});

describe("the time of a leg", () => {
  it("after the entry's bar is that of bars that begin when the entry had filled, not of those under way", () => {
    const e = exchangeRig();
    const AAPL = ticker("AAPL");
    const close = ms(FIRST_OPEN + 23_400_000);
    e.exchange.submit(order({ kind: "limit", limitPx: usd(99), bracket: bracketOf(98, null) }), ms(FIRST_OPEN), seq(1));
    const day = bar(AAPL, ms(FIRST_OPEN), close, 100, 101, 98.5, 100, 0, 86_400_000);
    const lastMinute = bar(AAPL, ms(close - 60_000), close, 97, 97, 97, 97, 0, 60_000);
    const next = bar(AAPL, close, ms(close + 60_000), 97, 97, 97, 97, 0, 60_000);
    expect(e.exchange.onBars([day, lastMinute], ms(FIRST_OPEN)).map((r) => r.orderId)).toEqual(["o1"]);
    expect(e.exchange.onBars([next], close).map((r) => r.orderId)).toEqual(["o1.sl"]);
    expect(e.exchange.cash()).toBe((100_000 - 20) * SCALE);
  });
});
