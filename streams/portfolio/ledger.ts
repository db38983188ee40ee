import { type Fill, signOf } from "../domain/order.ts";
import type { AccountAdopted, Dividend, Position, Split, Trade } from "../domain/portfolio.ts";
import {
  type Money,
  money,
  ms,
  notional,
  orderId,
  type Px,
  px,
  SCALE,
  type Shares,
  share,
  shares,
  type Ticker,
  toFloat,
  toPx,
} from "../domain/units.ts";

/** A position with its price. Flat ones stay, with zero shares, for their realised result (the sum of the ticker's trades' pnl). */
export interface Holding extends Position {
  /** Last observed price, USD, adjusted for splits since; null before the first. */
  readonly mark: number | null;
  /** shares × mark, signed; at cost while unmarked. */
  readonly value: Money;
}

/**
 * One account, exact to the µUSD: a fold over fills, splits and dividends. It is changed in place, only by the functions of this
 * file, and has one owner; whoever else needs it reads it between two changes and keeps nothing of it. After a call that threw
 * (AmountOutOfRange, or a fill that makes no sense) it is not to be used: its owner starts again from the log.
 *
 * Invariants, after any sequence of changes:
 * - cash = initial − Σ fills (signed notional + commission) + dividends;
 * - initial + realised + dividends − Σ openFees = cash + Σ cost (`imbalance` is the difference: always 0);
 * - shares of a ticker = signed sum of its fills, times its splits; zero shares have zero cost and zero openFees;
 * - equity = cash + Σ value; a repeated fill changes nothing.
 *
 * Cost is an average: a reduction takes its part of cost and fees along, rounded once; what is left is never recomputed.
 */
