import { clockMark, controlCommand } from "../../streams/domain/control.ts";
import type { TapeEvent } from "../../streams/domain/event.ts";
import { intentRefused } from "../../streams/domain/intent.ts";
import { closingBegan, closingEnded, limitExceeded, limitRestored, tradingStopped } from "../../streams/domain/limits.ts";
import { bar, barRefused, halt, quote } from "../../streams/domain/market.ts";
import { newsRaw, newsScored } from "../../streams/domain/news.ts";
import * as orders from "../../streams/domain/order.ts";
import { accountAdopted, accountOpened, outcome, tradeClosed } from "../../streams/domain/portfolio.ts";
import { brokerPressure, requestFailed } from "../../streams/domain/request.ts";
import { signal, target } from "../../streams/domain/signal.ts";
import { money, ms, orderId, px, qty, seq, shares, ticker } from "../../streams/domain/units.ts";
import { verdict } from "../../streams/domain/verdict.ts";

const AAPL = ticker("AAPL");
const MSFT = ticker("MSFT");
/** 2024-03-08 14:30 UTC */
const OPEN = 1_709_908_200_000;
const at = ms(OPEN);

/** As the door does: seq 1, 2, 3 … and a second between entries. */
const stamp = (events: readonly TapeEvent[]): readonly TapeEvent[] =>
  events.map((event, i) => ({ ...event, seq: seq(i + 1), tEvent: ms(OPEN + i * 1_000), tSeen: ms(OPEN + i * 1_000) }));

const order = (id: string, over: Partial<orders.Order> = {}): orders.Order => ({
  id: orderId(id),
  ticker: AAPL,
  side: "buy",
  kind: "market",
  qty: qty(10_000_000),
  cashFraction: null,
  limitPx: null,
  stopPx: null,
  tif: "day",
  bracket: null,
  reduceOnly: false,
  by: "ensemble",
  origin: seq(5),
  after: [],
  ...over,
});
const fill = (id: string, fillId: string, shares: number, leaves: number): orders.Fill =>
  orders.fill({
    ticker: AAPL,
    orderId: orderId(id),
    fillId,
    side: "buy",
    qty: qty(shares),
    px: px(101_250_000),
    commission: money(350_000),
    leaves: qty(leaves),
    tEvent: at,
    tSeen: at,
    cause: seq(0),
  });

const raw = newsRaw({ tEvent: at, tSeen: at }, { id: "n1", source: "wire", tickers: [], headline: "Apple beats", url: null });

