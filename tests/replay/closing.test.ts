import { describe, expect, it } from "vitest";
import type { Command } from "../../streams/domain/control.ts";
import type { InputEvent } from "../../streams/domain/event.ts";
import { halt } from "../../streams/domain/market.ts";
import type { OrderAction } from "../../streams/domain/order.ts";
import { accountAdopted, accountOpened } from "../../streams/domain/portfolio.ts";
import { money, ms, orderId, SCALE, seq, shares, type Ticker, ticker } from "../../streams/domain/units.ts";
import { count, usd } from "../support/orders.ts";
import { FIRST_OPEN } from "../support/playing.ts";
import { closeOf, fillsOf, heldIn, minutesOf, ordering, pressed, refusalsOf, scripted, viewing } from "../support/scripted.ts";

const AAPL = ticker("AAPL");
const MSFT = ticker("MSFT");
const flatMarket = (symbol: Ticker, length = 20, volume?: number) => minutesOf(symbol, Array(length).fill(100), volume);
const kill: Command = { do: "kill", reason: "smoke" };
const market = (side: "buy" | "sell", n: number): OrderAction => ({
  do: "submit",
  order: { side, kind: "market", qty: count(n), reason: "" },
});
const rest = (side: "buy" | "sell", n: number, at: number, reduceOnly = false): OrderAction => ({
  do: "submit",
  order: { side, kind: "limit", qty: count(n), limitPx: usd(at), reduceOnly, reason: "" },
});
const bracketed = (n: number, stopLoss: number, takeProfit: number): OrderAction => ({
  do: "submit",
  order: {
    side: "buy",
    kind: "market",
    qty: count(n),
    bracket: { stopLoss: usd(stopLoss), takeProfit: usd(takeProfit) },
    reason: "",
  },
});
/** An account that begins with shares: of strangers, or of an earlier run. */
const beginning = (...held: (readonly [book: string, symbol: Ticker, n: number])[]): InputEvent[] => [
  accountOpened(money(10_000 * SCALE), ms(FIRST_OPEN)),
  ...held.map(([book, symbol, n]) =>
    accountAdopted(
      {
        ticker: symbol,
        shares: shares(n * SCALE),
        cost: money(n * 100 * SCALE),
        openFees: money(0),
        openedAt: ms(FIRST_OPEN),
        openedBy: orderId("old"),
        mark: 100,
        book,
      },
      ms(FIRST_OPEN),
    ),
  ),
];
const bull = viewing("bull", (_t, n) => (n === 1 ? 1 : undefined));
const quiet = viewing("quiet", () => undefined);

describe("shares that the deck did not buy", () => {
  const deck = (...commands: InputEvent[]) =>
    scripted([bull], [...beginning(["account", AAPL, 7]), ...flatMarket(AAPL), ...flatMarket(MSFT), ...commands]);

  it("are left alone by a kill, a close and a close of everything", () => {
    for (const command of [kill, { do: "closeAll" }, { do: "close", ticker: AAPL }] as Command[])
      expect(heldIn(deck(pressed(5, command))).filter((h) => h.includes("AAPL"))).toEqual(["account AAPL 7"]);
  });

  it("are sold where the whole account is meant", () => {
    expect(heldIn(deck(pressed(5, { ...kill, wholeAccount: true } as Command)))).toEqual([]);
    expect(heldIn(deck(pressed(5, { do: "closeAll", wholeAccount: true })))).toEqual([]);
    expect(heldIn(deck(pressed(5, { do: "close", ticker: AAPL, wholeAccount: true })))).toEqual(["ensemble MSFT 10"]);
  });

  it("are sold by a second kill that reaches further", () => {
    expect(heldIn(deck(pressed(5, kill), pressed(8, { ...kill, wholeAccount: true } as Command)))).toEqual([]);
  });

  it("count in the limits, and are not the ensemble's to sell", () => {
    const views = viewing("views", (t, n) => (t === AAPL ? (n === 1 ? 1 : n === 5 ? 0 : undefined) : undefined));
    const p = scripted([views], [...beginning(["account", AAPL, 15]), ...flatMarket(AAPL)], {
      risk: { maxPositionFraction: 0.2 },
    });
    expect(refusalsOf(p)[0]).toBe("1 AAPL resized 10 to 7: POSITION_EXCEEDS_LIMIT"); // 11,500 USD × 20 % leaves 800, at 103 each
    expect(heldIn(p)).toEqual(["account AAPL 15"]);
  });

  it("of an earlier run belong to the book that they had", () => {
    const views = viewing("views", (_t, n) => (n === 1 ? 1 : n === 3 ? 0 : undefined));
    const p = scripted([views], [...beginning(["ensemble", AAPL, 4]), ...flatMarket(AAPL)]);
    expect(fillsOf(p)).toEqual(["1 ensemble AAPL buy 6 @ 100", "3 ensemble AAPL sell 10 @ 100"]);
  });
});

