import { z } from "zod";
import { OrderKind, OrderStatus, Side, TimeInForce } from "../../streams/domain/order.ts";
import { At, Confidence, Dec, Fraction, Score, SeqNo, TickerText } from "./wire.ts";

/** The whole account. Amounts USD; exposures, drawdown and `dayPnlFraction` as fractions of equity. One item. */
export const PortfolioItem = z.object({
  equity: Dec,
  cash: Dec,
  startEquity: Dec,
  /** Equity at the start of the New York day. */
  dayStartEquity: Dec,
  dayPnl: Dec,
  dayPnlFraction: Fraction,
  realised: Dec,
  unrealised: Dec,
  commissions: Dec,
  grossExposure: Fraction,
  netExposure: Fraction,
  /** From the highest equity so far, 0 to 1. */
  drawdown: Fraction,
  openPositions: z.int().nonnegative(),
  /** The limit closest to its bound: how much of it is used (1 = at the bound) and its name. Null without limits. */
  riskBudgetUsed: z.object({ fraction: Fraction, limit: z.string() }).nullable(),
  at: At,
});
export type PortfolioItem = z.output<typeof PortfolioItem>;

/** A point of the equity curve of this run. `benchmark`: what the starting equity would be worth in an equal-weight hold of what is followed; null before the first price. */
export const EquityItem = z.object({ at: At, equity: z.number(), benchmark: z.number().nullable() });
export type EquityItem = z.output<typeof EquityItem>;

/** One open position. It goes (`gone`) when it is flat. */
export const PositionItem = z.object({
  ticker: TickerText,
  /** Signed: short is negative. */
  shares: Dec,
  /** Average price paid, USD per share. */
  entryPx: Dec,
  /** Last price seen, USD, and when. */
  mark: z.number().nullable(),
  markAt: At.nullable(),
  unrealised: Dec,
  realised: Dec,
  dayPnl: Dec,
  /** Signed fraction of equity. */
  weight: Fraction,
  openedAt: At,
  openedBy: z.string(),
  /** The strategy that weighed most in the last target, or who asked for the order. */
  by: z.string(),
  /** Whose the shares are: a strategy's name, `ensemble`, or `account` for those that no strategy of this deck bought. */
  books: z.array(z.object({ book: z.string(), shares: Dec, avgPx: Dec })),
  /** Decayed sentiment of the ticker's headlines; null without any. */
  mood: Score.nullable(),
  /** Last closes, oldest first, at most 32. */
  spark: z.array(z.number()),
});
export type PositionItem = z.output<typeof PositionItem>;

/** The risk manager's answer to an order. `denial`: a code and its numbers, null when approved whole. */
export const VerdictView = z.object({
  outcome: z.enum(["approved", "resized", "denied"]),
  asked: Dec,
  granted: Dec,
  denial: z.looseObject({ code: z.string() }).nullable(),
  seq: SeqNo,
});
export type VerdictView = z.output<typeof VerdictView>;

/** One order over its life. One that risk denied was never sent: status `denied`, side, kind and tif null. */
export const OrderItem = z.object({
  id: z.string(),
  ticker: TickerText,
  side: Side.nullable(),
  kind: OrderKind.nullable(),
  /** Whole order, shares; "0" when sized at the fill by `cashFraction`. */
  qty: Dec,
  cashFraction: Fraction.nullable(),
  limitPx: Dec.nullable(),
  stopPx: Dec.nullable(),
  tif: TimeInForce.nullable(),
  bracket: z.object({ stopLoss: Dec.nullable(), takeProfit: Dec.nullable() }).nullable(),
  reduceOnly: z.boolean(),
  by: z.string(),
  origin: SeqNo,
  status: z.enum([...OrderStatus.options, "denied"]),
  filled: Dec,
  /** Average price of the fills, USD per share. */
  avgPx: Dec.nullable(),
  commission: Dec,
  verdict: VerdictView.nullable(),
  /** Why it was rejected or cancelled. */
  reason: z.string().nullable(),
  /** When it was first heard of, and last changed. */
  at: At,
  updatedAt: At,
  seq: SeqNo,
});
export type OrderItem = z.output<typeof OrderItem>;