/** One entry or more of every type: four orders with four fates, a fill told twice. */
export const dayOfTrading: readonly TapeEvent[] = stamp([
  accountOpened(money(100_000_000_000), at),
  bar(AAPL, at, at, 101, 102.5, 100.25, 101.75, 12_345, 60_000),
  raw,
  newsScored(raw, at, { tickers: [AAPL, MSFT], score: 0.5, confidence: 0.75, scorer: "builtin" }),
  signal({ strategy: "newsDriven", ticker: AAPL, score: 0.5, confidence: 0.8, reason: "mood", causes: [seq(2), seq(4)] }),
  target({
    ticker: AAPL,
    strength: 0.4,
    weight: 0.04,
    contributions: [{ strategy: "newsDriven", signal: seq(5), weight: 1, score: 0.5, confidence: 0.8 }],
  }),
  verdict({
    ticker: AAPL,
    orderId: orderId("o1"),
    outcome: "approved",
    asked: qty(10_000_000),
    granted: qty(10_000_000),
    denial: null,
  }),
  orders.orderSubmitted(order("o1")),
  orders.orderSubmitted(order("o1")),
  orders.orderAccepted(AAPL, orderId("o1"), "b1", at, seq(8)),
  fill("o1", "f1", 4_000_000, 6_000_000),
  fill("o1", "f1", 4_000_000, 6_000_000),
  fill("o1", "f2", 6_000_000, 0),
  orders.orderSubmitted(
    order("o2", { kind: "limit", limitPx: px(99_500_001), bracket: { stopLoss: px(95_000_000), takeProfit: null } }),
  ),
  orders.orderAccepted(AAPL, orderId("o2"), "b2", at, seq(14)),
  fill("o2", "f3", 2_500_000, 7_500_000),
  orders.orderCancelRequested(AAPL, orderId("o2"), "too slow"),
  orders.orderCancelled(AAPL, orderId("o2"), "asked", at, seq(17)),
  orders.orderSubmitted(order("o3", { ticker: MSFT, side: "sell", qty: qty(0), cashFraction: 0.5, reduceOnly: true })),
  orders.orderCancelRequested(MSFT, orderId("o3"), "changed mind"),
  orders.orderAccepted(MSFT, orderId("o3"), "b3", at, seq(19)),
  orders.orderSubmitted(order("o4", { kind: "stop", stopPx: px(90_000_000) })),
  orders.orderExpired(AAPL, orderId("nobody's"), at, seq(0)),
  orders.orderRejected(AAPL, orderId("nobody's"), "no", "unknown order", at, seq(0)),
  quote(AAPL, { tEvent: at, tSeen: at }, 101.1, 101.3, 300, 200),
  { ...clockMark(at), type: "market.tick", ticker: AAPL, price: 101.2, size: 100 },
  halt(MSFT, { tEvent: at, tSeen: at }, true, "news pending"),
  newsScored(raw, at, { tickers: [AAPL], score: -0.25, confidence: 0.5, scorer: "builtin" }),
  verdict({
    ticker: AAPL,
    orderId: orderId("o5"),
    outcome: "denied",
    asked: qty(5_000_000),
    granted: qty(0),
    denial: { code: "POSITION_EXCEEDS_LIMIT", notional: money(20_000_500_000), limit: money(20_000_000_000) },
  }),
  tradeClosed({
    ticker: AAPL,
    book: "ensemble",
    shares: shares(-3_500_000),
    entryPx: px(101_250_000),
    exitPx: px(99_125_000),
    entryAt: at,
    exitAt: ms(OPEN + 60_123),
    pnl: money(-7_437_500),
    commission: money(700_000),
    entryOrder: orderId("o1"),
    exitOrder: orderId("o2"),
    exitFill: seq(16),
  }),
  outcome({ ticker: AAPL, trade: seq(30), strategy: "newsDriven", credit: -7.4375, weight: 1 }),
  accountAdopted(
    {
      ticker: AAPL,
      shares: shares(-1_500_000),
      cost: money(-300_000_000),
      openFees: money(1),
      openedAt: at,
      openedBy: orderId("old-1"),
      mark: 199.5,
      book: "account",
    },
    at,
  ),
  { ...clockMark(at), type: "account.split", ticker: AAPL, numerator: 4, denominator: 1 },
  { ...clockMark(at), type: "account.dividend", ticker: AAPL, perShare: px(240_000) },
  controlCommand("person", { do: "pause", reason: "lunch" }, at),
  clockMark(at),
  orders.orderMissing(AAPL, orderId("o4"), at, seq(22)),
  requestFailed({ port: "broker", request: "lookup", about: "o4", sent: "unknown", reason: "no answer" }, at, seq(22)),
  brokerPressure(true, 1_001, at),
  orders.orderLost(AAPL, orderId("o4"), "never answered"),
  orders.orderReplaceRequested(AAPL, orderId("o2"), {
    limitPx: px(99_500_001),
    stopPx: null,
    bracket: { stopLoss: px(96_000_000), takeProfit: null },
  }),
  orders.orderReplaced(
    AAPL,
    orderId("o2"),
    { limitPx: px(99_500_001), stopPx: null, bracket: { stopLoss: px(96_000_000), takeProfit: null } },
    at,
    seq(41),
  ),
  limitExceeded({ ticker: AAPL, limit: "position", value: money(21_000_000_000), most: money(20_000_000_000) }),
  limitRestored({ ticker: AAPL, limit: "position" }),
  tradingStopped("the equity is gone", money(-1_000_000)),
  barRefused(AAPL, "high 1 is below low 2", { tEvent: at, tSeen: at }),
  closingBegan({ ticker: MSFT, by: "person", reason: "close", wholeAccount: false }),
  intentRefused({
    ticker: MSFT,
    strategy: "dip",
    intent: "view",
    field: "score",
    value: "50",
    reason: "a score is a number from -1 to 1",
  }),
  closingEnded(MSFT),
]);

/** `count` signals from seq `first` on, a second apart; odd ones AAPL, even ones MSFT. */
export const signals = (first: number, count: number): readonly TapeEvent[] =>
  Array.from({ length: count }, (_, i) => ({
    ...signal({
      strategy: "momentum",
      ticker: (first + i) % 2 ? AAPL : MSFT,
      score: 0.5,
      confidence: 1,
      reason: "up",
      causes: [],
    }),
    seq: seq(first + i),
    tEvent: ms(OPEN + (first + i) * 1_000),
    tSeen: ms(OPEN + (first + i) * 1_000),
  }));
