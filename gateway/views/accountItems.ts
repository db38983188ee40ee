import type { RiskLimits } from "../../streams/domain/run.ts";
import { SCALE, type Ticker, toDecimal, toFloat } from "../../streams/domain/units.ts";
import { booksOf, equity, grossExposure, type Holding, type Ledger, unrealised } from "../../streams/portfolio/ledger.ts";
import type { PortfolioItem, PositionItem, RiskLimitView } from "../contract/items.ts";
import { type Market, moodOf } from "./market.ts";

const SPARK = 32;

/** What the ledger does not know of one ticker. */
export interface HeldTicker {
  readonly ticker: Ticker;
  /** Who stands behind what is held. */
  by: string;
  /** By book: who stands behind what it holds, and who stood behind what its last reduction took from. */
  readonly books: Map<string, { by: string; closedBy: string }>;
  held: boolean;
  dirty: boolean;
  /** A client was told of it. */
  shown: boolean;
  /** Result of the ticker at the start of the day, µUSD. */
  dayStart: number;
}

/** An open account: the ledger, and what the day and the peak are measured from. Amounts µUSD. */
export interface Book {
  readonly ledger: Ledger;
  readonly prices: Market;
  readonly limits: RiskLimits;
  /** The core's clock. */
  now: number;
  /** Midnight in New York. */
  dayEnd: number;
  dayStartEquity: number;
  peak: number;
}

const part = (of: number, whole: number): number => (whole === 0 ? 0 : of / whole);

/** Realised and open result of a ticker, after fees, µUSD. */
export const resultOf = (h: Holding): number => h.realised + h.value - h.cost - h.openFees;

const fraction = (name: string, used: number, limit: number): RiskLimitView => ({ name, used, limit, unit: "fraction" });

/** How much of each limit is used. Age counts from when the next bar was due. */
export const limitsOf = ({ ledger, prices, limits, now, dayStartEquity }: Book): RiskLimitView[] => {
  const total = equity(ledger);
  let largest = 0;
  let oldestMs = 0;
  for (const h of ledger.positions.values()) {
    if (h.shares === 0) continue;
    largest = Math.max(largest, Math.abs(h.value));
    const line = prices.known(h.ticker);
    if (line) oldestMs = Math.max(oldestMs, now - line.pxAt - line.barMs);
  }
  return [
    fraction("maxPositionFraction", part(largest, total), limits.maxPositionFraction),
    fraction("maxGrossExposure", part(grossExposure(ledger), total), limits.maxGrossExposure),
    { name: "maxOpenPositions", used: ledger.openCount, limit: limits.maxOpenPositions, unit: "count" },
    fraction("maxDailyLossFraction", part(Math.max(0, dayStartEquity - total), dayStartEquity), limits.maxDailyLossFraction),
    { name: "maxStaleMs", used: oldestMs, limit: limits.maxStaleMs, unit: "ms" },
  ];
};

/** The limit closest to its bound. Age is not a budget: closed markets age. */
const budgetOf = (book: Book): PortfolioItem["riskBudgetUsed"] => {
  if (!book.limits.enabled) return null;
  const budgets = limitsOf(book).filter((l) => l.unit !== "ms");
  const top = budgets.reduce((a, b) => (b.used / b.limit > a.used / a.limit ? b : a));
  return { fraction: top.used / top.limit, limit: top.name };
};

export const portfolioItem = (book: Book): PortfolioItem => {
  const { ledger, dayStartEquity, peak } = book;
  const total = equity(ledger);
  return {
    equity: toDecimal(total),
    cash: toDecimal(ledger.cash),
    startEquity: toDecimal(ledger.initial),
    dayStartEquity: toDecimal(dayStartEquity),
    dayPnl: toDecimal(total - dayStartEquity),
    dayPnlFraction: part(total - dayStartEquity, dayStartEquity),
    realised: toDecimal(ledger.realised),
    unrealised: toDecimal(unrealised(ledger)),
    commissions: toDecimal(ledger.commissions),
    grossExposure: part(grossExposure(ledger), total),
    netExposure: part(total - ledger.cash, total),
    drawdown: peak > 0 ? Math.max(0, 1 - total / Math.max(peak, total)) : 0,
    openPositions: ledger.openCount,
    riskBudgetUsed: budgetOf(book),
    at: book.now,
  };
};

/** Average price paid. @param h not flat */
const averageOf = (h: Holding): string => toDecimal(Math.round((h.cost / h.shares) * SCALE));

/** @param h not flat */
export const positionItem = (book: Book, h: Holding, one: HeldTicker): PositionItem => {
  const line = book.prices.known(h.ticker);
  const priced = line !== undefined && line.px > 0;
  return {
    ticker: h.ticker,
    shares: toDecimal(h.shares),
    entryPx: averageOf(h),
    mark: priced ? line.px : null,
    markAt: priced ? line.pxAt : null,
    unrealised: toDecimal(h.value - h.cost),
    realised: toDecimal(h.realised),
    dayPnl: toDecimal(resultOf(h) - one.dayStart),
    weight: part(toFloat(h.value), toFloat(equity(book.ledger))),
    openedAt: h.openedAt,
    openedBy: h.openedBy,
    by: one.by,
    mood: line ? moodOf(line, book.now) : null,
    books: booksOf(book.ledger, h.ticker)
      .filter((b) => b.shares !== 0)
      .map((b) => ({ book: b.book, shares: toDecimal(b.shares), avgPx: averageOf(b) })),
    spark: line ? line.bars.closes(SPARK) : [],
  };
};
