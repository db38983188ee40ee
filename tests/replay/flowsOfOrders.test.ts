import { describe, expect, it } from "vitest";
import { type Bar, bar, halt } from "../../streams/domain/market.ts";
import type { OrderAction, OrderIntent } from "../../streams/domain/order.ts";
import type { Split } from "../../streams/domain/portfolio.ts";
import { type Ms, ms, seq, type Ticker, ticker, toPx } from "../../streams/domain/units.ts";
import type { OrderNews } from "../../streams/strategies/define.ts";
import { count, usd } from "../support/orders.ts";
import type { Played } from "../support/playing.ts";
import { closeOf, fillsOf, heldIn, minutesOf, ordering, pressed, refusalsOf, scripted, viewing } from "../support/scripted.ts";

const AAPL = ticker("AAPL");
const MSFT = ticker("MSFT");
const DAY = 86_400_000;
const typed = <T extends Played["events"][number]["type"]>(p: Played, type: T) => p.events.filter((e) => e.type === type);
const submit = (o: Partial<OrderIntent> & Pick<OrderIntent, "side">): OrderAction => ({
  do: "submit",
  order: { kind: "market", qty: count(10), reason: "", ...o },
});
const flat = (symbol: Ticker, length = 20, volume?: number) => minutesOf(symbol, Array(length).fill(100), volume);
const stamp = (at: number) => ({ tEvent: ms(at), tSeen: ms(at) });
const shifted = (bars: readonly Bar[], by: number): Bar[] =>
  bars.map((b) => ({ ...b, tEvent: ms(b.tEvent + by), tSeen: ms(b.tSeen + by) }));
const split = (at: Ms, numerator: number, denominator: number): Split =>
  ({
    type: "account.split",
    seq: seq(0),
    v: 1,
    tEvent: at,
    tSeen: at,
    cause: seq(0),
    ticker: AAPL,
    numerator,
    denominator,
  }) as Split;

describe("bracket legs that nobody bore", () => {
  // Quite regular: a resting entry with a bracket; the strategy then goes short; the entry fills and only closes the short.
  const own = ordering("own", (_t, n) =>
    n === 1
      ? [submit({ side: "buy", kind: "limit", limitPx: usd(95), bracket: { stopLoss: usd(90), takeProfit: usd(110) } })]
      : n === 3
        ? [submit({ side: "sell" })]
        : n === 12
          ? [submit({ side: "buy" })]
          : [],
  );
  const prices = [100, 100, 100, 100, 100, 94, ...Array<number>(12).fill(100)];

  it("a close of a ticker that is flat ends", () => {
    const p = scripted([own], [...minutesOf(AAPL, prices), pressed(8, { do: "close", ticker: AAPL })]);
    expect(heldIn(p)).toEqual(["own AAPL 10"]); // of the entry after the close
    expect(p.exchange.working()).toEqual([]);
    expect(typed(p, "closing.began").length).toBe(typed(p, "closing.ended").length);
    expect(refusalsOf(p)).toEqual([]);
  });

  it("also after an exit that carried a bracket", () => {
    const exits = ordering("own", (_t, n) =>
      n === 1
        ? [submit({ side: "buy" })]
        : n === 3
          ? [submit({ side: "sell", reduceOnly: true, bracket: { stopLoss: usd(110), takeProfit: usd(90) } })]
          : [],
    );
    const p = scripted([exits], [...flat(AAPL), pressed(8, { do: "close", ticker: AAPL })]);
    expect(heldIn(p)).toEqual([]);
    expect(p.exchange.working()).toEqual([]);
    expect(typed(p, "closing.ended")).toHaveLength(typed(p, "closing.began").length);
  });
});

