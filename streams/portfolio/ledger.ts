import { bookOf } from "../domain/books.ts";
import { NewestIds } from "../domain/newestIds.ts";
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

/** What one book holds of a ticker: see `bookOf`. The account's holding of a ticker is the sum of its books. */
export interface BookHolding extends Holding {
  readonly book: string;
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
 * - equity = cash + Σ value; a fill that is repeated before 100,000 others have come changes nothing. (A broker repeats what it said lately: after a
 *   lost connection, and of orders that are looked up.)
 *
 * Cost is an average in each book: a reduction takes its part of cost and fees along, rounded once; what is left is never recomputed. Trades are
 * closed per book. A holding of the account is the exact sum of its books: shares, cost, openFees, realised; it was opened when its oldest open book was.
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
  /** Ids of the newest fills taken in. */
  readonly fills: Iterable<string>;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type BookLine = Mutable<BookHolding>;
interface Line extends Mutable<Holding> {
  readonly books: BookLine[];
}
interface Book extends Mutable<Omit<Ledger, "positions" | "fills">> {
  readonly positions: Map<Ticker, Line>;
  readonly parts: BookLine[];
  /** A mark has changed since the parts were valued: they are asked for seldom, and marked with every bar. */
  isStale: boolean;
  readonly fills: NewestIds;
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

/** Fills whose ids are known: weeks of a busy account, in 10 MB. A run of years has no more. */
const FILLS_KNOWN = 100_000;
const ZERO = money(0);
const NO_TRADES: readonly Trade[] = Object.freeze([]);
const NO_BOOKS: readonly BookHolding[] = Object.freeze([]);

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
    parts: [],
    isStale: false,
    fills: new NewestIds(FILLS_KNOWN),
    lines: new Map(),
    latest: null,
    net: ZERO,
    gross: ZERO,
  };
  return book;
};

/** Every book that ever held a ticker, in order of its first fill. */
export const everyBook = (ledger: Ledger): readonly BookHolding[] => {
  const book = own(ledger);
  if (!book.isStale) return book.parts;
  book.isStale = false;
  for (const { mark, books } of book.lines.values())
    for (const part of books) {
      part.mark = mark;
      part.value = valueAt(mark, part.shares, part.cost);
    }
  return book.parts;
};

const newLine = (ticker: Ticker): Line => ({
  ticker,
  shares: shares(0),
  cost: ZERO,
  openFees: ZERO,
  openedAt: ms(0),
  openedBy: orderId(""),
  realised: ZERO,
  mark: null,
  value: ZERO,
  books: [],
});

const lineOf = (book: Book, ticker: Ticker): Line => {
  if (book.latest !== null && book.latest.ticker === ticker) return book.latest;
  const known = book.lines.get(ticker);
  if (known) {
    book.latest = known;
    return known;
  }
  const line = newLine(ticker);
  book.lines.set(ticker, line);
  return line;
};

const partOf = (book: Book, line: Line, name: string): BookLine => {
  for (let i = 0; i < line.books.length; i++) if (line.books[i]?.book === name) return line.books[i] as BookLine;
  const { books: _, ...flat } = newLine(line.ticker);
  const part: BookLine = { ...flat, book: name, mark: line.mark };
  line.books.push(part);
  book.parts.push(part);
  return part;
};

/** What `held` is worth at a mark; at cost when there is none. */
const valueAt = (mark: number | null, held: Shares, cost: Money): Money =>
  held === 0 ? ZERO : mark === null ? cost : notional(toPx(mark), held);

/** The ticker's sums from its books, and the account's from the ticker's. `before`: whether the account held any of it. */
const sum = (book: Book, line: Line): void => {
  book.isStale = true;
  const before = line.shares !== 0;
  let held = 0;
  let cost = 0;
  let openFees = 0;
  let realised = 0;
  let oldest: BookLine | null = null;
  for (const part of line.books) {
    held += part.shares;
    cost += part.cost;
    openFees += part.openFees;
    realised += part.realised;
    if (part.shares !== 0 && (oldest === null || part.openedAt < oldest.openedAt)) oldest = part;
  }
  line.shares = shares(held);
  line.cost = money(cost);
  line.openFees = money(openFees);
  line.realised = money(realised);
  if (oldest !== null) {
    line.openedAt = oldest.openedAt;
    line.openedBy = oldest.openedBy;
  }
  if (before !== (held !== 0)) book.openCount += before ? -1 : 1;
  book.positions.set(line.ticker, line);
  revalue(book, line, valueAt(line.mark, line.shares, line.cost));
};

/** Puts a line's new value into the sums. */
const revalue = (book: Book, line: Line, value: Money): void => {
  book.net = money(book.net - line.value + value);
  book.gross = money(book.gross - Math.abs(line.value) + Math.abs(value));
  line.value = value;
};

/** Average price of a holding, rounded to µUSD, at least 1. */
const averagePx = (cost: Money, held: Shares): Px => px(Math.max(1, share(cost, SCALE, held)));

/** Adds `delta` µshare that cost `cost` and `fees` to a book that is flat or already on that side. */
const enter = (part: BookLine, fill: Fill, delta: number, cost: Money, fees: Money): void => {
  if (part.shares === 0) {
    part.openedAt = fill.tEvent;
    part.openedBy = fill.orderId;
  }
  part.shares = shares(part.shares + delta);
  part.cost = money(part.cost + cost);
  part.openFees = money(part.openFees + fees);
};