export interface Ledger {
  readonly initial: Money;
  readonly cash: Money;
  /** Sum of all trades' pnl, after both commissions. */
  readonly realised: Money;
  /** Received on longs less paid on shorts. */
  readonly dividends: Money;
  /** All commission paid, on open and closed shares. */
  readonly commissions: Money;
  /** Sum of |price × shares| over all fills, USD. A statistic, hence a float: it may outgrow exact amounts. */
  readonly tradedUsd: number;
  /** Holdings that are not flat. */
  readonly openCount: number;
  /** Every ticker ever held, in order of its first fill. */
  readonly positions: ReadonlyMap<Ticker, Holding>;
  /** Ids of the fills taken in. */
  readonly fills: ReadonlySet<string>;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Line = Mutable<Holding>;
interface Book extends Mutable<Omit<Ledger, "positions" | "fills">> {
  readonly positions: Map<Ticker, Line>;
  readonly fills: Set<string>;
  /** Every ticker ever held or marked. */
  readonly lines: Map<Ticker, Line>;
  /** The line that was asked for last: bars and fills of one ticker come in runs. */
  latest: Line | null;
  /** Sum of the lines' values, with and without their sign. */
  net: Money;
  gross: Money;
}
/** The writable side of a ledger: every ledger is made by `openLedger`, as a book. */
const own = (ledger: Ledger): Book => ledger as Book;

const ZERO = money(0);
const NO_TRADES: readonly Trade[] = Object.freeze([]);

export const openLedger = (cash: Money): Ledger => {
  const book: Book = {
    initial: cash,
    cash,
    realised: ZERO,
    dividends: ZERO,
    commissions: ZERO,
    tradedUsd: 0,
    openCount: 0,
    positions: new Map(),
    fills: new Set(),
    lines: new Map(),
    latest: null,
    net: ZERO,
    gross: ZERO,
  };
  return book;
};

const lineOf = (book: Book, ticker: Ticker): Line => {
  if (book.latest !== null && book.latest.ticker === ticker) return book.latest;
  const known = book.lines.get(ticker);
  if (known) {
    book.latest = known;
    return known;
  }
  const line: Line = {
    ticker,
    shares: shares(0),
    cost: ZERO,
    openFees: ZERO,
    openedAt: ms(0),
    openedBy: orderId(""),
    realised: ZERO,
    mark: null,
    value: ZERO,
  };
  book.lines.set(ticker, line);
  return line;
};

/** What `held` is worth at a mark; at cost when there is none. */
const valueAt = (mark: number | null, held: Shares, cost: Money): Money =>
  held === 0 ? ZERO : mark === null ? cost : notional(toPx(mark), held);

/** Puts a line's new value into the sums. */
const revalue = (book: Book, line: Line, value: Money): void => {
  book.net = money(book.net - line.value + value);
  book.gross = money(book.gross - Math.abs(line.value) + Math.abs(value));
  line.value = value;
};

/** Average price of a holding, rounded to µUSD, at least 1. */
const averagePx = (cost: Money, held: Shares): Px => px(Math.max(1, share(cost, SCALE, held)));

/** Adds `delta` µshare that cost `cost` and `fees` to a line that is flat or already on that side. */
const enter = (book: Book, line: Line, fill: Fill, delta: number, cost: Money, fees: Money): void => {
  if (line.shares === 0) {
    line.openedAt = fill.tEvent;
    line.openedBy = fill.orderId;
    book.openCount += 1;
    book.positions.set(line.ticker, line);
  }
  line.shares = shares(line.shares + delta);
  line.cost = money(line.cost + cost);
  line.openFees = money(line.openFees + fees);
};

/** Takes `closed` µshare (signed like the holding) out for `proceeds` and says what trade that was. */
const leave = (book: Book, line: Line, fill: Fill, closed: number, proceeds: Money, exitFees: Money): Trade => {
  const costPart = share(line.cost, closed, line.shares);
  const feePart = share(line.openFees, closed, line.shares);
  const commission = money(feePart + exitFees);
  const trade: Trade = {
    ticker: line.ticker,
    shares: shares(closed),
    entryPx: averagePx(line.cost, line.shares),
    exitPx: fill.px,
    entryAt: line.openedAt,
    exitAt: fill.tEvent,
    pnl: money(proceeds - costPart - commission),
    commission,
    entryOrder: line.openedBy,
    exitOrder: fill.orderId,
    exitFill: fill.seq,
  };
  book.realised = money(book.realised + trade.pnl);
  line.realised = money(line.realised + trade.pnl);
  line.shares = shares(line.shares - closed);
  line.cost = money(line.cost - costPart);
  line.openFees = money(line.openFees - feePart);
  if (line.shares === 0) book.openCount -= 1;
  return trade;
};

/**
 * Takes over an open position of an earlier account at its cost: what that account paid for it counts as brought in, so that the
 * ledger balances and the trade that closes it has its whole result. @throws RangeError when the ticker is held already, or for none.
 */
export const adopt = (ledger: Ledger, position: AccountAdopted): void => {
  const book = own(ledger);
  const line = lineOf(book, position.ticker);
  if (line.shares !== 0 || position.shares === 0) throw new RangeError(`${position.ticker} cannot be adopted`);
  book.initial = money(book.initial + position.cost + position.openFees);
  book.openCount += 1;
  book.positions.set(line.ticker, line);
  line.shares = position.shares;
  line.cost = position.cost;
  line.openFees = position.openFees;
  line.openedAt = position.openedAt;
  line.openedBy = position.openedBy;
  if (position.mark !== null) line.mark = position.mark;
  revalue(book, line, valueAt(line.mark, line.shares, line.cost));
};

/**
 * Takes in one execution and returns the trade it closed, if any (one at most: cost is an average). A fill whose id was seen
 * before is ignored. A fill past flat closes the position and opens the other side; its commission is split by shares, and its
 * notional is rounded once, so that the closing part is exact and the opening part is the rest. Times are the fill's `tEvent`.
 * @throws RangeError on a fill of no shares that costs commission; AmountOutOfRange past the exact range.
 */
export const applyFill = (ledger: Ledger, fill: Fill): readonly Trade[] => {
  const book = own(ledger);
  const before = book.fills.size;
  if (book.fills.add(fill.fillId).size === before) return NO_TRADES;
  if (fill.qty === 0 && fill.commission !== 0) throw new RangeError(`fill ${fill.fillId} has a commission but no shares`);
  if (fill.qty === 0) return NO_TRADES;
  const line = lineOf(book, fill.ticker);
  const delta = shares(signOf(fill.side) * fill.qty);
  const paid = notional(fill.px, delta);
  book.cash = money(book.cash - paid - fill.commission);
  book.commissions = money(book.commissions + fill.commission);
  book.tradedUsd += Math.abs(toFloat(paid));
  const trades = settle(book, line, fill, delta, paid);
  revalue(book, line, valueAt(line.mark, line.shares, line.cost));
  return trades;
};

const settle = (book: Book, line: Line, fill: Fill, delta: Shares, paid: Money): readonly Trade[] => {
  const held = line.shares;
  if (held === 0 || held > 0 === delta > 0) {
    enter(book, line, fill, delta, paid, fill.commission);
    return NO_TRADES;
  }
  if (Math.abs(delta) <= Math.abs(held)) return [leave(book, line, fill, -delta, money(-paid), fill.commission)];
  const proceeds = notional(fill.px, held);
  const exitFees = share(fill.commission, Math.abs(held), fill.qty);
  const trade = leave(book, line, fill, held, proceeds, exitFees);
  enter(book, line, fill, held + delta, money(paid + proceeds), money(fill.commission - exitFees));
  return [trade];
};

/**
 * Takes in a split: shares × numerator ÷ denominator, rounded half away from zero to whole µshares but never to none; the mark is
 * adjusted, cost and fees stay. A µshare is the finest the ledger knows: what rounding adds or takes is at most half of one, and
 * no cash moves. Cash for fractions, where a broker pays it, comes as a fill.
 */
export const applySplit = (ledger: Ledger, split: Split): void => {
  const book = own(ledger);
  const line = lineOf(book, split.ticker);
  if (line.mark !== null) line.mark = (line.mark * split.denominator) / split.numerator;
  if (line.shares === 0) return;
  const exact = share(money(line.shares), split.numerator, split.denominator);
  line.shares = shares(exact === 0 ? Math.sign(line.shares) : exact);
  revalue(book, line, valueAt(line.mark, line.shares, line.cost));
};

/** Takes in a cash dividend and returns what it brought: below zero for a short, 0 when flat. */
export const applyDividend = (ledger: Ledger, dividend: Dividend): Money => {
  const book = own(ledger);
  const paid = notional(dividend.perShare, lineOf(book, dividend.ticker).shares);
  book.cash = money(book.cash + paid);
  book.dividends = money(book.dividends + paid);
  return paid;
};

/** Remembers a ticker's last price, USD, and values what is held of it. Constant time. @throws RangeError unless it is above zero. */
export const mark = (ledger: Ledger, ticker: Ticker, priceUsd: number): void => {
  if (!(priceUsd > 0)) throw new RangeError(`${ticker} cannot be marked at ${priceUsd}`);
  const book = own(ledger);
  const line = lineOf(book, ticker);
  line.mark = priceUsd;
  if (line.shares !== 0) revalue(book, line, notional(toPx(priceUsd), line.shares));
};

/** Last marked price of a ticker, USD, or null. */
export const markOf = (ledger: Ledger, ticker: Ticker): number | null => own(ledger).lines.get(ticker)?.mark ?? null;

/** Cash and holdings at their marks, those without one at cost. Constant time. */
export const equity = (ledger: Ledger): Money => money(ledger.cash + own(ledger).net);

/** Sum of all holdings' values without their sign. Constant time. */
export const grossExposure = (ledger: Ledger): Money => own(ledger).gross;

/** Signed value of one ticker's holding, 0 when flat. */
export const exposureOf = (ledger: Ledger, ticker: Ticker): Money => own(ledger).lines.get(ticker)?.value ?? ZERO;

/** Shares held of one ticker, signed, 0 when flat. */
export const sharesOf = (ledger: Ledger, ticker: Ticker): Shares => own(ledger).lines.get(ticker)?.shares ?? shares(0);

/** What the open holdings have gained since they were opened, before fees. */
export const unrealised = (ledger: Ledger): Money => {
  let sum = 0;
  for (const line of ledger.positions.values()) sum += line.value - line.cost;
  return money(sum);
};

/** initial + realised + dividends − Σ openFees − cash − Σ cost: 0, or the ledger is wrong. */
export const imbalance = (ledger: Ledger): Money => {
  let sum = ledger.initial + ledger.realised + ledger.dividends - ledger.cash;
  for (const line of ledger.positions.values()) sum -= line.openFees + line.cost;
  return money(sum);
};
