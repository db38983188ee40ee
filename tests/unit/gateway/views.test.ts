import { beforeEach, describe, expect, it } from "vitest";
import type { EquityItem, NewsItem, OrderItem, PortfolioItem, PositionItem, RiskItem } from "../../../gateway/contract/items.ts";
import { type TopicName, topicSpec, topics } from "../../../gateway/contract/push.ts";
import { createViews, type Views } from "../../../gateway/views.ts";
import { controlCommand } from "../../../streams/domain/control.ts";
import type { TapeEvent } from "../../../streams/domain/event.ts";
import { bar } from "../../../streams/domain/market.ts";
import { newsRaw, newsScored } from "../../../streams/domain/news.ts";
import { fill, type Order, orderAccepted, orderRejected, orderSubmitted } from "../../../streams/domain/order.ts";
import { accountOpened, outcome } from "../../../streams/domain/portfolio.ts";
import { signal, target } from "../../../streams/domain/signal.ts";
import { money, ms, orderId, px, qty, seq, ticker } from "../../../streams/domain/units.ts";
import { verdict } from "../../../streams/domain/verdict.ts";
import { fakeMarket } from "../../support/fakeDeck.ts";
import { figuresOf, limits, tapeFigures, threeStrategies } from "../../support/fakePorts.ts";

const AAPL = ticker("AAPL");
/** Tuesday, 2 June 2026, 10:00 in New York. */
const TEN = 1_780_408_800_000;
const HOUR = 3_600_000;

let deck: Views;
let place: number;
beforeEach(() => {
  deck = createViews({ limits, strategies: threeStrategies });
  place = 0;
});
const give = (event: TapeEvent, at = TEN): number => {
  place += 1;
  deck.offer({
    ...event,
    seq: seq(place),
    tSeen: ms(at),
    tEvent: event.type === "market.bar" ? event.tEvent : ms(at),
  } as TapeEvent);
  return place;
};
const close = (usd: number, at = TEN, symbol = AAPL) =>
  give(bar(symbol, ms(at - 60_000), ms(at), usd, usd, usd, usd, 100, 60_000), at);
const order = (id: string, side: "buy" | "sell", count: number, by = "ensemble"): Order => ({
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
  reduceOnly: false,
  by,
  origin: seq(1),
  after: [],
});
const execution = (id: string, side: "buy" | "sell", count: number, usd: number, leaves = 0) =>
  fill({
    ticker: AAPL,
    orderId: orderId(id),
    fillId: `${id}/${leaves}`,
    side,
    qty: qty(count * 1_000_000),
    px: px(usd * 1_000_000),
    commission: money(1_000_000),
    leaves: qty(leaves * 1_000_000),
    tEvent: ms(TEN),
    tSeen: ms(TEN),
    cause: seq(1),
  });
const only = <T>(topic: TopicName): T => deck.items(topic)[0] as T;
const openAccount = () => give(accountOpened(money(100_000_000_000), ms(TEN)));
const buy = (id: string, count: number, usd: number, at = TEN) => {
  give(orderSubmitted(order(id, "buy", count)), at);
  give(execution(id, "buy", count, usd), at);
};

