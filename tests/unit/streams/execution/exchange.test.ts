import { describe, expect, it } from "vitest";
import { bar } from "../../../../streams/domain/market.ts";
import type { Order } from "../../../../streams/domain/order.ts";
import { ms, orderId, SCALE, seq, ticker } from "../../../../streams/domain/units.ts";
import { DuplicateOrderId } from "../../../../streams/execution/desk.ts";
import { bracketOf, exchangeRig, exit, type OHLC } from "../../../support/exchangeRig.ts";
import { count, order, usd } from "../../../support/orders.ts";
import { FIRST_OPEN } from "../../../support/playing.ts";

const AAPL = ticker("AAPL");
const DAY_MS = 86_400_000;
const FLAT: OHLC = [100, 100, 100, 100];
const long = (e: ReturnType<typeof exchangeRig>, n = 10) => {
  e.send({ id: orderId("in"), qty: count(n) });
  e.bar(FLAT);
};

describe.each(["path", "backtesting.py"] as const)("one order against one bar, by %s", (fill) => {
  const cases: readonly (readonly [what: string, o: Partial<Order>, bar: OHLC, price: number | null])[] = [
    ["a market order fills at the open", {}, [101, 105, 99, 103], 101],
    ["a buy stop that is gapped over fills at the open", { kind: "stop", stopPx: usd(100) }, [102, 103, 101, 102], 102],
    ["a buy stop fills at its price when reached inside", { kind: "stop", stopPx: usd(104) }, [101, 105, 99, 103], 104],
    ["a buy stop that is touched fills", { kind: "stop", stopPx: usd(105) }, [101, 105, 99, 103], 105],
    ["a buy stop that is not reached waits", { kind: "stop", stopPx: usd(105.01) }, [101, 105, 99, 103], null],
    [
      "a sell stop that is gapped under fills at the open",
      { side: "sell", kind: "stop", stopPx: usd(100) },
      [98, 99, 97, 98],
      98,
    ],
    [
      "a sell stop fills at its price when reached inside",
      { side: "sell", kind: "stop", stopPx: usd(100) },
      [101, 105, 99, 103],
      100,
    ],
    ["a sell stop that is not reached waits", { side: "sell", kind: "stop", stopPx: usd(98.99) }, [101, 105, 99, 103], null],
    ["a buy limit above the open fills at the open", { kind: "limit", limitPx: usd(102) }, [101, 105, 99, 103], 101],
    ["a buy limit fills at its price inside", { kind: "limit", limitPx: usd(100) }, [101, 105, 99, 103], 100],
    ["a buy limit that is touched fills", { kind: "limit", limitPx: usd(99) }, [101, 105, 99, 103], 99],
    ["a buy limit that is not reached waits", { kind: "limit", limitPx: usd(98.99) }, [101, 105, 99, 103], null],
    [
      "a sell limit below the open fills at the open",
      { side: "sell", kind: "limit", limitPx: usd(100) },
      [101, 105, 99, 103],
      101,
    ],
    ["a sell limit that is touched fills", { side: "sell", kind: "limit", limitPx: usd(105) }, [101, 105, 99, 103], 105],
    ["a sell limit that is not reached waits", { side: "sell", kind: "limit", limitPx: usd(105.01) }, [101, 105, 99, 103], null],
  ];
  it.each(cases)("%s", (_what, o, prices, price) => {
    const e = exchangeRig({ fill });
    expect(e.send(o)).toEqual(["o1 accepted"]);
    expect(e.bar(prices)).toEqual(price === null ? [] : [`o1 ${o.side ?? "buy"} 10 at ${price}`]);
    expect(e.held()).toBe(price === null ? 0 : o.side === "sell" ? -10 : 10);
  });
});

