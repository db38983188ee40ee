import type { Target } from "../streams/domain/signal.ts";
import { type Money, type Ms, money, ms, type OrderId, type Ticker, toPx } from "../streams/domain/units.ts";
import { newYorkDayEnd } from "../streams/market/calendar.ts";
import { equity, grossExposure, type Ledger, mark, markOf, openLedger, sharesOf } from "../streams/portfolio/ledger.ts";
import type { AccountView } from "../streams/risk/checks.ts";
import { serialOf } from "./orderIds.ts";
import { grossOf, openedFlat, signedWorking, type WorkingOrders } from "./working.ts";

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

/** The account as risk needs to see it to judge an order in a ticker. */
export const viewOf = (account: Account, ticker: Ticker): AccountView => {
  const { ledger, working } = account;
  const usd = markOf(ledger, ticker);
  const price = account.prices.get(ticker);
  return {
    equity: equity(ledger),
    dayStartEquity: money(account.dayStartEquity),
    gross: money(grossExposure(ledger) + grossOf(working, ledger)),
    openPositions: ledger.openCount + openedFlat(working, ledger),
    held: sharesOf(ledger, ticker),
    working: signedWorking(working, ticker),
    price: usd === null ? null : toPx(usd),
    priceAt: price?.at ?? ms(0),
    barMs: price?.barMs ?? 0,
  };
};