/** A round trip or the reduction of one. `shares` negative for a short; pnl USD after both commissions; `gain` pnl over the cost. */
export const TradeItem = z.object({
  seq: SeqNo,
  ticker: TickerText,
  shares: Dec,
  entryPx: Dec,
  exitPx: Dec,
  entryAt: At,
  exitAt: At,
  pnl: Dec,
  gain: Fraction,
  commission: Dec,
  entryOrder: z.string(),
  exitOrder: z.string(),
  exitFill: SeqNo,
  /** Whose it was: a strategy's name, `ensemble`, or `account`. */
  book: z.string(),
  /** The strategy that weighed most where the ensemble held, else the book. */
  by: z.string(),
});
export type TradeItem = z.output<typeof TradeItem>;

export const SignalItem = z.object({
  seq: SeqNo,
  at: At,
  ticker: TickerText,
  strategy: z.string(),
  score: Score,
  confidence: Confidence,
  reason: z.string(),
  causes: z.array(SeqNo),
});
export type SignalItem = z.output<typeof SignalItem>;

export const StrategyItem = z.object({
  name: z.string(),
  weight: z.number(),
  enabled: z.boolean(),
  signals: z.int(),
  lastSignal: z.object({ seq: SeqNo, at: At, ticker: TickerText, score: Score }).nullable(),
  /** Share of closed trades' results so far, USD (an observation, not ledger money). */
  credit: z.number(),
  outcomes: z.int(),
});
export type StrategyItem = z.output<typeof StrategyItem>;

/** A headline; score, confidence and scorer are null until it is scored. */
export const NewsItem = z.object({
  id: z.string(),
  seq: SeqNo,
  /** When we could first know it. */
  at: At,
  publishedAt: At,
  source: z.string(),
  tickers: z.array(TickerText),
  headline: z.string(),
  url: z.string().nullable(),
  score: Score.nullable(),
  confidence: Confidence.nullable(),
  scorer: z.string().nullable(),
});
export type NewsItem = z.output<typeof NewsItem>;

export const QuoteItem = z.object({
  ticker: TickerText,
  at: At,
  bid: z.number(),
  ask: z.number(),
  bidSize: z.number(),
  askSize: z.number(),
});
export type QuoteItem = z.output<typeof QuoteItem>;

/** Prices USD, volume in shares; `at` its start, `seenAt` its close. */
export const BarItem = z.object({
  ticker: TickerText,
  seq: SeqNo,
  at: At,
  seenAt: At,
  open: z.number(),
  high: z.number(),
  low: z.number(),
  close: z.number(),
  volume: z.number(),
  barMs: z.int(),
});
export type BarItem = z.output<typeof BarItem>;

/** A bound and how much of it is used. fraction: of equity; usd; count; ms. */
export const RiskLimitView = z.object({
  name: z.string(),
  used: z.number(),
  limit: z.number(),
  unit: z.enum(["fraction", "usd", "count", "ms"]),
});
export type RiskLimitView = z.output<typeof RiskLimitView>;
/** The state of risk. One item. `denials`: how often each code was answered in this run. */
export const RiskItem = z.object({
  halted: z.boolean(),
  reason: z.string().nullable(),
  haltedTickers: z.array(TickerText),
  limits: z.array(RiskLimitView),
  denials: z.record(z.string(), z.int()),
  at: At,
});
export type RiskItem = z.output<typeof RiskItem>;

/** What the learner noted of a closed trade for one strategy. credit in USD, an observation. */
export const OutcomeItem = z.object({
  seq: SeqNo,
  at: At,
  ticker: TickerText,
  trade: SeqNo,
  strategy: z.string(),
  credit: z.number(),
  weight: z.number(),
});
export type OutcomeItem = z.output<typeof OutcomeItem>;
