import { describe, expect, it } from "vitest";
import { clockMark, controlCommand } from "../../../../streams/domain/control.ts";
import { EVENT_TYPES, isDecision, isInput, streamOf, subjectsOf, type TapeEvent } from "../../../../streams/domain/event.ts";
import { intentRefused } from "../../../../streams/domain/intent.ts";
import { closingBegan, closingEnded, limitExceeded, limitRestored, tradingStopped } from "../../../../streams/domain/limits.ts";
import { bar, barRefused, halt, quote } from "../../../../streams/domain/market.ts";
import { newsRaw, newsScored } from "../../../../streams/domain/news.ts";
import * as order from "../../../../streams/domain/order.ts";
import { accountAdopted, accountOpened, outcome, type Trade, tradeClosed } from "../../../../streams/domain/portfolio.ts";
import { brokerPressure, requestFailed } from "../../../../streams/domain/request.ts";
import { signal, target } from "../../../../streams/domain/signal.ts";
import { money, ms, orderId, px, qty, seq, shares, ticker } from "../../../../streams/domain/units.ts";
import { encodeEvent, parseEvent } from "../../../../streams/domain/upcast.ts";
import { verdict } from "../../../../streams/domain/verdict.ts";

const AAPL = ticker("AAPL");
const BRK = ticker("BRK.B");
const id = orderId("momentum-AAPL-1042");
const at = { tEvent: ms(1_700_000_000_000), tSeen: ms(1_700_000_000_250) };
const head = { seq: seq(1), v: 1 as const, ...at, cause: seq(0) };
const entry: order.Order = {
  id,
  ticker: AAPL,
  side: "buy",
  kind: "limit",
  qty: qty(1_500_000),
  cashFraction: 0.5,
  limitPx: px(186_310_001),
  stopPx: null,
  tif: "gtc",
  bracket: { stopLoss: px(180_000_000), takeProfit: null },
  reduceOnly: false,
  by: "momentum",
  origin: seq(7),
  after: [orderId("r1-momentum-AAPL-1")],
};
const moved = { limitPx: px(186_310_001), stopPx: null, bracket: { stopLoss: px(181_000_000), takeProfit: null } };
const trade: Trade = {
  ticker: AAPL,
  book: "momentum",
  shares: shares(-2_000_000),
  entryPx: px(1),
  exitPx: px(999_999_999_999),
  entryAt: ms(1),
  exitAt: ms(2),
  pnl: money(-1),
  commission: money(9_007_199_254_740_991),
  entryOrder: id,
  exitOrder: orderId("x"),
  exitFill: seq(12),
};
const raw = newsRaw(at, { id: "n1", source: "rss", tickers: [AAPL, BRK], headline: 'A "quoted" – headline\n', url: null });
const denial = { code: "POSITION_EXCEEDS_LIMIT" as const, notional: money(1_000_001), limit: money(1_000_000) };