describe("a ticker that is closed", () => {
  it("has its resting orders and bracket legs withdrawn, and is sold once", () => {
    const own = ordering("own", (_t, n) => (n === 1 ? [bracketed(10, 90, 120)] : n === 3 ? [rest("buy", 5, 80)] : []));
    for (const command of [kill, { do: "closeAll" }, { do: "close", ticker: AAPL }] as Command[]) {
      const p = scripted([own], [...minutesOf(AAPL, [100, 100, 100, 100, 100, 100, 100, 70, 130]), pressed(5, command)]);
      expect(fillsOf(p)).toEqual(["1 own AAPL buy 10 @ 100", "5 own AAPL sell 10 @ 100"]);
      expect(p.exchange.working()).toEqual([]);
    }
  });

  it("takes no order that rests, an exit neither, so that it can be done", () => {
    const own = ordering("own", (_t, n) => (n === 1 ? [market("buy", 5)] : n === 4 ? [rest("sell", 5, 150, true)] : []));
    const p = scripted([own], [...flatMarket(AAPL, 20, 20), pressed(3, { do: "close", ticker: AAPL })], { volumeShare: 0.1 });
    expect(refusalsOf(p)).toEqual(["4 AAPL denied 5: CLOSING"]);
    expect(heldIn(p)).toEqual([]);
  });

  it("lets a strategy sell at market what it holds, and nobody sells more than there is", () => {
    const own = ordering("own", (_t, n) => (n === 1 ? [market("buy", 5)] : n === 5 ? [market("sell", 5)] : []));
    const p = scripted([own], [...flatMarket(AAPL, 20, 20), pressed(4, { do: "close", ticker: AAPL })], { volumeShare: 0.1 });
    expect(heldIn(p)).toEqual([]);
    expect(p.events.filter((e) => e.type === "closing.ended")).toHaveLength(1);
  });

  it("waits while it is halted, and is done when it trades again", () => {
    const at = (n: number) => ({ tEvent: ms(closeOf(n)), tSeen: ms(closeOf(n)) });
    const p = scripted(
      [bull],
      [
        ...flatMarket(AAPL),
        halt(AAPL, at(3), true, "LULD"),
        pressed(4, { do: "close", ticker: AAPL }),
        halt(AAPL, at(8), false, ""),
      ],
    );
    expect(fillsOf(p)[1]).toMatch(/^8 ensemble AAPL sell 10/);
    expect(heldIn(p)).toEqual([]);
  });

  it("stays closed after a restart of the portfolio", () => {
    const p = scripted(
      [viewing("views", (_t, n) => (n === 1 || n === 6 ? 1 : undefined))],
      [
        ...flatMarket(AAPL, 20, 20),
        pressed(4, { do: "close", ticker: AAPL }),
        pressed(5, { do: "actor", path: "deck/money/portfolio", action: "restart" }),
      ],
      { volumeShare: 0.1, sizing: { by: "shares", shares: 6 } },
    );
    expect(refusalsOf(p)[0]).toBe("6 AAPL denied 6: CLOSING");
    expect(p.events.filter((e) => e.type === "closing.began" || e.type === "closing.ended").map((e) => e.type)).toEqual([
      "closing.began",
      "closing.ended",
    ]);
    expect(heldIn(p)).toEqual(["ensemble AAPL 6"]);
  });
});

