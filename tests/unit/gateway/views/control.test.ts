import { beforeEach, describe, expect, it } from "vitest";
import { ControlItem } from "../../../../gateway/contract/controlItems.ts";
import type { OrderItem, PositionItem, RiskItem, TradeItem } from "../../../../gateway/contract/items.ts";
import type { TopicName } from "../../../../gateway/contract/push.ts";
import { createViews, type Views } from "../../../../gateway/views.ts";
import { type Command, controlCommand } from "../../../../streams/domain/control.ts";
import type { TapeEvent } from "../../../../streams/domain/event.ts";
import { limitExceeded, limitRestored, tradingPaused, tradingStopped } from "../../../../streams/domain/limits.ts";
import { bar, barRefused, halt } from "../../../../streams/domain/market.ts";
import {
  fill,
  type Order,
  orderCancelled,
  orderCancelRequested,
  orderRejected,
  orderReplaced,
  orderReplaceRequested,
  orderSubmitted,
} from "../../../../streams/domain/order.ts";
import { accountAdopted, accountOpened, tradeClosed } from "../../../../streams/domain/portfolio.ts";
import { target } from "../../../../streams/domain/signal.ts";
import { money, ms, orderId, px, qty, seq, shares, ticker } from "../../../../streams/domain/units.ts";
import { limits, tapeFigures, threeStrategies } from "../../../support/fakePorts.ts";

const AAPL = ticker("AAPL");
const MSFT = ticker("MSFT");
/** Tuesday, 2 June 2026, 10:00 in New York. */
const TEN = 1_780_408_800_000;
const HOUR = 3_600_000;
const EVENING = TEN + 8 * HOUR;
const NEXT_OPEN = "2026-06-03T13:30:00.000Z";

let deck: Views;
let place: number;
let now: number;
/** All that was told, to tell it again to another gateway. */
let told: TapeEvent[];
beforeEach(() => {
  deck = createViews({ limits, strategies: threeStrategies });
  place = 0;
  now = TEN;
  told = [];
});
const give = (event: TapeEvent): number => {
  place += 1;
  const e = { ...event, seq: seq(place), tSeen: ms(now), tEvent: ms(now) } as TapeEvent;
  told.push(e);
  deck.offer(e);
  return place;
};
const press = (command: Command, by = "ana") => give(controlCommand(by, command, ms(now)));
const order = (id: string, side: "buy" | "sell", count: number, over: Partial<Order> = {}): Order => ({
  id: orderId(id),
  ticker: AAPL,
  side,
  kind: "market",
  qty: qty(count * 1_000_000),
  cashFraction: null,
  limitPx: null,
  stopPx: null,
  tif: "day",
  bracket: null,
  reduceOnly: side === "sell",
  by: "momentum",
  origin: seq(1),
  after: [],
  ...over,
});
const execution = (id: string, side: "buy" | "sell", count: number, leaves = 0, symbol = AAPL, usd = 100) =>
  give(
    fill({
      ticker: symbol,
      orderId: orderId(id),
      fillId: `${id}/${leaves}`,
      side,
      qty: qty(count * 1_000_000),
      px: px(usd * 1_000_000),
      commission: money(0),
      leaves: qty(leaves * 1_000_000),
      tEvent: ms(now),
      tSeen: ms(now),
      cause: seq(1),
    }),
  );
const openAccount = () => give(accountOpened(money(100_000_000_000), ms(now)));
const buy = (id: string, count: number, symbol = AAPL) => {
  give(orderSubmitted(order(id, "buy", count, { ticker: symbol })));
  execution(id, "buy", count, 0, symbol);
};
const state = (): ControlItem => ControlItem.parse(deck.control());
const only = <T>(topic: TopicName): T => deck.items(topic)[0] as T;
const OURS = "r-momentum-AAPL-1";
const EXIT = "r-momentum-AAPL-2";