/** Takes `closed` µshare (signed like the holding) out for `proceeds` and says what trade that was. */
const leave = (book: Book, part: BookLine, fill: Fill, closed: number, proceeds: Money, exitFees: Money): Trade => {
  const costPart = share(part.cost, closed, part.shares);
  const feePart = share(part.openFees, closed, part.shares);
  const commission = money(feePart + exitFees);
  const trade: Trade = {
    ticker: part.ticker,
    book: part.book,
    shares: shares(closed),
    entryPx: averagePx(part.cost, part.shares),
    exitPx: fill.px,
    entryAt: part.openedAt,
    exitAt: fill.tEvent,
    pnl: money(proceeds - costPart - commission),
    commission,
    entryOrder: part.openedBy,
    exitOrder: fill.orderId,
    exitFill: fill.seq,
  };
  book.realised = money(book.realised + trade.pnl);
  part.realised = money(part.realised + trade.pnl);
  part.shares = shares(part.shares - closed);
  part.cost = money(part.cost - costPart);
  part.openFees = money(part.openFees - feePart);
  return trade;
};

/**
 * Takes over an open position of an earlier account at its cost: what that account paid for it counts as brought in, so that the
 * ledger balances and the trade that closes it has its whole result. @throws RangeError when its book holds the ticker already, or for none.
 */
export const adopt = (ledger: Ledger, position: AccountAdopted): void => {
  const book = own(ledger);
  const line = lineOf(book, position.ticker);
  const part = partOf(book, line, position.book);
  if (part.shares !== 0 || position.shares === 0) throw new RangeError(`${position.ticker} cannot be adopted`);
  book.initial = money(book.initial + position.cost + position.openFees);
  part.shares = position.shares;
  part.cost = position.cost;
  part.openFees = position.openFees;
  part.openedAt = position.openedAt;
  part.openedBy = position.openedBy;
  if (position.mark !== null) line.mark = position.mark;
  sum(book, line);
};

/**
 * Takes in one execution and returns the trade it closed in its book, if any (one at most: cost is an average). A fill whose id was seen
 * lately is ignored. A fill past flat closes the book's position and opens the other side; its commission is split by shares, and its
 * notional is rounded once, so that the closing part is exact and the opening part is the rest. Times are the fill's `tEvent`.
 * @throws RangeError on a fill of no shares that costs commission; AmountOutOfRange past the exact range.
 */
export const applyFill = (ledger: Ledger, fill: Fill): readonly Trade[] => {
  const book = own(ledger);
  if (!book.fills.add(fill.fillId)) return NO_TRADES;
  if (fill.qty === 0 && fill.commission !== 0) throw new RangeError(`fill ${fill.fillId} has a commission but no shares`);
  if (fill.qty === 0) return NO_TRADES;
  const line = lineOf(book, fill.ticker);
  const delta = shares(signOf(fill.side) * fill.qty);
  const paid = notional(fill.px, delta);
  book.cash = money(book.cash - paid - fill.commission);
  book.commissions = money(book.commissions + fill.commission);
  book.tradedUsd += Math.abs(toFloat(paid));
  const trades = settle(book, partOf(book, line, bookOf(fill.orderId, fill.ticker)), fill, delta, paid);
  sum(book, line);
  return trades;
};

const settle = (book: Book, part: BookLine, fill: Fill, delta: Shares, paid: Money): readonly Trade[] => {
  const held = part.shares;
  if (held === 0 || held > 0 === delta > 0) {
    enter(part, fill, delta, paid, fill.commission);
    return NO_TRADES;
  }
  if (Math.abs(delta) <= Math.abs(held)) return [leave(book, part, fill, -delta, money(-paid), fill.commission)];
  const proceeds = notional(fill.px, held);
  const exitFees = share(fill.commission, Math.abs(held), fill.qty);
  const trade = leave(book, part, fill, held, proceeds, exitFees);
  enter(part, fill, held + delta, money(paid + proceeds), money(fill.commission - exitFees));
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
  if (line.books.length === 0) return;
  for (const part of line.books) {
    const exact = share(money(part.shares), split.numerator, split.denominator);
    part.shares = shares(exact === 0 ? Math.sign(part.shares) : exact);
  }
  sum(book, line);
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
  book.isStale = true;
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

/** Shares that one book holds of a ticker, signed, 0 when flat. */
export const sharesIn = (ledger: Ledger, book: string, ticker: Ticker): Shares => {
  for (const part of own(ledger).lines.get(ticker)?.books ?? NO_BOOKS) if (part.book === book) return part.shares;
  return shares(0);
};

/** The books that ever held a ticker. */
export const booksOf = (ledger: Ledger, ticker: Ticker): readonly BookHolding[] => {
  everyBook(ledger);
  return own(ledger).lines.get(ticker)?.books ?? NO_BOOKS;
};

/** What the books hold of a ticker, without what that is worth. */
export const sharesByBook = (ledger: Ledger, ticker: Ticker): readonly Pick<BookHolding, "book" | "shares">[] =>
  own(ledger).lines.get(ticker)?.books ?? NO_BOOKS;

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
