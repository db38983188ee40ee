import { bookOf } from "../streams/domain/books.ts";
import type { Order } from "../streams/domain/order.ts";
import type { RiskLimits } from "../streams/domain/run.ts";
import type { Target } from "../streams/domain/signal.ts";
import { type Money, type Ms, money, ms, type OrderId, type Ticker, toPx } from "../streams/domain/units.ts";
import { newYorkDayEnd } from "../streams/market/calendar.ts";
import { equity, type Ledger, mark, markOf, openLedger, sharesByBook } from "../streams/portfolio/ledger.ts";
import type { AccountView, Exceeded } from "../streams/risk/checks.ts";
import { bookAfter } from "../streams/risk/worstCase.ts";
import { serialOf } from "./orderIds.ts";
import { standingOf } from "./standing.ts";
import { claimsOf, type WorkingOrders } from "./working.ts";

interface Price {
  readonly ticker: Ticker;
  at: Ms;
  barMs: number;
}

/** What the portfolio actor knows of the account. Owned and changed in place by that actor alone. */
export interface Account {
  ledger: Ledger;
  readonly prices: Map<Ticker, Price>;
  /** The price that was noted last: bars of one ticker come in runs. */
  latest: Price | null;
  readonly working: WorkingOrders;
  readonly targets: Map<Ticker, Target>;
  /** Tickers whose working orders were withdrawn because the target turned; aligned again when the last is gone. */
  readonly turning: Set<Ticker>;
  dayEndsAt: number;
  dayStartEquity: number;
  /** Serial of the newest order proposed for each ticker: it makes ids. Never goes back. */
  readonly serials: Map<Ticker, number>;
  /** Serial before the first of a ticker without one. */
  serialsFrom: number;
}

export const openAccount = (cash: Money): Account => ({
  ledger: openLedger(cash),
  prices: new Map(),
  latest: null,
  working: { byId: new Map(), byTicker: new Map() },
  targets: new Map(),
  turning: new Set(),
  dayEndsAt: 0,
  dayStartEquity: cash,
  serials: new Map(),
  serialsFrom: 0,
});

/** To be called before anything that changes what the account is worth: a day's loss is measured from the marks of the day before. */
export const passDay = (account: Account, at: Ms): void => {
  if (at < account.dayEndsAt) return;
  account.dayEndsAt = newYorkDayEnd(at);
  account.dayStartEquity = equity(account.ledger);
};

/** @param usd per share. @param barMs 0: not from a bar. */
export const notePrice = (account: Account, ticker: Ticker, usd: number, at: Ms, barMs: number): void => {
  passDay(account, at);
  mark(account.ledger, ticker, usd);
  const price = account.latest?.ticker === ticker ? account.latest : account.prices.get(ticker);
  if (price) {
    price.at = at;
    if (barMs > 0) price.barMs = barMs;
    account.latest = price;
  } else account.prices.set(ticker, { ticker, at, barMs });
};

/** An order of that id was proposed: the next one of its ticker gets a later serial. */
export const noteSerial = (account: Account, ticker: Ticker, id: OrderId): void => {
  const serial = serialOf(id);
  if (serial > (account.serials.get(ticker) ?? 0)) account.serials.set(ticker, serial);
};

/** Leaves out some serials of every ticker. */
export const skipSerials = (account: Account, count: number): void => {
  account.serialsFrom = count;
  for (const [ticker, serial] of account.serials) account.serials.set(ticker, serial + count);
};

/** What an order finds beside the account itself. */
export interface Around {
  /** Orders that must be over before it: exits of its own book, and withdrawals of this moment. They count as done. */
  readonly before: ReadonlySet<OrderId>;
  /** All exits at market, and withdrawals of this moment; null when there are no others. */
  readonly all: ReadonlySet<OrderId> | null;
  readonly closing: string | null;
  readonly exceeded: Exceeded | null;
}

/** The account as risk needs to see it to judge an order. The order itself does not work yet. */
export const viewOf = (account: Account, limits: RiskLimits, order: Order, around: Around, at: Ms): AccountView => {
  const { ledger, working } = account;
  const { ticker, side } = order;
  const usd = markOf(ledger, ticker);
  const price = account.prices.get(ticker);
  const book = bookOf(order.id, ticker);
  const worth = equity(ledger);
  const standing = (done: ReadonlySet<OrderId>) =>
    standingOf({ ledger, working, equity: worth, limits }, ticker, book, side, done);
  return {
    at,
    equity: worth,
    dayStartEquity: money(account.dayStartEquity),
    held: bookAfter(book, sharesByBook(ledger, ticker), claimsOf(working, ticker), around.before),
    price: usd === null ? null : toPx(usd),
    priceAt: price?.at ?? ms(0),
    barMs: price?.barMs ?? 0,
    now: order.reduceOnly ? null : standing(around.before),
    later: order.reduceOnly || around.all === null ? null : standing(around.all),
    closing: around.closing,
    exceeded: around.exceeded,
  };
};
