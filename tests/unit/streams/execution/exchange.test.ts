import { describe, expect, it } from "vitest";
import type { BrokerReply } from "../../../../streams/domain/event.ts";
import { bar } from "../../../../streams/domain/market.ts";
import type { Order } from "../../../../streams/domain/order.ts";
import { money, ms, orderId, SCALE, seq, ticker } from "../../../../streams/domain/units.ts";
import { DuplicateOrderId, simulatedExchange } from "../../../../streams/execution/exchange.ts";
import { newYorkDate } from "../../../../streams/market/calendar.ts";
import { count, order, usd } from "../../../support/orders.ts";
import { FIRST_OPEN } from "../../../support/playing.ts";

const AAPL = ticker("AAPL");
const said = (r: BrokerReply): string =>
  r.type === "order.filled"
    ? `${r.orderId} ${r.side} ${r.qty / SCALE} at ${r.px / SCALE}`
    : `${r.orderId} ${r.type.slice(6)}${r.type === "order.rejected" ? ` ${r.code}` : ""}`;

type Prices = readonly [open: number, high: number, low: number, close: number];
const exchangeOf = (more: { cash?: number; commission?: number; slippage?: number } = {}) => {
  const exchange = simulatedExchange({
    costs: { commission: more.commission ?? 0, slippage: more.slippage ?? 0 },
    cash: money((more.cash ?? 100_000) * SCALE),
    tickSize: 1,
    dateOf: newYorkDate,
  });
  let at = FIRST_OPEN;
  return {
    exchange,
    send: (o: Partial<Order>) => exchange.submit(order(o), ms(at), seq(1)).map(said),
    cancel: (id: string) => exchange.cancel(orderId(id), AAPL, ms(at), seq(1)).map(said),
    /** The next minute bar. */
    bar: (p: Prices, minutes = 1) => {
      const from = at;
      at += minutes * 60_000;
      return exchange.onBar(bar(AAPL, ms(from), ms(at), ...p, 100, 60_000), ms(from)).map(said);
    },
    wait: (forMs: number) => {
      at += forMs;
    },
    held: () => (exchange.positions()[0]?.shares ?? 0) / SCALE,
    working: () => exchange.working().map((o) => o.id),
  };
};
const long = (e: ReturnType<typeof exchangeOf>, n = 10) => {
  e.send({ id: orderId("in"), qty: count(n) });
  e.bar([100, 100, 100, 100]);
};

describe("one order against one bar", () => {
  const cases: readonly (readonly [what: string, o: Partial<Order>, bar: Prices, price: number | null])[] = [
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
    const e = exchangeOf();
    expect(e.send(o)).toEqual(["o1 accepted"]);
    expect(e.bar(prices)).toEqual(price === null ? [] : [`o1 ${o.side ?? "buy"} 10 at ${price}`]);
    expect(e.held()).toBe(price === null ? 0 : o.side === "sell" ? -10 : 10);
  });
});