describe("a kill", () => {
  it("leaves the pause from before it", () => {
    const p = scripted(
      [viewing("views", (_t, n) => (n === 6 ? 1 : undefined))],
      [
        ...flatMarket(AAPL),
        pressed(2, { do: "pause", reason: "lunch" }),
        pressed(3, kill),
        pressed(4, { do: "unkill" }),
        pressed(9, { do: "resume" }),
      ],
    );
    expect(refusalsOf(p)).toEqual(["6 AAPL denied 10: TRADING_HALTED"]);
    expect(fillsOf(p)).toEqual(["9 ensemble AAPL buy 10 @ 100"]);
  });

  it.each(["risk", "executor", "portfolio"] as const)("stays when %s is stopped and started after it", (actor) => {
    const path = `deck/money/${actor}`;
    const p = scripted(
      [viewing("views", (_t, n) => (n === 1 || n === 8 ? 1 : undefined))],
      [
        ...flatMarket(AAPL, 20, 20),
        pressed(4, kill),
        pressed(5, { do: "actor", path, action: "stop" }),
        pressed(7, { do: "actor", path, action: "restart" }),
      ],
      { volumeShare: 0.1 },
    );
    expect(heldIn(p)).toEqual([]);
    expect(refusalsOf(p).at(-1)).toBe("8 AAPL denied 10: TRADING_HALTED");
  });

  it("with a stopped group of money starts the group", () => {
    for (const path of ["deck/money", "deck/money/portfolio"]) {
      const p = scripted([bull], [...flatMarket(AAPL), pressed(3, { do: "actor", path, action: "stop" }), pressed(5, kill)]);
      expect(heldIn(p)).toEqual([]);
    }
  });

  it("lets orders of strategies neither open nor rest", () => {
    const own = ordering("own", (_t, n) =>
      n === 1 ? [market("buy", 10)] : n === 6 ? [market("buy", 1), rest("buy", 1, 50)] : [],
    );
    const p = scripted([own], [...flatMarket(AAPL), pressed(4, kill)]);
    expect(refusalsOf(p)).toEqual(["6 AAPL denied 1: TRADING_HALTED", "6 AAPL denied 1: TRADING_HALTED"]);
    expect([heldIn(p), p.exchange.working()]).toEqual([[], []]);
  });
});

describe("two strategies with orders in one ticker", () => {
  it("withdraw and trail their own orders alone", () => {
    const first = ordering("first", (_t, n) => (n === 1 ? [bracketed(10, 90, 150)] : n === 4 ? [{ do: "cancelAll" }] : []));
    const second = ordering("second", (_t, n) =>
      n === 1 ? [bracketed(20, 90, 150)] : n === 3 ? [{ do: "replace", stopLoss: usd(95) }] : [],
    );
    const p = scripted([first, second], minutesOf(AAPL, [100, 100, 100, 100, 100, 100, 94, 80]));
    expect(fillsOf(p).slice(2)).toEqual(["6 second AAPL sell 20 @ 95"]);
    expect(heldIn(p)).toEqual(["first AAPL 10"]);
  });

  it("are each told of their own orders, and hold their own shares", () => {
    const p = scripted(
      [ordering("a-b", (_t, n) => (n === 1 ? [market("buy", 3)] : n === 4 ? [market("sell", 3)] : [])), quiet],
      flatMarket(AAPL),
    );
    expect(heldIn(p)).toEqual([]);
    expect(p.collector.trades).toHaveLength(1);
    expect(p.collector.trades[0]?.book).toMatch(/^a_b_/);
  });
});

describe("a rotation that fills in parts", () => {
  it("never has more than the limit: the entry waits until the exit is whole", () => {
    const rotate = viewing("rotate", (t, n) =>
      n === 1 ? (t === MSFT ? 1 : undefined) : n === 6 ? (t === MSFT ? 0 : 1) : undefined,
    );
    const p = scripted([rotate], [...flatMarket(AAPL), ...flatMarket(MSFT, 20, 40)], {
      volumeShare: 0.1,
      risk: { maxOpenPositions: 1 },
    });
    const held = new Map<string, number>();
    for (const e of p.events)
      if (e.type === "order.filled") {
        held.set(e.ticker, (held.get(e.ticker) ?? 0) + (e.side === "buy" ? e.qty : -e.qty));
        expect([...held.values()].filter((n) => n !== 0).length).toBeLessThanOrEqual(1);
      }
    expect(heldIn(p)).toEqual(["ensemble AAPL 10"]);
  });
});

describe("an order against what is held", () => {
  it("passes in the part that closes where the rest may not open", () => {
    const own = ordering("own", (_t, n) => (n === 1 ? [market("buy", 10)] : n === 3 ? [market("sell", 20)] : []));
    const p = scripted([own], flatMarket(AAPL), { risk: { allowShort: false } });
    expect(refusalsOf(p)).toEqual(["3 AAPL denied 10: SHORT_NOT_ALLOWED"]);
    expect(heldIn(p)).toEqual([]);
  });

  it("turns a position in one moment, also where there is room for one only", () => {
    const turning = viewing("turning", (_t, n) => (n === 1 || n === 7 ? 1 : n === 4 ? -1 : undefined));
    const p = scripted([turning], flatMarket(AAPL), {
      sizing: { by: "shares", shares: 19 },
      risk: { maxPositionFraction: 0.2, maxGrossExposure: 0.2, maxOpenPositions: 1 },
    });
    expect(refusalsOf(p)).toEqual([]);
    expect(fillsOf(p).map((f) => f.split(" ")[0])).toEqual(["1", "4", "4", "7", "7"]);
    expect(heldIn(p)).toEqual(["ensemble AAPL 19"]);
  });

  it("that is withdrawn and sent anew in one moment is at work once", () => {
    const own = ordering("own", (_t, n) =>
      n === 1 ? [rest("buy", 50, 90)] : n > 2 && n < 7 ? [{ do: "cancelAll" }, rest("buy", 50, 90 + n)] : [],
    );
    const p = scripted([own], flatMarket(AAPL, 10));
    expect(refusalsOf(p)).toEqual([]);
    expect(p.exchange.working().map((o) => o.limitPx)).toEqual([usd(96)]);
  });

  it("that rests counts as a position to be", () => {
    const own = ordering("own", (_t, n) => (n === 1 ? [rest("buy", 5, 90)] : []));
    const p = scripted([own], [...flatMarket(AAPL), ...flatMarket(MSFT)], { risk: { maxOpenPositions: 1 } });
    expect(refusalsOf(p)).toEqual(["1 MSFT denied 5: TOO_MANY_POSITIONS"]);
  });
});

