import type { Fill } from "../../streams/domain/order.ts";
import type { AccountOpened, Dividend, Split } from "../../streams/domain/portfolio.ts";
import type { RiskLimits } from "../../streams/domain/run.ts";
import { type Money, ms, SCALE, type Ticker, toDecimal, toFloat } from "../../streams/domain/units.ts";
import { newYorkOffsetMs } from "../../streams/market/calendar.ts";
import {
  applyDividend,
  applyFill,
  applySplit,
  equity,
  grossExposure,
  type Holding,
  type Ledger,
  mark,
  openLedger,
  unrealised,
} from "../../streams/portfolio/ledger.ts";
import type { PortfolioItem, PositionItem, RiskLimitView } from "../contract/items.ts";
import { equityCurve } from "./equityCurve.ts";
import { type Line, type Market, moodOf } from "./market.ts";
import { type Change, NOTHING, type View } from "./view.ts";

const DAY_MS = 86_400_000;
const SPARK = 32;

export interface Account {
  readonly portfolio: View;
  readonly positions: View;
  readonly equity: View;
  opened(e: AccountOpened): void;
  /** `by`: who stands behind the order. */
  filled(e: Fill, by: string): void;
  split(e: Split): void;
  dividend(e: Dividend): void;
  /** A line has a new price. */
  priced(line: Line): void;
  /** Time went on: sample equity as it was until now, and begin a new New York day when it is one. */
  tick(now: number): void;
  /** Who stood behind the trade that closed last in this ticker. */
  closedBy(ticker: string): string;
  /** How much of each limit is used. */
  limits(): RiskLimitView[];
}

interface Seat {
  by: string;
  /** Who stood behind what the last reduction took from. */
  closedBy: string;
  held: boolean;
  dirty: boolean;
  /** A client was told of it. */
  shown: boolean;
  /** Realised and unrealised result at the start of the day, µUSD. */
  dayStart: number;
}

const dayEndAfter = (at: number): number => {
  const offset = newYorkOffsetMs(ms(at));
  return (Math.floor((at + offset) / DAY_MS) + 1) * DAY_MS - offset;
};
const part = (of: number, whole: number): number => (whole === 0 ? 0 : of / whole);
const resultOf = (h: Holding): number => h.realised + h.value - h.cost - h.openFees;