describe("the simulated exchange", () => {
  it("does not trade an order in a bar that had begun before it came", () => {
    const e = exchangeOf();
    e.exchange.submit(order(), ms(FIRST_OPEN + 30_000), seq(1));
    expect(e.bar([100, 101, 99, 100])).toEqual([]);
    expect(e.bar([103, 104, 102, 103])).toEqual(["o1 buy 10 at 103"]);
  });

  it("refuses an id that was used before, loudly, also when its order is filled", () => {
    const e = exchangeOf();
    expect(e.send({})).toEqual(["o1 accepted"]);
    expect(() => e.send({})).toThrow("order id o1 was used before");
    e.bar([100, 100, 100, 100]);
    expect(() => e.send({})).toThrow(DuplicateOrderId);
    expect(e.bar([100, 100, 100, 100])).toEqual([]);
    expect(e.held()).toBe(10);
  });

  it("charges commission on both sides and slips against us, but not on limits", () => {
    const e = exchangeOf({ commission: 0.001, slippage: 0.01 });
    e.send({});
    expect(e.bar([100, 100, 100, 100])).toEqual(["o1 buy 10 at 101"]);
    expect(e.exchange.cash()).toBe((100_000 - 1010 - 1.01) * SCALE);
    e.send({ id: orderId("o2"), side: "sell" });
    expect(e.bar([100, 100, 100, 100])).toEqual(["o2 sell 10 at 99"]);
    expect(e.exchange.cash()).toBe((100_000 - 1010 - 1.01 + 990 - 0.99) * SCALE);
    e.send({ id: orderId("o3"), kind: "stop", stopPx: usd(102) });
    expect(e.bar([100, 103, 100, 100])).toEqual(["o3 buy 10 at 103.02"]);
    e.send({ id: orderId("o4"), side: "sell", kind: "limit", limitPx: usd(104) });
    expect(e.bar([100, 105, 100, 100])).toEqual(["o4 sell 10 at 104"]);
  });

  it.each([
    ["buy", 99, 99_000 + 99],
    ["sell", 99, -(99_000 - 99)],
  ] as const)("sizes a %s by cash at the fill, commission included", (side, shares, cost) => {
    const e = exchangeOf({ commission: 0.001 });
    e.send({ side, qty: count(0), cashFraction: 0.9999 });
    expect(e.bar([1000, 1000, 1000, 1000])).toEqual([`o1 ${side} ${shares} at 1000`]);
    expect(e.exchange.cash()).toBe((100_000 - cost) * SCALE);
  });

  it("rejects what cash and margin do not carry, and what buys no share", () => {
    const e = exchangeOf({ cash: 1000 });
    e.send({ qty: count(21) });
    expect(e.bar([100, 100, 100, 100])).toEqual(["o1 rejected INSUFFICIENT_FUNDS"]);
    e.send({ id: orderId("o2"), qty: count(0), cashFraction: 0.5 });
    expect(e.bar([600, 600, 600, 600])).toEqual(["o2 rejected INSUFFICIENT_FUNDS"]);
    e.send({ id: orderId("o3"), qty: count(20) });
    expect(e.bar([100, 100, 100, 100])).toEqual(["o3 buy 20 at 100"]);
  });

  it("cuts an exit to what is held, and cancels it when there is nothing", () => {
    const e = exchangeOf();
    long(e, 4);
    e.send({ side: "sell", reduceOnly: true });
    expect(e.bar([100, 100, 100, 100])).toEqual(["o1 sell 4 at 100"]);
    e.send({ id: orderId("o2"), side: "sell", reduceOnly: true });
    expect(e.bar([100, 100, 100, 100])).toEqual(["o2 cancelled"]);
    expect(e.held()).toBe(0);
  });

  it("works exits before entries at one open, whatever came first", () => {
    const e = exchangeOf();
    long(e);
    e.send({ id: orderId("entry"), side: "sell" });
    e.send({ id: orderId("exit"), side: "sell", reduceOnly: true });
    expect(e.bar([100, 100, 100, 100])).toEqual(["exit sell 10 at 100", "entry sell 10 at 100"]);
    expect(e.held()).toBe(-10);
  });

  it("expires a day order with its New York day, and keeps others", () => {
    const e = exchangeOf();
    e.send({ kind: "limit", limitPx: usd(50), tif: "day" });
    e.send({ id: orderId("o2"), kind: "limit", limitPx: usd(50) });
    expect(e.bar([100, 100, 100, 100])).toEqual([]);
    e.wait(86_400_000);
    expect(e.bar([49, 49, 49, 49])).toEqual(["o1 expired", "o2 buy 10 at 49"]);
  });

  it("does a split to what is held and to what works, and pays dividends", () => {
    const e = exchangeOf();
    long(e);
    e.send({ side: "sell", kind: "stop", stopPx: usd(90), reduceOnly: true });
    const head = { seq: seq(1), v: 1, tEvent: ms(0), tSeen: ms(0), cause: seq(0), ticker: AAPL } as const;
    e.exchange.note({ ...head, type: "account.split", numerator: 2, denominator: 1 });
    expect(e.held()).toBe(20);
    e.exchange.note({ ...head, type: "account.dividend", perShare: usd(0.5) });
    expect(e.exchange.cash()).toBe((100_000 - 1000 + 10) * SCALE);
    expect(e.bar([50, 50, 44, 46])).toEqual(["o1 sell 20 at 45"]);
  });
});

describe("a bracket", () => {
  const bracket = { stopLoss: usd(95), takeProfit: usd(110) };
  const cases: readonly (readonly [what: string, bar: Prices, replies: readonly string[]])[] = [
    ["waits when neither leg is reached", [100, 105, 98, 101], []],
    ["is stopped in the bar of its market entry", [100, 105, 94, 101], ["o1.sl sell 10 at 95", "o1.tp cancelled"]],
    ["takes its profit in the bar of its market entry", [100, 111, 99, 101], ["o1.tp sell 10 at 110", "o1.sl cancelled"]],
    ["is stopped when both legs are hit", [100, 111, 94, 101], ["o1.sl sell 10 at 95", "o1.tp cancelled"]],
    ["is stopped at the open when born beyond its stop", [94, 96, 93, 95], ["o1.sl sell 10 at 94", "o1.tp cancelled"]],
  ];
  it.each(cases)("%s", (_what, prices, replies) => {
    const e = exchangeOf();
    e.send({ bracket });
    expect(e.bar(prices)).toEqual([`o1 buy 10 at ${prices[0]}`, ...replies]);
    expect(e.working()).toEqual(replies.length > 0 ? [] : ["o1.sl", "o1.tp"]);
  });

  it("lives only from the next bar when the entry was a limit", () => {
    const e = exchangeOf();
    e.send({ kind: "limit", limitPx: usd(99), bracket });
    expect(e.bar([100, 111, 94, 101])).toEqual(["o1 buy 10 at 99"]);
    expect(e.bar([112, 113, 94, 101])).toEqual(["o1.sl sell 10 at 95", "o1.tp cancelled"]);
  });

  it("is cancelled when the position is closed otherwise, or turned by one order", () => {
    for (const size of [10, 25]) {
      const e = exchangeOf();
      e.send({ bracket });
      e.bar([100, 100, 100, 100]);
      e.send({ id: orderId("out"), side: "sell", qty: count(size) });
      expect(e.bar([100, 120, 80, 100])).toEqual([`out sell ${size} at 100`, "o1.sl cancelled", "o1.tp cancelled"]);
    }
  });

  it("is cancelled leg by leg or, by its parent's id, whole", () => {
    const e = exchangeOf();
    e.send({ bracket });
    e.bar([100, 100, 100, 100]);
    expect(e.cancel("o1.tp")).toEqual(["o1.tp cancelled"]);
    expect(e.working()).toEqual(["o1.sl"]);
    expect(e.cancel("o1")).toEqual(["o1.sl cancelled"]);
    expect(e.cancel("o1")).toEqual([]);
  });
});