describe("the account on screen", () => {
  it("is absent until it is opened", () => {
    close(100);
    expect(deck.items("portfolio")).toEqual([]);
    expect(deck.drain("portfolio")).toEqual([]);
  });
  it("follows fills and prices to the cent, and counts the day from its start", () => {
    openAccount();
    close(100);
    buy("o1", 100, 100);
    close(110, TEN + 60_000);
    expect(only<PortfolioItem>("portfolio")).toMatchObject({
      equity: "100999",
      cash: "89999",
      unrealised: "1000",
      realised: "0",
      commissions: "1",
      dayPnl: "999",
      openPositions: 1,
      riskBudgetUsed: { limit: "maxPositionFraction" },
      at: TEN + 60_000,
    });
    const next = TEN + 24 * HOUR;
    close(120, next);
    expect(only<PortfolioItem>("portfolio")).toMatchObject({ equity: "101999", dayStartEquity: "100999", dayPnl: "1000" });
    expect(only<PositionItem>("positions")).toMatchObject({
      ticker: "AAPL",
      shares: "100",
      entryPx: "100",
      mark: 120,
      unrealised: "2000",
      dayPnl: "1000",
      spark: [100, 110, 120],
    });
  });
  it("measures drawdown from the highest equity", () => {
    openAccount();
    close(100);
    buy("o1", 500, 100);
    close(120, TEN + 60_000);
    close(108, TEN + 120_000);
    close(108, TEN + 180_000);
    const peak = 100_000 - 1 + 500 * 20;
    expect(only<PortfolioItem>("portfolio").drawdown).toBeCloseTo((500 * 12) / peak, 10);
  });
  it("says that a position is gone when it is flat, and only to who was told of it", () => {
    openAccount();
    close(100);
    expect(deck.drain("positions")).toBe("reset");
    buy("o1", 10, 100);
    expect(deck.drain("positions")).toMatchObject([{ key: "AAPL", item: { shares: "10" } }]);
    give(execution("o2", "sell", 10, 101));
    expect(deck.drain("positions")).toEqual([{ key: "AAPL", item: null }]);
    buy("o3", 10, 100);
    give(execution("o4", "sell", 10, 101));
    expect(deck.drain("positions")).toEqual([]);
  });
  it("names who stands behind a position: the strategy that weighed most", () => {
    openAccount();
    close(100);
    const contribution = (strategy: string, score: number) => ({ strategy, signal: seq(1), weight: 1, score, confidence: 1 });
    give(
      target({
        ticker: AAPL,
        strength: 0.5,
        weight: 0.05,
        contributions: [contribution("momentum", 0.2), contribution("newsDriven", -0.9)],
      }),
    );
    buy("o1", 10, 100);
    expect(only<PositionItem>("positions").by).toBe("newsDriven");
  });
  it("keeps an equity curve of bounded length, by widening its step", () => {
    openAccount();
    let at = TEN;
    for (let i = 0; i < 5_000; i++) {
      at += 60_000;
      close(100 + (i % 7), at);
    }
    const curve = deck.items("equity") as EquityItem[];
    expect(curve.length).toBeLessThan(2_000);
    expect(curve.length).toBeGreaterThan(900);
    expect(curve[0]?.at).toBe(TEN);
    expect(at - (curve.at(-1)?.at ?? 0)).toBeLessThanOrEqual(8 * 60_000);
    expect(deck.drain("equity")).toBe("reset");
  });
});

describe("orders on screen", () => {
  const item = () => only<OrderItem>("orders");
  it("carry the verdict before them and every fill after", () => {
    openAccount();
    give(
      verdict({
        ticker: AAPL,
        orderId: orderId("o1"),
        outcome: "resized",
        asked: qty(20_000_000),
        granted: qty(10_000_000),
        denial: { code: "POSITION_EXCEEDS_LIMIT", notional: money(2_000_000), limit: money(1_000_000) },
      }),
    );
    give(orderSubmitted(order("o1", "buy", 10, "momentum")));
    give(orderAccepted(AAPL, orderId("o1"), "b1", ms(TEN), seq(1)));
    expect(item()).toMatchObject({
      status: "accepted",
      by: "momentum",
      verdict: {
        outcome: "resized",
        asked: "20",
        granted: "10",
        denial: { code: "POSITION_EXCEEDS_LIMIT", notional: "2", limit: "1" },
      },
    });
    give(execution("o1", "buy", 4, 100, 6));
    expect(item()).toMatchObject({ status: "partially_filled", filled: "4", avgPx: "100" });
    give(execution("o1", "buy", 6, 110));
    expect(item()).toMatchObject({ status: "filled", filled: "10", avgPx: "106", commission: "2" });
    give(orderRejected(AAPL, orderId("o1"), "LATE", "too late", ms(TEN), seq(1)));
    expect(item()).toMatchObject({ status: "filled", reason: null });
  });
  it("show a denial as an order that was never sent", () => {
    give(
      verdict({
        ticker: AAPL,
        orderId: orderId("o2"),
        outcome: "denied",
        asked: qty(5_000_000),
        granted: qty(0),
        denial: { code: "NO_PRICE" },
      }),
    );
    expect(item()).toMatchObject({ id: "o2", status: "denied", side: null, qty: "5", verdict: { denial: { code: "NO_PRICE" } } });
    expect(only<RiskItem>("risk").denials).toEqual({ NO_PRICE: 1 });
  });
});

