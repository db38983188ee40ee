import { describe, expect, it } from "vitest";
import { type OrderAction, signOf } from "../../streams/domain/order.ts";
import { SCALE, type Ticker, ticker, toPx } from "../../streams/domain/units.ts";
import { equity, sharesIn, sharesOf } from "../../streams/portfolio/ledger.ts";
import type { OrderNews } from "../../streams/strategies/define.ts";
import { count, usd } from "../support/orders.ts";
import type { Played } from "../support/playing.ts";
import { closeOf, fillsOf, heldIn, minutesOf, ordering, pressed, refusalsOf, scripted, viewing } from "../support/scripted.ts";

const AAPL = ticker("AAPL");
const MSFT = ticker("MSFT");
const flatMarket = (symbol: Ticker, length = 20, volume?: number) => minutesOf(symbol, Array(length).fill(100), volume);
/** Long of everything from the second bar on. */
const bull = viewing("bull", (_t, n) => (n === 1 ? 1 : undefined));
const typed = <T extends Played["events"][number]["type"]>(p: Played, type: T) => p.events.filter((e) => e.type === type);
const market = (side: "buy" | "sell", n: number): OrderAction => ({
  do: "submit",
  order: { side, kind: "market", qty: count(n), reason: "" },
});
const limit = (side: "buy" | "sell", n: number, at: number): OrderAction => ({
  do: "submit",
  order: { side, kind: "limit", qty: count(n), limitPx: usd(at), reason: "" },
});

describe("books", () => {
  it("are each their own: the ensemble sells only what it bought", () => {
    const own = ordering("own", (_t, n) => (n === 1 ? [market("buy", 50)] : []));
    const views = viewing("views", (_t, n) => (n === 3 ? 1 : n === 6 ? 0 : undefined));
    const p = scripted([own, views], flatMarket(AAPL), { cash: "100000", sizing: { by: "shares", shares: 30 } });
    expect(fillsOf(p)).toEqual(["1 own AAPL buy 50 @ 100", "3 ensemble AAPL buy 30 @ 100", "6 ensemble AAPL sell 30 @ 100"]);
    expect(heldIn(p)).toEqual(["own AAPL 50"]);
    expect(p.collector.trades.map((t) => [t.book, t.shares / SCALE])).toEqual([["ensemble", 30]]);
  });

  it("may not oppose each other", () => {
    const own = ordering("own", (_t, n) => (n === 1 ? [market("buy", 50)] : []));
    const views = viewing("views", (_t, n) => (n === 3 ? -1 : undefined));
    const p = scripted([own, views], flatMarket(AAPL), { cash: "100000" });
    expect(refusalsOf(p)).toEqual(["3 AAPL denied 10: OPPOSES_BOOK"]);
    expect(heldIn(p)).toEqual(["own AAPL 50"]);
  });

  it("are closed each by itself when a person closes the ticker", () => {
    const own = ordering("own", (_t, n) => (n === 1 ? [market("buy", 50)] : []));
    const views = viewing("views", (_t, n) => (n === 3 ? 1 : undefined));
    const p = scripted([own, views], [...flatMarket(AAPL), pressed(6, { do: "close", ticker: AAPL })], { cash: "100000" });
    expect(fillsOf(p).slice(2).sort()).toEqual(["6 ensemble AAPL sell 10 @ 100", "6 own AAPL sell 50 @ 100"]);
    expect(p.collector.trades.map((t) => t.book).sort()).toEqual(["ensemble", "own"]);
  });
});

