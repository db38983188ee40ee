import { describe, expect, it } from "vitest";
import { bar } from "../../streams/domain/market.ts";
import type { OrderAction } from "../../streams/domain/order.ts";
import { ms, type Ticker, ticker } from "../../streams/domain/units.ts";
import type { OrderNews } from "../../streams/strategies/define.ts";
import { changed, crashOnce } from "../support/crashing.ts";
import { count, usd } from "../support/orders.ts";
import { closeOf, fillsOf, heldIn, minutesOf, ordering, pressed, refusalsOf, scripted, viewing } from "../support/scripted.ts";

const AAPL = ticker("AAPL");
const MSFT = ticker("MSFT");
const DAY_MS = 86_400_000;
const flatMarket = (symbol: Ticker, length = 20) => minutesOf(symbol, Array(length).fill(100));
const nextDay = (bars: ReturnType<typeof minutesOf>) =>
  bars.map((b) => bar(b.ticker, ms(b.tEvent + DAY_MS), ms(b.tSeen + DAY_MS), b.open, b.high, b.low, b.close, b.volume, b.barMs));
const market = (side: "buy" | "sell", n: number, reduceOnly = false): OrderAction => ({
  do: "submit",
  order: { side, kind: "market", qty: count(n), reduceOnly, reason: "" },
});
const taken = (actor: string) => [
  pressed(3, { do: "actor", path: `deck/money/${actor}`, action: "stop" }),
  pressed(8, { do: "actor", path: `deck/money/${actor}`, action: "restart" }),
];

describe("what was wanted while it could not be had", () => {
  it("is had when it may: a target set while the portfolio was stopped", () => {
    const views = viewing("views", (_t, n) => (n === 1 ? 1 : n === 4 ? -1 : undefined));
    expect(heldIn(scripted([views], [...flatMarket(AAPL), ...taken("portfolio")]))).toEqual(["ensemble AAPL -10"]);
  });

  it("is had when it may: a target that the day's loss kept out, on the next day", () => {
    const views = viewing("views", (t, n) => ((t === AAPL && n === 1) || (t === MSFT && n === 5) ? 1 : undefined));
    const p = scripted(
      [views],
      [
        ...minutesOf(AAPL, [100, 100, 100, 90, 90, 90, 90]),
        ...flatMarket(MSFT, 7),
        ...nextDay(minutesOf(AAPL, [90, 90, 90])),
        ...nextDay(flatMarket(MSFT, 5)),
      ],
      { sizing: { by: "shares", shares: 50 }, risk: { maxDailyLossFraction: 0.03, maxGrossExposure: 2, leverage: 2 } },
    );
    expect(refusalsOf(p)[0]).toBe("5 MSFT denied 50: DAILY_LOSS_EXCEEDS_LIMIT");
    expect(heldIn(p)).toEqual(["ensemble AAPL 50", "ensemble MSFT 50"]);
  });

  it.each(["risk", "executor"])("is no more than was wanted: an exit of a part that was lost while %s was stopped", (actor) => {
    const own = ordering("own", (_t, n) => (n === 1 ? [market("buy", 20)] : n === 6 ? [market("sell", 5, true)] : []));
    const p = scripted([own], [...flatMarket(AAPL), ...taken(actor)]);
    expect(fillsOf(p).slice(1)).toEqual(["8 own AAPL sell 5 @ 100"]);
    expect(heldIn(p)).toEqual(["own AAPL 15"]);
  });
});

describe("a trade that closed while the portfolio was stopped", () => {
  const bracketed: OrderAction = {
    do: "submit",
    order: { side: "buy", kind: "market", qty: count(20), bracket: { stopLoss: null, takeProfit: usd(105) }, reason: "" },
  };
  const own = ordering("own", (_t, n) => (n === 1 ? [bracketed] : []));

  it("is told when it starts, once", () => {
    const bars = minutesOf(AAPL, [100, 100, 100, 100, 100, 106, 106, 106, 106, 106, 106]);
    const p = scripted(
      [own],
      [...bars, ...taken("portfolio"), pressed(9, { do: "actor", path: "deck/money/portfolio", action: "restart" })],
    );
    const closed = p.events.filter((e) => e.type === "trade.closed");
    expect(fillsOf(p).slice(1)).toEqual(["5 own AAPL sell 20 @ 105"]);
    expect(closed.map((e) => [e.tSeen, e.trade.pnl])).toEqual([[closeOf(8), usd(100)]]);
  });
});

describe("a crash while a moment is decided", () => {
  const views = viewing("views", (t, n) => (t === AAPL && n === 1 ? 1 : undefined));
  const crashing = (actor: string, type: string, nth: number, backoffMs: number, ...more: Parameters<typeof scripted>[0]) => {
    const crash = crashOnce((m) => m.type === type, nth);
    const backoff = { minMs: backoffMs, maxMs: backoffMs };
    return scripted(
      [views, ...more],
      [...flatMarket(AAPL), ...flatMarket(MSFT)],
      {},
      { tree: (deck) => changed(deck, `deck/money/${actor}`, (spec) => ({ ...crash.on(spec), backoff })) },
    );
  };

  it.each([1, 2, 3])("of the portfolio, as it decides for the time number %i, loses no target", (nth) => {
    expect(heldIn(crashing("portfolio", "act", nth, 0))).toEqual(["ensemble AAPL 10"]);
  });

  it("of the portfolio, with an order on its way that is lost, proposes what is still wanted", () => {
    const p = crashing("portfolio", "risk.verdict", 1, 150_000);
    expect(p.events.filter((e) => e.type === "order.lost")).toHaveLength(1);
    expect(heldIn(p)).toEqual(["ensemble AAPL 10"]);
  });

  it("of risk calls no order lost that is then sent and filled", () => {
    const heard: OrderNews[] = [];
    const own = ordering("own", (t, n) => (t === MSFT && n === 1 ? [market("buy", 5)] : []), heard);
    const p = crashing("risk", "proposed", 1, 150_000, own);
    const lost = p.events.flatMap((e) => (e.type === "order.lost" ? [e.orderId] : []));
    const sent = p.events.flatMap((e) => (e.type === "order.submitted" ? [e.order.id] : []));
    expect(lost.filter((id) => sent.includes(id))).toEqual([]);
    expect(heard.map((n) => n.is)).not.toContain("lost");
  });
});
