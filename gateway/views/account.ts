import { bookOf } from "../../streams/domain/books.ts";
import type { Fill } from "../../streams/domain/order.ts";
import type { AccountAdopted, AccountOpened, Dividend, Split } from "../../streams/domain/portfolio.ts";
import type { RiskLimits } from "../../streams/domain/run.ts";
import { ms, toFloat } from "../../streams/domain/units.ts";
import { newYorkOffsetMs } from "../../streams/market/calendar.ts";
import {
  adopt,
  applyDividend,
  applyFill,
  applySplit,
  type BookHolding,
  equity,
  everyBook,
  mark,
  openLedger,
  sharesIn,
  sharesOf,
} from "../../streams/portfolio/ledger.ts";
import type { RiskLimitView } from "../contract/items.ts";
import { type Book, limitsOf, portfolioItem, resultOf } from "./accountItems.ts";
import { type EquityCurve, equityCurve } from "./equityCurve.ts";
import { createHeldTickers, type HeldTickers } from "./heldTickers.ts";
import type { Line, Market } from "./market.ts";
import { NOTHING, type View } from "./view.ts";

export interface Account {
  readonly portfolio: View;
  readonly positions: View;
  readonly equity: View;
  opened(e: AccountOpened): void;
  adopted(e: AccountAdopted): void;
  /** `by`: who stands behind the order. */
  filled(e: Fill, by: string): void;
  split(e: Split): void;
  dividend(e: Dividend): void;
  /** A line has a new price. */
  priced(line: Line): void;
  /** Time went on: sample equity as it was until now, and begin a new New York day when it is one. */
  tick(now: number): void;
  /** Who stood behind the trade that a book closed last in this ticker. */
  closedBy(ticker: string, book: string): string;
  /** Every book that ever held a ticker; nothing before the account is opened. */
  books(): readonly BookHolding[];
  /** How much of each limit is used; nothing before the account is opened. */
  limits(): RiskLimitView[];
}

const DAY_MS = 86_400_000;
const dayEndAfter = (at: number): number => {
  const offset = newYorkOffsetMs(ms(at));
  return (Math.floor((at + offset) / DAY_MS) + 1) * DAY_MS - offset;
};

const beginDay = (book: Book, held: HeldTickers, at: number): void => {
  book.dayEnd = dayEndAfter(at);
  book.dayStartEquity = equity(book.ledger);
  for (const h of book.ledger.positions.values()) {
    const one = held.of(h.ticker);
    one.dayStart = resultOf(h);
    if (h.shares !== 0) held.touch(one);
  }
};

const sample = (book: Book, curve: EquityCurve, at: number): void => {
  const total = equity(book.ledger);
  if (total > book.peak) book.peak = total;
  if (!curve.due(at)) return;
  const growth = book.prices.benchmark();
  curve.push(at, toFloat(total), growth === null ? null : growth * toFloat(book.ledger.initial));
};

const takeFill = ({ ledger, prices }: Book, held: HeldTickers, e: Fill, by: string): void => {
  const one = held.of(e.ticker);
  const line = prices.known(e.ticker);
  if (line && line.px > 0) mark(ledger, e.ticker, line.px);
  const book = bookOf(e.orderId, e.ticker);
  const before = sharesIn(ledger, book, e.ticker);
  applyFill(ledger, e);
  const after = sharesIn(ledger, book, e.ticker);
  const behind = one.books.get(book) ?? { by: "", closedBy: "" };
  one.books.set(book, behind);
  if (before !== 0) behind.closedBy = behind.by;
  const turned = before === 0 || before > 0 !== after > 0;
  if (after !== 0 && (turned || Math.abs(after) > Math.abs(before))) {
    behind.by = by;
    one.by = by;
  }
  one.held = sharesOf(ledger, e.ticker) !== 0;
  held.touch(one);
};

const openBook = (e: AccountOpened, prices: Market, limits: RiskLimits): Book => ({
  ledger: openLedger(e.cash),
  prices,
  limits,
  now: e.tSeen,
  dayEnd: 0,
  dayStartEquity: e.cash,
  peak: e.cash,
});

/** The account as the dashboard shows it: the ledger's own fold, marked with every price. Before `account.opened` there is none. */
export const account = (prices: Market, limits: RiskLimits): Account => {
  let book: Book | null = null;
  let dirty = false;
  const curve = equityCurve();
  const held = createHeldTickers(() => book);
  const portfolio: View = {
    items: () => (book ? [portfolioItem(book)] : []),
    drain: () => {
      if (!dirty || !book) return NOTHING;
      dirty = false;
      return [{ key: "only", item: portfolioItem(book) }];
    },
    discard: () => {
      dirty = false;
    },
  };
  return {
    portfolio,
    positions: held.positions,
    equity: curve,
    opened: (e) => {
      book = openBook(e, prices, limits);
      held.restart();
      curve.restart();
      beginDay(book, held, e.tSeen);
      sample(book, curve, e.tSeen);
      dirty = true;
    },
    adopted: (e) => {
      if (!book) return;
      adopt(book.ledger, e);
      const one = held.of(e.ticker);
      one.held = true;
      if (one.by === "") one.by = e.book;
      beginDay(book, held, e.tSeen);
      book.peak = equity(book.ledger);
      dirty = true;
      held.touch(one);
    },
    filled: (e, by) => {
      if (book) takeFill(book, held, e, by);
      dirty = true;
    },
    split: (e) => {
      prices.split(e.ticker, e.numerator / e.denominator);
      if (book) applySplit(book.ledger, e);
      held.touch(held.of(e.ticker));
    },
    dividend: (e) => {
      if (book) applyDividend(book.ledger, e);
      held.touch(held.of(e.ticker));
    },
    priced: (line) => {
      const one = held.known(line.ticker);
      if (one === undefined || !one.held || book === null) return;
      mark(book.ledger, line.ticker, line.px);
      dirty = true;
      held.touch(one);
    },
    tick: (at) => {
      if (book === null) return;
      sample(book, curve, book.now);
      if (at >= book.dayEnd) beginDay(book, held, at);
      book.now = at;
      dirty = true;
    },
    closedBy: (ticker, name) => held.known(ticker)?.books.get(name)?.closedBy ?? "",
    books: () => (book ? everyBook(book.ledger) : []),
    limits: () => (book ? limitsOf(book) : []),
  };
};