describe("the state of controls", () => {
  it("is calm when nobody pressed anything", () => {
    openAccount();
    expect(state()).toEqual({
      trading: true,
      reason: null,
      paused: null,
      killed: null,
      closing: [],
      stopped: [],
      exceeded: [],
      opensAt: null,
    });
  });
  it("says who killed it, and counts down what is left and what that waits for", () => {
    openAccount();
    buy(OURS, 10);
    const at = press({ do: "kill", reason: "smoke" });
    const left = () => state().killed?.positions;
    expect(state()).toMatchObject({
      trading: false,
      reason: "killed by ana: smoke",
      killed: { since: TEN, by: "ana", reason: "smoke", seq: at, wholeAccount: false, left: 1, orders: 0 },
    });
    expect(left()).toEqual([{ ticker: "AAPL", shares: "10", waitsFor: "no exit is on its way yet" }]);
    give(orderSubmitted(order(EXIT, "sell", 10)));
    expect(left()).toMatchObject([{ waitsFor: "an exit of 10 shares is working" }]);
    execution(EXIT, "sell", 4, 6);
    expect(left()).toMatchObject([{ shares: "6", waitsFor: "an exit of 6 shares is working" }]);
    give(orderRejected(AAPL, orderId(EXIT), "HTB", "not today", ms(now), seq(1)));
    expect(left()).toMatchObject([{ waitsFor: "its exit was refused: HTB: not today; it is tried again" }]);
    give(orderSubmitted(order("r-momentum-AAPL-3", "sell", 6)));
    expect(left()).toMatchObject([{ waitsFor: "an exit of 6 shares is working" }]);
    execution("r-momentum-AAPL-3", "sell", 6);
    expect(state().killed).toMatchObject({ left: 0, orders: 0, positions: [] });
    press({ do: "resume" });
    expect(state().trading).toBe(false);
    press({ do: "unkill" });
    expect(state()).toMatchObject({ trading: true, killed: null });
  });
  it("says that the exchange is closed, until when, and that a ticker is halted", () => {
    openAccount();
    buy(OURS, 10);
    now = EVENING;
    press({ do: "kill", reason: "smoke" });
    expect(state()).toMatchObject({
      opensAt: Date.parse(NEXT_OPEN),
      killed: { positions: [{ waitsFor: `the exchange is closed until ${NEXT_OPEN}` }] },
    });
    now = Date.parse(NEXT_OPEN);
    give(halt(AAPL, { tEvent: ms(now), tSeen: ms(now) }, true, "news pending"));
    expect(state()).toMatchObject({ opensAt: null, killed: { positions: [{ waitsFor: "AAPL is halted: news pending" }] } });
    give(halt(AAPL, { tEvent: ms(now), tSeen: ms(now) }, false, ""));
    expect(state().killed?.positions).toMatchObject([{ waitsFor: "no exit is on its way yet" }]);
  });
  it("leaves alone what no strategy bought, unless the whole account is meant", () => {
    openAccount();
    give(
      accountAdopted(
        {
          ticker: MSFT,
          shares: shares(5_000_000),
          cost: money(500_000_000),
          openFees: money(0),
          openedAt: ms(TEN),
          openedBy: orderId("by hand"),
          mark: 100,
          book: "account",
        },
        ms(TEN),
      ),
    );
    buy(OURS, 10);
    press({ do: "kill", reason: "smoke" });
    expect(state().killed?.positions.map((p) => p.ticker)).toEqual(["AAPL"]);
    press({ do: "kill", reason: "all", wholeAccount: true }, "ben");
    expect(state().killed).toMatchObject({ by: "ana", wholeAccount: true, left: 2 });
  });
  it("closes a ticker until it is flat: nothing held, nothing at work", () => {
    openAccount();
    buy(OURS, 10);
    give(orderSubmitted(order("r-momentum-AAPL-5", "buy", 3)));
    press({ do: "close", ticker: AAPL });
    give(orderSubmitted(order(EXIT, "sell", 10)));
    execution(EXIT, "sell", 10);
    expect(state().closing).toMatchObject([{ ticker: "AAPL", by: "ana", left: "0", waitsFor: "an order is being withdrawn" }]);
    give(orderCancelRequested(AAPL, orderId("r-momentum-AAPL-5"), "closing"));
    give(orderCancelled(AAPL, orderId("r-momentum-AAPL-5"), "asked", ms(now), seq(1)));
    expect(state()).toMatchObject({ closing: [], trading: true });
  });
  it("closes all that is held or at work, and a flat ticker not at all", () => {
    openAccount();
    buy(OURS, 10);
    give(orderSubmitted(order("r-momentum-MSFT-9", "buy", 3, { ticker: MSFT })));
    press({ do: "closeAll" });
    expect(state().closing.map((c) => [c.ticker, c.left])).toEqual([
      ["AAPL", "10"],
      ["MSFT", "0"],
    ]);
    press({ do: "close", ticker: ticker("KO") });
    expect(state().closing).toHaveLength(2);
  });
  it("names stopped actors of money, and limits that were passed until they hold again", () => {
    openAccount();
    press({ do: "actor", path: "deck/money/risk", action: "pause" });
    press({ do: "actor", path: "deck/ideas/learner", action: "stop" });
    give(limitExceeded({ ticker: AAPL, limit: "position", value: money(21_000_000_000), most: money(20_000_000_000) }));
    expect(state()).toMatchObject({
      reason: "paused by ana: deck/money/risk is paused",
      stopped: [{ path: "deck/money/risk", how: "pause", since: TEN, by: "ana" }],
      exceeded: [{ ticker: "AAPL", limit: "position", value: "21000", most: "20000", since: TEN }],
    });
    press({ do: "actor", path: "deck/money/risk", action: "resume" });
    give(limitRestored({ ticker: AAPL, limit: "position" }));
    expect(state()).toMatchObject({ trading: true, stopped: [], exceeded: [] });
  });
  it("has the account's limits once, whichever fill went past them", () => {
    openAccount();
    const gross = (symbol: typeof AAPL, value: number) =>
      give(limitExceeded({ ticker: symbol, limit: "gross", value: money(value), most: money(20_000_000_000) }));
    gross(AAPL, 21_000_000_000);
    now += 60_000;
    gross(MSFT, 22_000_000_000);
    expect(state().exceeded).toEqual([{ ticker: "MSFT", limit: "gross", value: "22000", most: "20000", since: TEN }]);
    give(limitRestored({ ticker: AAPL, limit: "gross" }));
    expect(state().exceeded).toEqual([]);
  });
  it("is the deck's own kill when it stops by itself, on the risk view too", () => {
    openAccount();
    give(tradingStopped("the equity is gone", money(-5_000_000)));
    expect(state().killed).toMatchObject({ by: "deck", reason: "the equity is gone" });
    expect(only<RiskItem>("risk")).toMatchObject({ halted: true, reason: "killed by deck: the equity is gone" });
  });
  it("is the same to a gateway that hears the tape again", () => {
    openAccount();
    buy(OURS, 10);
    press({ do: "pause", reason: "lunch" });
    press({ do: "kill", reason: "smoke" });
    give(orderSubmitted(order(EXIT, "sell", 10)));
    execution(EXIT, "sell", 4, 6);
    const again = createViews({ limits, strategies: threeStrategies });
    for (const e of told) again.offer(e);
    expect(again.control()).toEqual(deck.control());
  });
  it("is told when it changes and not when it stays", () => {
    const look = () => deck.look({ actors: [], tape: tapeFigures() }, place);
    openAccount();
    buy(OURS, 10);
    expect(deck.drain("control")).toMatchObject([{ key: "only", item: { trading: true } }]);
    look();
    expect(deck.drain("control")).toEqual([]);
    press({ do: "close", ticker: AAPL });
    expect(deck.drain("control")).toMatchObject([{ item: { closing: [{ left: "10" }] } }]);
    now = EVENING;
    give(bar(AAPL, ms(now - 60_000), ms(now), 100, 100, 100, 100, 1, 60_000));
    look();
    expect(deck.drain("control")).toMatchObject([
      { item: { closing: [{ waitsFor: `the exchange is closed until ${NEXT_OPEN}` }] } },
    ]);
  });
});