/** One or more of every kind, with awkward values. */
const events: readonly TapeEvent[] = [
  bar(AAPL, ms(1), ms(60_001), 1.1, 1e-7, 3.3, 0.1 + 0.2, 0, 60_000),
  quote(BRK, at, 4.2, 4.3, 100, 0.5),
  { type: "market.tick", ...head, ticker: AAPL, price: 186.31, size: 3 },
  barRefused(BRK, "high 1 is below low 2", at),
  halt(AAPL, at, true, "LULD"),
  raw,
  newsScored(raw, ms(at.tSeen + 40), { tickers: [AAPL], score: -0.25, confidence: 1 / 3, scorer: "builtin" }),
  order.orderSubmitted(entry),
  order.orderSubmitted({ ...entry, kind: "market", cashFraction: null, limitPx: null, bracket: null }),
  order.orderCancelRequested(AAPL, id, "stale"),
  order.orderReplaceRequested(AAPL, id, moved),
  order.orderReplaced(AAPL, id, { limitPx: null, stopPx: px(1), bracket: null }, at.tSeen, seq(3)),
  order.orderAccepted(AAPL, id, "b-1", at.tSeen, seq(3)),
  order.orderRejected(AAPL, id, "INSUFFICIENT", "not enough", at.tSeen, seq(3)),
  order.orderCancelled(AAPL, id, "asked", at.tSeen, seq(3)),
  order.orderExpired(AAPL, id, at.tSeen, seq(3)),
  order.orderMissing(AAPL, id, at.tSeen, seq(3)),
  order.orderLost(AAPL, id, "never answered"),
  requestFailed({ port: "broker", request: "submit", about: id, sent: "unknown", reason: "no answer" }, at.tSeen, seq(3)),
  brokerPressure(true, 1_001, at.tSeen),
  order.fill({
    ticker: AAPL,
    orderId: id,
    fillId: "f",
    side: "sell",
    qty: qty(1),
    px: px(1),
    commission: money(-3),
    leaves: qty(0),
    ...at,
    cause: seq(3),
  }),
  accountOpened(money(100_000_000_000), at.tSeen),
  accountAdopted(
    {
      ticker: AAPL,
      shares: shares(-1_500_000),
      cost: money(-300_000_000),
      openFees: money(1),
      openedAt: at.tEvent,
      openedBy: orderId("old-1"),
      mark: 199.5,
      book: "account",
    },
    at.tSeen,
  ),
  { type: "account.split", ...head, ticker: AAPL, numerator: 7, denominator: 1 },
  { type: "account.dividend", ...head, ticker: AAPL, perShare: px(250_000) },
  controlCommand("ann", { do: "pause", reason: "lunch" }, at.tSeen),
  controlCommand("ann", { do: "close", ticker: BRK }, at.tSeen),
  controlCommand("ann", { do: "actor", path: "ideas/momentum", action: "restart" }, at.tSeen),
  controlCommand("ann", { do: "kill", reason: "smoke", wholeAccount: true }, at.tSeen),
  clockMark(at.tSeen),
  limitExceeded({ ticker: BRK, limit: "position", value: money(20_000_000_001), most: money(20_000_000_000) }),
  limitRestored({ ticker: BRK, limit: "leverage" }),
  tradingStopped("the account is worth nothing or less", money(-1)),
  closingBegan({ ticker: BRK, by: "ann", reason: "close", wholeAccount: true }),
  closingEnded(BRK),
  intentRefused({ ticker: BRK, strategy: "dip", intent: "order", field: "order.qty", value: "NaN", reason: "no quantity" }),
  signal({ strategy: "momentum", ticker: AAPL, score: -1, confidence: 0.5, reason: "fell", causes: [seq(1), seq(2)] }),
  target({
    ticker: AAPL,
    strength: 0.1,
    weight: -0.05,
    contributions: [{ strategy: "momentum", signal: seq(4), weight: 1, score: 0.1, confidence: 1 }],
  }),
  verdict({ ticker: AAPL, orderId: id, outcome: "resized", asked: qty(2_000_000), granted: qty(1_000_000), denial }),
  verdict({ ticker: AAPL, orderId: id, outcome: "approved", asked: qty(1), granted: qty(1), denial: null }),
  tradeClosed(trade),
  outcome({ ticker: AAPL, trade: seq(9), strategy: "momentum", credit: -12.5, weight: 0.2 }),
];

describe("events on the wire", () => {
  it("cover every kind there is", () => {
    expect(new Set(events.map((e) => e.type))).toEqual(new Set(EVENT_TYPES));
  });

  it.each(events.map((e) => [e.type, e] as const))("%s comes back the same through JSON", (_type, event) => {
    const text = JSON.stringify(encodeEvent(event));
    const back = parseEvent(JSON.parse(text));
    expect(back).toStrictEqual(event);
    expect(JSON.stringify(encodeEvent(back))).toBe(text);
  });

  it("carry amounts as decimal strings and observations as numbers", () => {
    expect(encodeEvent(tradeClosed(trade)).trade).toMatchObject({
      shares: "-2",
      pnl: "-0.000001",
      commission: "9007199254.740991",
    });
    expect(encodeEvent(bar(AAPL, ms(1), ms(2), 1.5, 1.5, 1.5, 1.5, 3, 1))).toMatchObject({ open: 1.5, volume: 3 });
  });

  it("are inputs or decisions, never both", () => {
    for (const e of events) expect(isInput(e)).toBe(!isDecision(e));
  });

  it("go to one subject a ticker and to the streams by their names", () => {
    expect(subjectsOf(raw)).toEqual(["news.raw.AAPL", "news.raw.BRK.B"]);
    expect(subjectsOf(clockMark(ms(1)))).toEqual(["clock.mark"]);
    expect(events.filter((e) => e.type.startsWith("news")).map(streamOf)).toEqual(["news:raw", "news:scored"]);
    expect(events.filter((e) => e.type === "signal.generated" || e.type === "market.bar").map(streamOf)).toEqual([
      "market:bars",
      "signals:generated",
    ]);
  });
});