describe("limits", () => {
  const gap = (to: number) => minutesOf(AAPL, [100, 100, [to, to, to, to], to, to, to, to]);

  it("cut a fill at a gap to what the account can pay: 100 shares sized at 100 and filled at 150", () => {
    const p = scripted([bull], gap(150), { sizing: { by: "shares", shares: 100 } });
    expect(refusalsOf(p)[0]).toBe("1 AAPL resized 100 to 97: POSITION_EXCEEDS_LIMIT");
    expect(fillsOf(p)[0]).toBe("1 ensemble AAPL buy 66 @ 150");
    expect(p.collector.ledger.cash).toBeGreaterThanOrEqual(0);
    expect(equity(p.collector.ledger)).toBe(10_000 * SCALE);
  });

  it("that a gap takes an account past are told, and nothing opens until it is within", () => {
    const two = viewing("two", (t, n) => ((t === AAPL && n === 1) || (t === MSFT && n === 4) ? 1 : undefined));
    const p = scripted(
      [two],
      [...minutesOf(AAPL, [100, 100, [150, 150, 150, 150], 150, 150, 150, 150, 60, 60, 60]), ...flatMarket(MSFT, 10)],
      {
        sizing: { by: "shares", shares: 40 },
        risk: { maxPositionFraction: 0.5 },
      },
    );
    expect(fillsOf(p)[0]).toBe("1 ensemble AAPL buy 40 @ 150");
    expect(typed(p, "limit.exceeded")).toMatchObject([
      { ticker: AAPL, limit: "position", value: 6_000 * SCALE, most: 5_000 * SCALE, tSeen: closeOf(1) },
    ]);
    expect(refusalsOf(p)).toContain("4 MSFT denied 40: LIMIT_EXCEEDED");
    expect(typed(p, "limit.restored")).toMatchObject([{ ticker: AAPL, limit: "position", tSeen: closeOf(7) }]);
    expect(fillsOf(p).at(-1)).toMatch(/^7 ensemble MSFT buy/);
  });

  it("are never passed by five orders of one moment that are sized by cash", () => {
    const five = ["TA", "TB", "TC", "TD", "TE"].map(ticker);
    const p = scripted(
      [bull],
      five.flatMap((t) => flatMarket(t)),
      {
        sizing: { by: "cash", fraction: 0.2 },
        risk: { maxGrossExposure: 0.5 },
      },
    );
    const { ledger } = p.collector;
    const gross = five.reduce((sum, t) => sum + (sharesOf(ledger, t) / SCALE) * 100, 0);
    expect(gross).toBeGreaterThan(3_000);
    expect(gross).toBeLessThanOrEqual(5_000);
  });

  it("are not passed by a far exit and buys beside it, nor by a far buy and a sell", () => {
    const sneaky = ordering("sneaky", (_t, n) => {
      if (n === 1) return [market("buy", 19)];
      if (n === 3)
        return [
          {
            do: "submit",
            order: { side: "sell", kind: "limit", qty: count(19), limitPx: usd(500), reduceOnly: true, reason: "" },
          },
          market("buy", 19),
        ];
      return n === 5 ? [limit("buy", 50, 10), market("sell", 40)] : [];
    });
    const p = scripted([sneaky], flatMarket(AAPL), { risk: { maxPositionFraction: 0.2, allowShort: false } });
    expect(sharesOf(p.collector.ledger, AAPL)).toBe(0);
    let most = 0;
    let held = 0;
    for (const e of p.events)
      if (e.type === "order.filled") {
        held += signOf(e.side) * e.qty;
        most = Math.max(most, held);
      }
    expect(most / SCALE).toBeLessThanOrEqual(20);
  });

  it("of an account that is worth nothing end trading by itself, and again when a person takes that back, although nothing is held", () => {
    const bear = viewing("bear", (_t, n) => (n === 1 ? -1 : n === 6 || n === 10 ? 1 : undefined));
    const prices = [100, 100, 100, 250, 250, 250, 250, 250, 250, 250, 250, 250];
    const p = scripted([bear], [...minutesOf(AAPL, prices), pressed(4, { do: "resume" }), pressed(9, { do: "unkill" })], {
      sizing: { by: "shares", shares: 90 },
    });
    const [stopped] = typed(p, "trading.stopped");
    expect(stopped).toMatchObject({ tSeen: closeOf(3), equity: (10_000 - 90 * 150) * SCALE });
    expect(typed(p, "trading.stopped").map((e) => e.tSeen)).toEqual([closeOf(3), closeOf(9)]);
    expect(fillsOf(p).slice(0, 2)).toEqual(["1 ensemble AAPL sell 90 @ 100", "3 ensemble AAPL buy 90 @ 250"]);
    expect(refusalsOf(p).filter((r) => r.startsWith("6 "))).toEqual(["6 AAPL denied 90: TRADING_HALTED"]);
    expect(heldIn(p)).toEqual([]);
  });
});