describe("books on screen", () => {
  it("stand in positions and trades, and a trade of the ensemble names who weighed most", () => {
    openAccount();
    give(
      target({
        ticker: AAPL,
        strength: 0.5,
        weight: 0.05,
        contributions: [{ strategy: "newsDriven", signal: seq(1), weight: 1, score: 0.9, confidence: 1 }],
      }),
    );
    give(orderSubmitted(order("r-ensemble-AAPL-1", "buy", 10, { by: "ensemble" })));
    execution("r-ensemble-AAPL-1", "buy", 10);
    give(orderSubmitted(order("r-rsiBracket-AAPL-2", "buy", 5, { by: "rsiBracket" })));
    execution("r-rsiBracket-AAPL-2", "buy", 5, 0, AAPL, 110);
    expect(only<PositionItem>("positions").books).toEqual([
      { book: "ensemble", shares: "10", avgPx: "100" },
      { book: "rsiBracket", shares: "5", avgPx: "110" },
    ]);
    const closed = (book: string) =>
      give(
        tradeClosed({
          ticker: AAPL,
          book,
          shares: shares(1_000_000),
          entryPx: px(100_000_000),
          exitPx: px(101_000_000),
          entryAt: ms(now),
          exitAt: ms(now),
          pnl: money(1_000_000),
          commission: money(0),
          entryOrder: orderId("a"),
          exitOrder: orderId("b"),
          exitFill: seq(1),
        }),
      );
    execution("r-ensemble-AAPL-3", "sell", 1);
    closed("ensemble");
    execution("r-rsiBracket-AAPL-4", "sell", 1);
    closed("rsiBracket");
    closed("account");
    expect((deck.items("trades") as TradeItem[]).map((t) => [t.book, t.by])).toEqual([
      ["ensemble", "newsDriven"],
      ["rsiBracket", "rsiBracket"],
      ["account", "account"],
    ]);
  });
});