describe("a split", () => {
  it("is of working orders too: the stop of a bracket is at half the price for twice the shares", () => {
    const own = ordering("own", (_t, n) => (n === 1 ? [bracketed(10, 90, 120)] : []));
    const at = ms(closeOf(4));
    const split: InputEvent = {
      type: "account.split",
      seq: seq(0),
      v: 1,
      tEvent: at,
      tSeen: at,
      cause: seq(0),
      ticker: AAPL,
      numerator: 2,
      denominator: 1,
    };
    const p = scripted([own], [...minutesOf(AAPL, [100, 100, 100, 100, 100, [50, 50, 50, 50], 50, 44, 44]), split]);
    expect(fillsOf(p)[1]).toBe("7 own AAPL sell 20 @ 45");
  });
});

describe("actors that start again", () => {
  const restart = (minute: number, path: string) => pressed(minute, { do: "actor", path, action: "restart" });

  it("the ensemble has every view that stood, and none from before a close", () => {
    const [v, w] = [viewing("v", (_t, n) => (n === 1 ? 1 : undefined)), viewing("w", (_t, n) => (n === 9 ? 1 : undefined))];
    const strengths = (...commands: InputEvent[]) =>
      scripted([v, w], [...flatMarket(AAPL), ...commands]).events.flatMap((e) => (e.type === "target.set" ? [e.strength] : []));
    expect(strengths(restart(6, "deck/ideas/ensemble"))).toEqual([0.5, 1]);
    expect(strengths(pressed(4, { do: "close", ticker: AAPL }), restart(6, "deck/ideas/ensemble"))).toEqual([0.5, 0.5]);
  });

  it.each(["portfolio", "risk", "executor"])("%s in a pause: the denied target is tried again when it ends", (actor) => {
    const p = scripted(
      [bull],
      [
        ...flatMarket(AAPL),
        pressed(0, { do: "pause", reason: "lunch" }),
        restart(3, `deck/money/${actor}`),
        pressed(6, { do: "resume" }),
      ],
    );
    expect(fillsOf(p)).toEqual(["6 ensemble AAPL buy 10 @ 100"]);
  });

  it("the portfolio knows of an exceeded limit, and of a target that it kept out", () => {
    const two = viewing("two", (t, n) => ((t === AAPL && n === 1) || (t === MSFT && n === 4) ? 1 : undefined));
    for (const minute of [3, 5]) {
      const p = scripted(
        [two],
        [
          ...minutesOf(AAPL, [100, 100, [150, 150, 150, 150], 150, 150, 150, 150, 60, 60, 60]),
          ...flatMarket(MSFT, 10),
          restart(minute, "deck/money/portfolio"),
        ],
        { sizing: { by: "shares", shares: 40 }, risk: { maxPositionFraction: 0.5 } },
      );
      expect(refusalsOf(p)[0]).toBe("4 MSFT denied 40: LIMIT_EXCEEDED");
      expect(fillsOf(p).at(-1)).toBe("7 ensemble MSFT buy 31 @ 100");
    }
  });
});

describe("what strategies learn", () => {
  it("is of the trades of their own book", () => {
    const own = ordering("own", (_t, n) => (n === 1 ? [market("buy", 10)] : n === 6 ? [market("sell", 10)] : []));
    const views = viewing("views", (_t, n) => (n === 2 ? 1 : n === 8 ? 0 : undefined));
    const p = scripted([own, views], minutesOf(AAPL, [100, 100, 101, 102, 103, 104, 105, 106, 107, 108, 109]));
    expect(p.events.flatMap((e) => (e.type === "learning.outcome" ? [`${e.strategy} ${e.credit}`] : []))).toEqual([
      "own 50",
      "views 60",
    ]);
  });
});