describe("the simulated exchange", () => {
  it("does not trade an order in a bar that had begun before it came", () => {
    const e = exchangeRig();
    e.exchange.submit(order(), ms(FIRST_OPEN + 30_000), seq(1));
    expect(e.bar([100, 101, 99, 100])).toEqual([]);
    expect(e.bar([103, 104, 102, 103])).toEqual(["o1 buy 10 at 103"]);
  });

  it("refuses an id that was used before, loudly, also when its order is filled", () => {
    const e = exchangeRig();
    expect(e.send({})).toEqual(["o1 accepted"]);
    expect(() => e.send({})).toThrow("order id o1 was used before");
    e.bar(FLAT);
    expect(() => e.send({})).toThrow(DuplicateOrderId);
    expect(e.bar(FLAT)).toEqual([]);
    expect(e.held()).toBe(10);
  });

  it("charges commission on both sides and slips against us, but not on limits", () => {
    const e = exchangeRig({ commission: 0.001, slippage: 0.01 });
    e.send({});
    expect(e.bar(FLAT)).toEqual(["o1 buy 10 at 101"]);
    expect(e.exchange.cash()).toBe((100_000 - 1010 - 1.01) * SCALE);
    e.send({ id: orderId("o2"), side: "sell" });
    expect(e.bar(FLAT)).toEqual(["o2 sell 10 at 99"]);
    expect(e.exchange.cash()).toBe((100_000 - 1010 - 1.01 + 990 - 0.99) * SCALE);
    e.send({ id: orderId("o3"), kind: "stop", stopPx: usd(102) });
    expect(e.bar([100, 103, 100, 100])).toEqual(["o3 buy 10 at 103.02"]);
    e.send({ id: orderId("o4"), side: "sell", kind: "limit", limitPx: usd(104) });
    expect(e.bar([100, 105, 100, 100])).toEqual(["o4 sell 10 at 104"]);
  });

  it("cuts an exit to what is held, and cancels it when there is nothing", () => {
    const e = exchangeRig();
    long(e, 4);
    e.send(exit({}));
    expect(e.bar(FLAT)).toEqual(["o1 sell 4 at 100"]);
    e.send(exit({ id: orderId("o2") }));
    expect(e.bar(FLAT)).toEqual(["o2 cancelled: nothing left to reduce"]);
    expect(e.held()).toBe(0);
  });

  it("works exits before entries at one open, whatever came first", () => {
    const e = exchangeRig();
    long(e);
    e.send({ id: orderId("entry"), side: "sell", qty: count(25) });
    e.send(exit({ id: orderId("exit") }));
    expect(e.bar(FLAT)).toEqual(["exit sell 10 at 100", "entry sell 25 at 100"]);
    expect(e.held()).toBe(-25);
  });

  it("trades nothing in a halt, and goes on at the open after it", () => {
    const e = exchangeRig();
    e.send({});
    e.send({ id: orderId("o2"), kind: "stop", stopPx: usd(101) });
    e.halt(true);
    expect(e.bar([100, 105, 95, 104])).toEqual([]);
    e.halt(false);
    expect(e.bar([104, 104, 104, 104])).toEqual(["o1 buy 10 at 104", "o2 buy 10 at 104"]);
  });

  it("trades nothing in a halt by the rules of backtesting.py either", () => {
    const e = exchangeRig({ fill: "backtesting.py" });
    e.send({});
    e.halt(true);
    expect(e.bar(FLAT)).toEqual([]);
  });

  it("does a split to what is held and to what works, and pays dividends", () => {
    const e = exchangeRig();
    long(e);
    e.send(exit({ kind: "stop", stopPx: usd(90) }));
    const head = { seq: seq(1), v: 1, tEvent: ms(0), tSeen: ms(0), cause: seq(0), ticker: AAPL } as const;
    e.note({ ...head, type: "account.split", numerator: 2, denominator: 1 });
    expect(e.held()).toBe(20);
    e.note({ ...head, type: "account.dividend", perShare: usd(0.5) });
    expect(e.exchange.cash()).toBe((100_000 - 1000 + 10) * SCALE);
    expect(e.bar([50, 50, 44, 46])).toEqual(["o1 sell 20 at 45"]);
  });
});

describe("the bars of one moment", () => {
  const MSFT = ticker("MSFT");

  it("give the exits of all tickers their opens before the entries, so that their money is there", () => {
    const e = exchangeRig({ cash: 1000 });
    long(e);
    e.send({ id: orderId("in2"), ticker: MSFT, qty: count(5) });
    e.send(exit({ id: orderId("out") }));
    expect(
      e.moment([
        { symbol: "MSFT", prices: [200, 200, 200, 200] },
        { symbol: "AAPL", prices: FLAT },
      ]),
    ).toEqual(["out sell 10 at 100", "in2 buy 5 at 200"]);
  });

  it("fill entries in the order of their arrival across tickers: the first gets the money", () => {
    const e = exchangeRig({ cash: 1000 });
    e.send({ id: orderId("first"), ticker: MSFT, qty: count(8) });
    e.send({ id: orderId("second"), qty: count(8) });
    expect(e.moment([{ prices: FLAT }, { symbol: "MSFT", prices: FLAT }])).toEqual([
      "first buy 8 at 100",
      "second buy 2 at 100 leaves 6",
      "second cancelled: the rest would exceed buying power",
    ]);
  });

  it("have all their opens before anything inside one of them, and replies are in the order of their time", () => {
    const e = exchangeRig();
    e.send({ kind: "limit", limitPx: usd(95) });
    e.send({ id: orderId("o2"), ticker: MSFT });
    const replies = e.replies([{ prices: [100, 100, 90, 100] }, { symbol: "MSFT", prices: FLAT }]);
    expect(replies.map((r) => [r.orderId, r.tSeen - FIRST_OPEN])).toEqual([
      ["o2", 0],
      ["o1", 60_000],
    ]);
  });

  it("may hold two bars of one ticker: they are worked one after the other", () => {
    const e = exchangeRig();
    e.send({ bracket: bracketOf(95, null) });
    const bars = [FLAT, [97, 97, 94, 94] as const].map((p, i) =>
      bar(AAPL, ms(FIRST_OPEN + i * 60_000), ms(FIRST_OPEN + 120_000), ...p, 0, 60_000),
    );
    expect(e.exchange.onBars(bars, ms(FIRST_OPEN)).map((r) => r.orderId)).toEqual(["o1", "o1.sl"]);
  });
});

describe("a day order", () => {
  it("expires after the New York day of the first bar it could trade in, others stay", () => {
    const e = exchangeRig();
    e.send({ kind: "limit", limitPx: usd(50), tif: "day" });
    e.send({ id: orderId("o2"), kind: "limit", limitPx: usd(50) });
    expect(e.bar(FLAT)).toEqual([]);
    e.wait(DAY_MS);
    expect(e.bar([49, 49, 49, 49])).toEqual(["o1 expired", "o2 buy 10 at 49"]);
  });

  it("that was filled in part expires with the rest", () => {
    const e = exchangeRig({ volumeShare: 0.1 });
    e.send({ tif: "day" });
    expect(e.bar(FLAT, 60)).toEqual(["o1 buy 6 at 100 leaves 4"]);
    e.wait(DAY_MS);
    expect(e.bar(FLAT)).toEqual(["o1 expired"]);
    expect(e.held()).toBe(6);
  });

  it("of a halted ticker expires too", () => {
    const e = exchangeRig();
    e.send({ tif: "day" });
    e.halt(true);
    e.bar(FLAT);
    e.wait(DAY_MS);
    expect(e.bar(FLAT)).toEqual(["o1 expired"]);
  });
});