describe("brackets on screen", () => {
  const item = (id: string) => (deck.items("orders") as OrderItem[]).find((o) => o.id === id);
  const bracket = (stopLoss: number, takeProfit: number) => ({ stopLoss: px(stopLoss * 1e6), takeProfit: px(takeProfit * 1e6) });
  it("have legs from the first fill on, that grow with the entry and follow new prices", () => {
    openAccount();
    give(orderSubmitted(order(OURS, "buy", 10, { bracket: bracket(95, 120) })));
    expect(item(`${OURS}.sl`)).toBeUndefined();
    execution(OURS, "buy", 4, 6);
    expect(item(`${OURS}.sl`)).toMatchObject({ side: "sell", kind: "stop", qty: "4", stopPx: "95", status: "accepted" });
    expect(item(OURS)).toMatchObject({ status: "partially_filled", filled: "4" });
    execution(OURS, "buy", 6, 0);
    expect(item(`${OURS}.tp`)).toMatchObject({ side: "sell", kind: "limit", qty: "10", limitPx: "120", by: "momentum" });
    give(orderReplaced(AAPL, orderId(OURS), { limitPx: null, stopPx: null, bracket: bracket(97, 120) }, ms(now), seq(1)));
    expect(item(OURS)?.bracket).toEqual({ stopLoss: "97", takeProfit: "120" });
    expect(item(`${OURS}.sl`)).toMatchObject({ stopPx: "97" });
    give(orderReplaced(AAPL, orderId(`${OURS}.sl`), { limitPx: null, stopPx: px(98_000_000), bracket: null }, ms(now), seq(1)));
    expect(item(`${OURS}.sl`)).toMatchObject({ stopPx: "98" });
    execution(`${OURS}.sl`, "sell", 10);
    give(orderCancelled(AAPL, orderId(`${OURS}.tp`), "the other leg filled", ms(now), seq(1)));
    expect(item(`${OURS}.sl`)).toMatchObject({ status: "filled", filled: "10" });
    expect(item(`${OURS}.tp`)).toMatchObject({ status: "cancelled", reason: "the other leg filled" });
  });
});

describe("the log", () => {
  it("has a line for what ought not to happen", () => {
    give(limitExceeded({ ticker: AAPL, limit: "gross", value: money(21_000_000_000), most: money(20_000_000_000) }));
    give(limitRestored({ ticker: AAPL, limit: "gross" }));
    give(tradingStopped("the equity is gone", money(0)));
    give(tradingPaused("the account is without fill f1", money(0)));
    give(barRefused(AAPL, "high 1 is below low 2", { tEvent: ms(now), tSeen: ms(now) }));
    give(orderReplaceRequested(AAPL, orderId("o1"), { limitPx: px(1_500_000), stopPx: null, bracket: null }));
    expect(deck.items("log")).toMatchObject([
      { level: "warn", kind: "limit.exceeded", text: expect.stringContaining("21000 USD of 20000") },
      { level: "warn", kind: "limit.restored" },
      { level: "error", kind: "trading.stopped", text: expect.stringContaining("the equity is gone") },
      {
        level: "error",
        kind: "trading.stopped",
        text: expect.stringContaining("opens nothing until a person resumes: the account is without fill f1"),
      },
      { level: "warn", kind: "market.barRefused", text: "AAPL: a bar was refused: high 1 is below low 2" },
      { level: "info", kind: "order.replaceRequested", text: "AAPL: order o1 is to get limit 1.5" },
    ]);
  });
});