describe("a rotation", () => {
  const rotate = viewing("rotate", (t, n) =>
    n === 1 ? (t === MSFT ? 1 : undefined) : n === 4 ? (t === MSFT ? 0 : 1) : undefined,
  );
  const both = [...flatMarket(AAPL), ...flatMarket(MSFT)];

  it.each([
    ["one position at most", { maxOpenPositions: 1 }],
    ["no more money", { maxGrossExposure: 0.11, maxPositionFraction: 0.11 }],
  ] as const)("happens in one moment with %s: the entry waits for the exit, whichever ticker is first", (_what, risk) => {
    const p = scripted([rotate], both, { risk });
    expect(refusalsOf(p)).toEqual([]);
    const [, exit, entry] = typed(p, "order.submitted").flatMap((e) => (e.type === "order.submitted" ? [e.order] : []));
    expect([exit?.ticker, entry?.ticker, entry?.after]).toEqual([MSFT, AAPL, [exit?.id]]);
    expect(fillsOf(p)).toEqual(["1 ensemble MSFT buy 10 @ 100", "4 ensemble MSFT sell 10 @ 100", "4 ensemble AAPL buy 10 @ 100"]);
    const [out, into] = typed(p, "order.filled").slice(1);
    expect(into?.tSeen).toBe(out?.tSeen);
  });

  it("whose exit does not fill in time never has both positions", () => {
    // nothing trades in MSFT from minute 5 on
    const p = scripted([rotate], [...flatMarket(AAPL), ...flatMarket(MSFT, 5)], { risk: { maxOpenPositions: 1 } });
    expect(heldIn(p)).toEqual(["ensemble MSFT 10"]);
  });

  it("waits for an exit of an earlier moment too, that is on its way for several bars", () => {
    const later = viewing("later", (t, n) => (t === MSFT ? (n === 1 ? 1 : n === 6 ? 0 : undefined) : n === 7 ? 1 : undefined));
    const thin = minutesOf(MSFT, Array<number>(12).fill(100), 40); // four shares a bar
    const p = scripted([later], [...flatMarket(AAPL), ...thin], { risk: { maxOpenPositions: 1 }, volumeShare: 0.1 });
    expect(refusalsOf(p)).toEqual([]);
    expect(fillsOf(p).slice(-4)).toEqual([
      "6 ensemble MSFT sell 4 @ 100",
      "7 ensemble MSFT sell 4 @ 100",
      "8 ensemble MSFT sell 2 @ 100",
      "8 ensemble AAPL buy 10 @ 100",
    ]);
  });

  it("waits for nothing where both have room", () => {
    const p = scripted([rotate], both);
    expect(typed(p, "order.submitted").map((e) => (e.type === "order.submitted" ? e.order.after : []))).toEqual([[], [], []]);
  });
});

describe("a strategy with orders of its own", () => {
  it("is told what became of them: denied, resized, filled, cancelled", () => {
    const heard: OrderNews[] = [];
    const own = ordering(
      "own",
      (_t, n) =>
        n === 1
          ? [market("buy", 40)]
          : n === 3
            ? [market("buy", 10)]
            : n === 5
              ? [limit("sell", 1, 200)]
              : n === 6
                ? [{ do: "cancelAll" }]
                : [],
      heard,
    );
    scripted([own], flatMarket(AAPL), { risk: { maxPositionFraction: 0.2 } });
    expect(heard.map((n) => `${n.is} ${n.filled / SCALE} ${n.denial?.code ?? ""}`.trim())).toEqual([
      "resized 0 POSITION_EXCEEDS_LIMIT",
      "filled 19",
      "denied 0 POSITION_EXCEEDS_LIMIT",
      "cancelled 0",
    ]);
  });

  it("can trail a stop: replace moves the exits of its bracket", () => {
    const own = ordering("own", (_t, n) => {
      if (n === 1)
        return [
          {
            do: "submit",
            order: {
              side: "buy",
              kind: "market",
              qty: count(10),
              bracket: { stopLoss: usd(90), takeProfit: usd(200) },
              reason: "",
            },
          },
        ];
      return n === 4 ? [{ do: "replace", stopLoss: toPx(105) }] : [];
    });
    const p = scripted([own], minutesOf(AAPL, [100, 100, 100, 110, 112, 112, 104, 104]));
    expect(fillsOf(p)).toEqual(["1 own AAPL buy 10 @ 100", "6 own AAPL sell 10 @ 105"]);
    expect(typed(p, "order.replaced")).toHaveLength(1);
    expect(sharesIn(p.collector.ledger, "own", AAPL)).toBe(0);
  });

  it("whose brackets are withdrawn has no legs left", () => {
    const own = ordering("own", (_t, n) => {
      if (n === 1)
        return [
          {
            do: "submit",
            order: { side: "buy", kind: "market", qty: count(10), bracket: { stopLoss: usd(90), takeProfit: null }, reason: "" },
          },
        ];
      return n === 4 ? [{ do: "cancelAll" }] : [];
    });
    const p = scripted([own], minutesOf(AAPL, [100, 100, 100, 100, 100, 100, 80, 80]));
    expect(heldIn(p)).toEqual(["own AAPL 10"]);
  });
});