describe("everything else on screen", () => {
  it("replaces a headline by its score and never goes back", () => {
    const raw = newsRaw(
      { tEvent: ms(TEN), tSeen: ms(TEN) },
      { id: "n1", source: "wire", tickers: [AAPL], headline: "h", url: null },
    );
    give(raw);
    expect(only<NewsItem>("news").score).toBeNull();
    give(newsScored(raw, ms(TEN), { tickers: [AAPL], score: 0.5, confidence: 1, scorer: "builtin" }));
    give(raw);
    expect(deck.items("news")).toMatchObject([{ id: "n1", score: 0.5 }]);
    expect(deck.drain("news")).toHaveLength(1);
  });
  it("lets a mood decay by half in two hours", () => {
    openAccount();
    close(100);
    buy("o1", 1, 100);
    const raw = newsRaw(
      { tEvent: ms(TEN), tSeen: ms(TEN) },
      { id: "n1", source: "wire", tickers: [AAPL], headline: "h", url: null },
    );
    give(newsScored(raw, ms(TEN), { tickers: [AAPL], score: 0.8, confidence: 1, scorer: "builtin" }));
    close(100, TEN + 2 * HOUR);
    expect(only<PositionItem>("positions").mood).toBeCloseTo(0.4, 10);
  });
  it("shows that trading is halted, why, and that it goes on", () => {
    const command = (c: Parameters<typeof controlCommand>[1]) => give(controlCommand("owner", c, ms(TEN)));
    command({ do: "kill", reason: "smoke" });
    expect(only<RiskItem>("risk")).toMatchObject({ halted: true, reason: "killed by owner: smoke" });
    command({ do: "resume" });
    expect(only<RiskItem>("risk").halted).toBe(true);
    command({ do: "unkill" });
    expect(only<RiskItem>("risk")).toMatchObject({ halted: false, reason: null });
    expect(deck.items("log")).toMatchObject([
      { level: "warn", text: "owner killed trading: smoke" },
      { level: "info" },
      { level: "info", text: "owner ended the kill" },
    ]);
  });
  it("counts a strategy's signals and remembers the last", () => {
    for (const score of [0.1, -0.2])
      give(signal({ strategy: "momentum", ticker: AAPL, score, confidence: 1, reason: "r", causes: [] }));
    expect(only("strategies")).toMatchObject({ name: "momentum", signals: 2, lastSignal: { score: -0.2 } });
    give(outcome({ ticker: AAPL, trade: seq(1), strategy: "momentum", credit: 5, weight: 1 }));
    give(outcome({ ticker: AAPL, trade: seq(1), strategy: "ensemble", credit: 9, weight: 1 }));
    expect(only("strategies")).toMatchObject({ credit: 5, outcomes: 1 });
    expect(deck.items("strategies")).toHaveLength(3);
    expect(deck.items("learning")).toHaveLength(2);
  });
  it("keeps the last 500 bars of a ticker, and drains only new ones", () => {
    for (let i = 0; i < 700; i++) close(i + 1, TEN + i * 60_000);
    const bars = deck.items("bars.AAPL") as { close: number }[];
    expect(bars.map((b) => b.close)).toEqual(Array.from({ length: 500 }, (_, i) => i + 201));
    expect(deck.drain("bars.AAPL")).toHaveLength(500);
    close(5, TEN + 701 * 60_000);
    expect(deck.drain("bars.AAPL")).toMatchObject([{ item: { close: 5 } }]);
    expect(deck.items("bars")).toMatchObject([{ ticker: "AAPL", close: 5 }]);
    expect(deck.drain("bars")).toHaveLength(1);
  });
  it("looks at the actors once a second, tells their pace, and who is gone", () => {
    const look = (at: number, ...actors: Parameters<typeof figuresOf>[]) =>
      deck.look({ actors: actors.map((a) => figuresOf(...a)), tape: tapeFigures() }, at);
    look(1_000, ["a", 10], ["b", 5]);
    expect(deck.drain("actors")).toHaveLength(2);
    look(1_500, ["a", 500]);
    expect(deck.drain("actors")).toEqual([]);
    look(3_000, ["a", 50]);
    expect(deck.drain("actors")).toMatchObject([
      { key: "b", item: null },
      { key: "a", item: { messages: 50, rate: 20 } },
    ]);
  });
  it("knows the session of the core's day", () => {
    close(100);
    deck.look({ actors: [], tape: tapeFigures() }, 1);
    expect(deck.tape()).toMatchObject({ seq: 1, tSeen: TEN, sessionOpen: TEN - HOUR / 2, sessionClose: TEN + 6 * HOUR });
  });
  it("calls prices late in the session and never outside of it", () => {
    const state = (at: number, wall: number) => {
      give(controlCommand("clock", { do: "resume" }, ms(at)), at);
      deck.look({ actors: [], tape: tapeFigures() }, wall);
      return (deck.items("feeds") as { state: string }[])[0]?.state;
    };
    close(100);
    expect(state(TEN + 60_000, 1_000)).toBe("ok");
    expect(state(TEN + 10 * 60_000, 3_000)).toBe("late");
    expect(state(TEN + HOUR, 5_000)).toBe("dead");
    expect(state(TEN + 8 * HOUR, 7_000)).toBe("ok");
  });
  it("fits its own contract in every topic, whole and in changes, and both tell the same story", () => {
    const market = fakeMarket();
    const seen = new Map<string, Map<string, unknown>>();
    const names: TopicName[] = [...(Object.keys(topics) as TopicName[]), "bars.AAPL"];
    const follow = () => {
      for (const name of names) {
        const spec = topicSpec(name);
        let mine = seen.get(name) ?? new Map<string, unknown>();
        const changes = deck.drain(name);
        if (changes === "reset") mine = new Map(deck.items(name).map((i) => [spec?.key(i) ?? "", i]));
        else
          for (const { key, item } of changes) {
            if (item === null) mine.delete(key);
            else {
              expect(spec?.key(spec.item.parse(item))).toBe(key);
              mine.set(key, item);
            }
          }
        seen.set(name, mine);
      }
    };
    for (const e of market.open()) deck.offer(e);
    for (let minute = 0; minute < 900; minute++) {
      for (const e of market.minute()) deck.offer(e);
      if (minute % 7 === 0) {
        deck.look({ actors: [figuresOf("market", minute)], tape: tapeFigures() }, minute * 1_000);
        follow();
      }
    }
    follow();
    for (const name of names) {
      const keep = topicSpec(name)?.keep ?? Number.POSITIVE_INFINITY;
      const whole = deck.items(name);
      for (const item of whole) topicSpec(name)?.item.parse(item);
      const keys = whole.map((i) => topicSpec(name)?.key(i));
      expect(keys.length).toBeLessThanOrEqual(keep);
      expect([...(seen.get(name)?.keys() ?? [])].slice(-keys.length).sort(), name).toEqual([...keys].sort());
    }
    for (const name of ["orders", "trades", "signals", "news", "positions", "learning", "equity"])
      expect(deck.items(name as TopicName).length, name).toBeGreaterThan(0);
  });
});