/** The account as the dashboard shows it: the ledger's own fold, marked with every price. Before `account.opened` there is none. */
export const account = (prices: Market, limits: RiskLimits): Account => {
  const seats = new Map<string, Seat>();
  let dirtySeats: [Ticker, Seat][] = [];
  let ledger: Ledger | null = null;
  let dirty = false;
  /** The account began anew: what was told of positions is void. */
  let anew = false;
  let now = 0;
  let dayEnd = 0;
  let dayStartEquity = 0;
  let peak = 0;
  const curve = equityCurve();

  const seatOf = (ticker: Ticker): Seat => {
    const known = seats.get(ticker);
    if (known) return known;
    const seat: Seat = { by: "", closedBy: "", held: false, dirty: false, shown: false, dayStart: 0 };
    seats.set(ticker, seat);
    return seat;
  };
  const touch = (ticker: Ticker, seat: Seat): void => {
    dirty = true;
    if (seat.dirty) return;
    seat.dirty = true;
    dirtySeats.push([ticker, seat]);
  };

  const limitsNow = (book: Ledger): RiskLimitView[] => {
    const total = toFloat(equity(book));
    let largest = 0;
    let oldestMs = 0;
    for (const h of book.positions.values()) {
      if (h.shares === 0) continue;
      largest = Math.max(largest, Math.abs(toFloat(h.value)));
      const line = prices.known(h.ticker);
      if (line) oldestMs = Math.max(oldestMs, now - line.pxAt - line.barMs);
    }
    const loss = Math.max(0, dayStartEquity - equity(book));
    return [
      { name: "maxPositionFraction", used: part(largest, total), limit: limits.maxPositionFraction, unit: "fraction" },
      {
        name: "maxGrossExposure",
        used: part(toFloat(grossExposure(book)), total),
        limit: limits.maxGrossExposure,
        unit: "fraction",
      },
      { name: "maxOpenPositions", used: book.openCount, limit: limits.maxOpenPositions, unit: "count" },
      { name: "maxDailyLossFraction", used: part(loss, dayStartEquity), limit: limits.maxDailyLossFraction, unit: "fraction" },
      { name: "maxStaleMs", used: oldestMs, limit: limits.maxStaleMs, unit: "ms" },
    ];
  };
  /** Age is not a budget: closed markets age. */
  const budget = (book: Ledger): PortfolioItem["riskBudgetUsed"] => {
    if (!limits.enabled) return null;
    const shares = limitsNow(book).filter((l) => l.unit !== "ms");
    const top = shares.reduce((a, b) => (b.used / b.limit > a.used / a.limit ? b : a));
    return { fraction: top.used / top.limit, limit: top.name };
  };
  const portfolioItem = (book: Ledger): PortfolioItem => {
    const total = equity(book);
    const open = unrealised(book);
    return {
      equity: toDecimal(total),
      cash: toDecimal(book.cash),
      startEquity: toDecimal(book.initial),
      dayStartEquity: toDecimal(dayStartEquity),
      dayPnl: toDecimal(total - dayStartEquity),
      dayPnlFraction: part(total - dayStartEquity, dayStartEquity),
      realised: toDecimal(book.realised),
      unrealised: toDecimal(open),
      commissions: toDecimal(book.commissions),
      grossExposure: part(grossExposure(book), total),
      netExposure: part(total - book.cash, total),
      drawdown: peak > 0 ? Math.max(0, 1 - total / Math.max(peak, total)) : 0,
      openPositions: book.openCount,
      riskBudgetUsed: budget(book),
      at: now,
    };
  };
  const positionItem = (book: Ledger, h: Holding): PositionItem => {
    const line = prices.known(h.ticker);
    const seat = seatOf(h.ticker);
    return {
      ticker: h.ticker,
      shares: toDecimal(h.shares),
      entryPx: toDecimal(Math.round((h.cost / h.shares) * SCALE)),
      mark: line && line.px > 0 ? line.px : null,
      markAt: line && line.px > 0 ? line.pxAt : null,
      unrealised: toDecimal(h.value - h.cost),
      realised: toDecimal(h.realised),
      dayPnl: toDecimal(resultOf(h) - seat.dayStart),
      weight: part(h.value, equity(book)),
      openedAt: h.openedAt,
      openedBy: h.openedBy,
      by: seat.by,
      mood: line ? moodOf(line, now) : null,
      spark: line ? line.bars.closes(SPARK) : [],
    };
  };
  const beginDay = (book: Ledger, at: number): void => {
    dayEnd = dayEndAfter(at);
    dayStartEquity = equity(book);
    for (const h of book.positions.values()) {
      const seat = seatOf(h.ticker);
      seat.dayStart = resultOf(h);
      if (h.shares !== 0) touch(h.ticker, seat);
    }
  };
  const sample = (book: Ledger, at: number): void => {
    const total: Money = equity(book);
    if (total > peak) peak = total;
    if (curve.due(at)) {
      const growth = prices.benchmark();
      curve.push(at, toFloat(total), growth === null ? null : growth * toFloat(book.initial));
    }
  };

  const portfolio: View = {
    items: () => (ledger ? [portfolioItem(ledger)] : []),
    drain: () => {
      if (!dirty || !ledger) return NOTHING;
      dirty = false;
      return [{ key: "only", item: portfolioItem(ledger) }];
    },
    discard: () => {
      dirty = false;
    },
  };
  const changeOf = (book: Ledger, ticker: Ticker, seat: Seat): Change | null => {
    const h = book.positions.get(ticker);
    if (h && h.shares !== 0) {
      seat.shown = true;
      return { key: ticker, item: positionItem(book, h) };
    }
    if (!seat.shown) return null;
    seat.shown = false;
    return { key: ticker, item: null };
  };
  const cleanSeats = (): void => {
    for (const [, seat] of dirtySeats) seat.dirty = false;
    dirtySeats = [];
  };
  const positions: View = {
    items: () => {
      if (!ledger) return [];
      const items: PositionItem[] = [];
      for (const h of ledger.positions.values()) {
        if (h.shares === 0) continue;
        seatOf(h.ticker).shown = true;
        items.push(positionItem(ledger, h));
      }
      return items;
    },
    drain: () => {
      if (anew) {
        anew = false;
        cleanSeats();
        return "reset";
      }
      if (dirtySeats.length === 0 || !ledger) return NOTHING;
      const changes: Change[] = [];
      for (const [ticker, seat] of dirtySeats) {
        const change = changeOf(ledger, ticker, seat);
        if (change) changes.push(change);
      }
      cleanSeats();
      return changes;
    },
    discard: cleanSeats,
  };

  return {
    portfolio,
    positions,
    equity: curve,
    opened: (e) => {
      ledger = openLedger(e.cash);
      seats.clear();
      dirtySeats = [];
      anew = true;
      dirty = true;
      peak = e.cash;
      now = e.tSeen;
      curve.restart();
      beginDay(ledger, e.tSeen);
      sample(ledger, e.tSeen);
    },
    filled: (e, by) => {
      if (!ledger) return;
      const seat = seatOf(e.ticker);
      const line = prices.known(e.ticker);
      if (line && line.px > 0) mark(ledger, e.ticker, line.px);
      const before = ledger.positions.get(e.ticker)?.shares ?? 0;
      applyFill(ledger, e);
      const after = ledger.positions.get(e.ticker)?.shares ?? 0;
      if (before !== 0) seat.closedBy = seat.by;
      if (after !== 0 && (before === 0 || before > 0 !== after > 0 || Math.abs(after) > Math.abs(before))) seat.by = by;
      seat.held = after !== 0;
      touch(e.ticker, seat);
    },
    split: (e) => {
      prices.split(e.ticker, e.numerator / e.denominator);
      if (!ledger) return;
      applySplit(ledger, e);
      touch(e.ticker, seatOf(e.ticker));
    },
    dividend: (e) => {
      if (!ledger) return;
      applyDividend(ledger, e);
      touch(e.ticker, seatOf(e.ticker));
    },
    priced: (line) => {
      if (!ledger) return;
      const seat = seats.get(line.ticker);
      if (seat === undefined || !seat.held) return;
      mark(ledger, line.ticker, line.px);
      touch(line.ticker, seat);
    },
    tick: (at) => {
      if (ledger) {
        sample(ledger, now);
        if (at >= dayEnd) beginDay(ledger, at);
        dirty = true;
      }
      now = at;
    },
    closedBy: (ticker) => seats.get(ticker)?.closedBy ?? "",
    limits: () => (ledger ? limitsNow(ledger) : []),
  };
};