describe("bars whose time was traded already", () => {
  it("a bar that a feed says five times is traded once", () => {
    const own = ordering("own", (_t, n) => (n === 1 ? [submit({ side: "buy", qty: count(50) })] : []));
    const bars = flat(AAPL, 3, 100); // ten shares a bar
    const again = Array.from({ length: 4 }, () => ({ ...(bars[2] as Bar), tSeen: ms(closeOf(2) + 1_000) }));
    const p = scripted([own], [...bars, ...again], { volumeShare: 0.1 });
    expect(fillsOf(p)).toEqual(["1 own AAPL buy 10 @ 100"]);
  });

  it("a stop raised at noon is not sold at the morning's open by the daily bar beside the minutes", () => {
    const own = ordering("own", (_t, n) =>
      n === 1
        ? [submit({ side: "buy", bracket: { stopLoss: usd(90), takeProfit: null } })]
        : n === 1444
          ? [{ do: "replace", stopLoss: usd(105) }]
          : [],
    );
    const day2 = shifted(minutesOf(AAPL, [100, 101, 105, 110, 112, 112, 112, 112]), DAY);
    const daily = bar(AAPL, (day2[0] as Bar).tEvent, (day2.at(-1) as Bar).tSeen, 100, 112, 100, 112, 1e6, 23_400_000);
    const p = scripted([own], [...minutesOf(AAPL, [100, 100, 100, 100]), ...day2, daily]);
    // since the stop was raised to 105 the price never was below 112
    expect(heldIn(p)).toEqual(["own AAPL 10"]);
  });

  it("the rest of a market order does not get this morning's open at the day's end", () => {
    const own = ordering("own", (_t, n) => (n === 3 ? [submit({ side: "buy", qty: count(50) })] : []));
    const day2 = shifted(minutesOf(AAPL, [[100, 100, 100, 100], 101, 105, 110, 112], 50), DAY);
    const daily = bar(AAPL, (day2[0] as Bar).tEvent, (day2.at(-1) as Bar).tSeen, 100, 112, 100, 112, 1_000, 23_400_000);
    const p = scripted([own], [...minutesOf(AAPL, [100, 100, 100, 100]), ...day2, daily], { volumeShare: 0.1 });
    expect(fillsOf(p).at(-1)).not.toBe("1443 own AAPL buy 25 @ 100"); // the market stood at 112
  });
});

describe("an entry that waits for an exit", () => {
  it("does not get a price from before it was free: bars of five minutes beside bars of one", () => {
    const t0 = closeOf(4);
    const five = (k: number, o: number, c: number) =>
      bar(MSFT, ms(t0 + k * 300_000), ms(t0 + (k + 1) * 300_000), o, Math.max(o, c), Math.min(o, c), c, 1e6, 300_000);
    const rotate = viewing("rotate", (t, n) => (n === 1 && t === AAPL ? 1 : n === 4 ? (t === AAPL ? 0 : 1) : undefined));
    const p = scripted(
      [rotate],
      [...minutesOf(AAPL, Array<number>(20).fill(100), 40), five(-1, 100, 100), five(0, 100, 130), five(1, 130, 130)],
      { volumeShare: 0.1, risk: { maxOpenPositions: 1 } },
    );
    const fills = typed(p, "order.filled");
    const lastExit = Math.max(...fills.filter((e) => "side" in e && e.side === "sell").map((e) => e.tEvent));
    const entries = fills.filter((e) => "ticker" in e && e.ticker === MSFT);
    // exits are done at t0 + 2 min; the entry filled at the open of t0
    for (const e of entries) expect(e.tEvent).toBeGreaterThanOrEqual(lastExit);
  });
});

describe("a halt", () => {
  const own = ordering("own", (_t, n) => (n === 1 ? [submit({ side: "buy", kind: "limit", limitPx: usd(95) })] : []));

  it("that is lifted when a bar closes lets nothing trade in that bar", () => {
    const p = scripted(
      [own],
      [
        halt(AAPL, stamp(closeOf(3)), true, "x"),
        halt(AAPL, stamp(closeOf(6)), false, "x"),
        ...minutesOf(AAPL, [100, 100, 100, 100, 100, 100, [100, 100, 90, 100], 100, 100]),
      ],
    );
    expect(fillsOf(p)).toEqual([]);
  });

  it("that is lifted a second before a bar closes does not let it trade at that bar's open", () => {
    const p = scripted(
      [own],
      [
        halt(AAPL, stamp(closeOf(3)), true, "x"),
        halt(AAPL, stamp(closeOf(6) - 1_000), false, "x"),
        ...minutesOf(AAPL, [100, 100, 100, 100, 100, 100, [90, 100, 90, 100], 100, 100]),
      ],
    );
    expect(fillsOf(p)).toEqual([]);
  });
});

describe("a close that brings an actor of money back", () => {
  it.each(["risk", "executor", "portfolio"])("ends the pause that its stop had begun: %s", (actor) => {
    const bull = viewing("bull", (_t, n) => (n === 1 || n === 12 ? 1 : undefined));
    const p = scripted(
      [bull],
      [
        ...flat(AAPL),
        pressed(4, { do: "actor", path: `deck/money/${actor}`, action: "stop" }),
        pressed(6, { do: "close", ticker: AAPL }),
      ],
    );
    expect(p.life.some((l) => l.kind === "started" && l.path === `deck/money/${actor}` && l.at >= closeOf(6))).toBe(true);
    expect(typed(p, "closing.ended")).toHaveLength(1);
    expect(refusalsOf(p)).toEqual([]);
  });
});

