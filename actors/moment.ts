import { type Order, signOf } from "../streams/domain/order.ts";
import type { Ms, OrderId, Ticker } from "../streams/domain/units.ts";
import { sharesIn } from "../streams/portfolio/ledger.ts";
import type { Account } from "./account.ts";
import { bookNamed } from "./orderIds.ts";
import type { Ask } from "./proposing.ts";
import type { Wants } from "./wants.ts";
import { workingOf } from "./working.ts";

/** An order that is to be proposed. `closes`: it only closes what its own book holds. */
export interface Planned extends Ask {
  readonly closes: boolean;
}

/** What is decided at the end of one moment, and waits its turn. Changed in place by the portfolio alone. */
export interface Moment {
  at: Ms;
  /** Tickers whose target is to be looked at. */
  readonly dirty: Set<Ticker>;
  /** What strategies with orders of their own want, in the order in which they said it. */
  wants: Wants[];
  /** Orders to be proposed, exits first: the next one when the verdict on the one before is known. */
  queue: Planned[];
  /** The order whose verdict is waited for. */
  awaiting: OrderId | null;
  /** Exits that were proposed in this moment. */
  readonly exits: Set<OrderId>;
  /** Orders that were withdrawn in this moment, and who had them. */
  readonly withdrawn: Set<OrderId>;
}

export const openMoment = (): Moment => ({
  at: 0 as Ms,
  dirty: new Set(),
  wants: [],
  queue: [],
  awaiting: null,
  exits: new Set(),
  withdrawn: new Set(),
});

/** A later moment begins: exits and withdrawals of the one before are no longer what an order may wait for. */
export const passTo = (moment: Moment, at: Ms): void => {
  if (at === moment.at) return;
  moment.at = at;
  moment.exits.clear();
  moment.withdrawn.clear();
};

/**
 * Which of a moment's orders only close what their own book holds: those marked so, and those that what is held still covers, in the order in which
 * they were asked for.
 */
export const planned = (account: Account, asks: readonly Ask[]): readonly Planned[] => {
  const closing = new Map<string, number>();
  return asks.map((ask) => {
    const { ticker, book, wanted } = ask;
    const held = sharesIn(account.ledger, bookNamed(book), ticker);
    const size = wanted.qty ?? 0;
    if (!wanted.reduceOnly && (wanted.qty === null || Math.sign(held) !== -signOf(wanted.side))) return { ...ask, closes: false };
    const key = `${book} ${ticker}`;
    const before = closing.get(key) ?? 0;
    const closes = wanted.reduceOnly === true || before + size <= Math.abs(held);
    if (closes && wanted.kind === "market") closing.set(key, before + size);
    return { ...ask, closes };
  });
};

const text = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const number = (a: number | null | undefined, b: number | null | undefined): number => (a ?? -1) - (b ?? -1);

/** By what orders say, and by name only where they say the same: the order in which strategies are listed, or what they are called, decides nothing. */
export const inOrder = (a: Ask, b: Ask): number =>
  text(a.ticker, b.ticker) ||
  text(a.wanted.side, b.wanted.side) ||
  text(a.wanted.kind, b.wanted.kind) ||
  number(a.wanted.qty, b.wanted.qty) ||
  number(a.wanted.cashFraction, b.wanted.cashFraction) ||
  number(a.wanted.limitPx, b.wanted.limitPx) ||
  number(a.wanted.stopPx, b.wanted.stopPx) ||
  number(a.wanted.bracket?.stopLoss, b.wanted.bracket?.stopLoss) ||
  number(a.wanted.bracket?.takeProfit, b.wanted.bracket?.takeProfit) ||
  text(a.book, b.book);

/** What an order has to wait for: exits of its own book, and orders that the same strategy withdrew, in this moment. */
export const ownBefore = (account: Account, moment: Moment, ask: Ask): ReadonlySet<OrderId> => {
  const before = new Set<OrderId>();
  for (const order of workingOf(account.working, ask.ticker, null)) {
    const isOwnExit = moment.exits.has(order.id) && account.working.byId.get(order.id)?.book === bookNamed(ask.book);
    if (isOwnExit || (moment.withdrawn.has(order.id) && order.by === ask.by)) before.add(order.id);
  }
  return before;
};

/** Every exit and withdrawal of this moment that is not over, or null when there are no more than these. */
export const allBefore = (account: Account, moment: Moment, own: ReadonlySet<OrderId>): ReadonlySet<OrderId> | null => {
  const all = new Set<OrderId>(own);
  for (const id of moment.exits) if (account.working.byId.has(id)) all.add(id);
  for (const id of moment.withdrawn) if (account.working.byId.has(id)) all.add(id);
  return all.size > own.size ? all : null;
};

/** The orders of one who asked that are withdrawn together. */
export const orderedBy = (account: Account, ticker: Ticker, by: string): readonly Order[] =>
  workingOf(account.working, ticker, by);