describe("replace in the moment of its submit", () => {
  it("moves the stop of the entry that waits", () => {
    const own = ordering("own", (_t, n) =>
      n === 1
        ? [submit({ side: "buy", bracket: { stopLoss: usd(90), takeProfit: null } }), { do: "replace", stopLoss: usd(99) }]
        : [],
    );
    const p = scripted([own], minutesOf(AAPL, [100, 100, 100, 100, 95, 95, 95]));
    expect(fillsOf(p)).toEqual(["1 own AAPL buy 10 @ 100", "4 own AAPL sell 10 @ 99"]);
  });
});

describe("an order of many shares", () => {
  it("is cut to the limit, and does not crash risk", () => {
    const heard: OrderNews[] = [];
    const own = ordering("own", (_t, n) => (n === 1 ? [submit({ side: "buy", qty: count(100_000_000) })] : []), heard);
    const p = scripted([own], flat(AAPL), { risk: { maxPositionFraction: 0.2 } });
    expect(p.life.filter((l) => l.kind === "crashed")).toEqual([]);
    expect(heard[0]?.is).toBe("resized");
  });

  it("does not cost another strategy its entry in the same moment", () => {
    const own = ordering("own", (t, n) => (n === 1 && t === AAPL ? [submit({ side: "buy", qty: count(100_000_000) })] : []));
    const other = ordering("other", (t, n) => (n === 1 && t === MSFT ? [submit({ side: "buy" })] : []));
    const p = scripted([own, other], [...flat(AAPL), ...flat(MSFT)], { risk: { maxPositionFraction: 0.2 } });
    expect(fillsOf(p)).toContain("1 other MSFT buy 10 @ 100");
  });
});

describe("a split", () => {
  it("seen in the moment in which an order was wanted rescales the order", () => {
    const own = ordering("own", (_t, n) =>
      n === 1
        ? [submit({ side: "buy", kind: "limit", limitPx: usd(98), bracket: { stopLoss: usd(90), takeProfit: usd(120) } })]
        : [],
    );
    const p = scripted([own], [...minutesOf(AAPL, [100, 100, [50, 50, 50, 50], 50, 50, 50, 50]), split(ms(closeOf(1)), 2, 1)]);
    // two for one at 100: the limit is 49, the stop 45.
    expect(fillsOf(p)).toEqual([]);
  });
});

describe("limits by the letter", () => {
  it("an order cut below minOrderNotional does not pass", () => {
    const own = ordering("own", (_t, n) =>
      n === 1 ? [submit({ side: "buy", qty: count(19) })] : n === 3 ? [submit({ side: "buy", qty: count(60) })] : [],
    );
    const p = scripted([own], flat(AAPL), { risk: { maxPositionFraction: 0.22, minOrderNotional: "1000" } });
    expect(fillsOf(p)).toEqual(["1 own AAPL buy 19 @ 100"]);
  });

  it.each([
    ["below the least US price step", toPx(0.00005), 0.00009, null],
    ["below an explicit step", usd(0.03), 0.04, 50_000],
  ] as const)("a limit is never worsened: %s", (_what, limitPx, price, tickSize) => {
    const own = ordering("own", (_t, n) => (n === 1 ? [submit({ side: "buy", kind: "limit", limitPx })] : []));
    const p = scripted([own], minutesOf(AAPL, Array<number>(6).fill(price)), { tickSize, risk: { minOrderNotional: "0" } });
    for (const e of typed(p, "order.filled")) expect("px" in e ? e.px : 0).toBeLessThanOrEqual(limitPx);
  });
});

describe("what a strategy is told", () => {
  it("an order that cancelAll took back in its own moment is told", () => {
    const heard: OrderNews[] = [];
    const own = ordering("own", (_t, n) => (n === 1 ? [submit({ side: "buy" }), { do: "cancelAll" }] : []), heard);
    scripted([own], flat(AAPL));
    expect(heard).toHaveLength(1);
  });

  it("a limit or stop order without its price is refused", () => {
    const heard: OrderNews[] = [];
    const own = ordering(
      "own",
      (_t, n) => (n === 1 ? [submit({ side: "buy", kind: "limit" })] : n === 3 ? [submit({ side: "sell", kind: "stop" })] : []),
      heard,
    );
    const p = scripted([own], flat(AAPL));
    expect(p.exchange.working()).toEqual([]);
    expect(heard.length).toBeGreaterThan(0);
  });
  it("replace of a stop-loss that a bracket has not is told or done", () => {
    const heard: OrderNews[] = [];
    const own = ordering(
      "own",
      (_t, n) =>
        n === 1
          ? [submit({ side: "buy", bracket: { stopLoss: null, takeProfit: usd(120) } })]
          : n === 4
            ? [{ do: "replace", stopLoss: usd(98) }]
            : [],
      heard,
    );
    const p = scripted([own], minutesOf(AAPL, [100, 100, 100, 105, 105, 105, 97, 90, 90, 90]));
    expect(heldIn(p).length === 0 || heard.length > 1).toBe(true);
  });
});
