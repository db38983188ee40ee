import { type Bracket, type Fill, type OrderAction, signOf } from "../streams/domain/order.ts";
import type { Split } from "../streams/domain/portfolio.ts";
import { type Ms, type OrderId, qty, type Ticker } from "../streams/domain/units.ts";
import { splitBracket, splitIntent } from "../streams/execution/splitting.ts";
import { sharesIn } from "../streams/portfolio/ledger.ts";
import type { Account } from "./account.ts";
import { bookNamed } from "./orderIds.ts";
import type { Ask } from "./proposing.ts";
import type { Wants } from "./wants.ts";
import { isLeaving, workingOf } from "./working.ts";

/** An order that is to be proposed. */
export interface Planned extends Ask {
  /** It only closes what its own book holds. */
  readonly closes: boolean;
  /** The exit that the entry beyond it has to wait for, and that entry, have the same one; null for all others. */
  readonly pair: symbol | null;
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
  /** What filled in this moment. */
  readonly fills: Fill[];
  /** Exits whose entry is still to be proposed. */
  readonly pairs: Map<symbol, OrderId>;
  /** Entries that were withdrawn in this moment. */
  readonly withdrawn: Set<OrderId>;
}

export const openMoment = (): Moment => ({
  at: 0 as Ms,
  dirty: new Set(),
  wants: [],
  queue: [],
  awaiting: null,
  fills: [],
  pairs: new Map(),
  withdrawn: new Set(),
});

/** A later moment begins: withdrawals of the one before are no longer what an order may wait for. */
export const passTo = (moment: Moment, at: Ms): void => {
  if (at === moment.at) return;
  moment.at = at;
  moment.withdrawn.clear();
};

/** Written out: it is made for every order. */
export const alone = ({ ticker, book, by, origin, wanted }: Ask, closes: boolean): Planned => ({
  ticker,
  book,
  by,
  origin,
  wanted,
  closes,
  pair: null,
});

/**
 * A moment's orders, each either an exit that only closes what its own book holds, or an entry. One that would close and then open on the other side
 * becomes two: so what may open is known, whatever else closes the book before.
 */
export const planned = (account: Account, asks: readonly Ask[]): readonly Planned[] => {
  const closing = new Map<string, number>();
  return asks.flatMap((ask) => {
    const { ticker, book, wanted } = ask;
    const held = sharesIn(account.ledger, bookNamed(book), ticker);
    const key = `${book} ${ticker}`;
    if (wanted.reduceOnly) {
      if (wanted.kind === "market") closing.set(key, (closing.get(key) ?? 0) + (wanted.qty ?? 0));
      return [alone(ask, true)];
    }
    if (Math.sign(held) !== -signOf(wanted.side)) return [alone(ask, false)];
    const before = wanted.kind === "market" ? (closing.get(key) ?? 0) : 0;
    const left = Math.max(0, Math.abs(held) - before);
    if (left === 0) return [alone(ask, false)];
    const closes = wanted.qty === null ? left : Math.min(left, wanted.qty);
    if (wanted.kind === "market") closing.set(key, before + closes);
    const { cashFraction: _, bracket: __, ...plain } = wanted;
    const out: Ask = { ...ask, wanted: { ...plain, qty: qty(closes), reduceOnly: true } };
    if (closes === wanted.qty) return [alone(out, true)];
    const pair = Symbol(key);
    const rest = wanted.qty === null ? null : qty(wanted.qty - closes);
    return [
      { ...out, closes: true, pair },
      { ...ask, wanted: { ...wanted, qty: rest }, closes: false, pair },
    ];
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

/** What an order has to wait for: exits at market of its own book, and orders that the same strategy withdrew in this moment. */
export const ownBefore = (account: Account, moment: Moment, ask: Planned): ReadonlySet<OrderId> => {
  const before = new Set<OrderId>();
  const exit = ask.pair === null ? undefined : moment.pairs.get(ask.pair);
  if (exit !== undefined && account.working.byId.has(exit)) before.add(exit);
  for (const order of workingOf(account.working, ask.ticker, null)) {
    const isOwnExit = isLeaving(order) && account.working.byId.get(order.id)?.book === bookNamed(ask.book);
    if (isOwnExit || (moment.withdrawn.has(order.id) && order.by === ask.by)) before.add(order.id);
  }
  return before;
};

/** Every exit at market that is not over, and what was withdrawn in this moment; null when there are no more than these. */
export const allBefore = (account: Account, moment: Moment, own: ReadonlySet<OrderId>): ReadonlySet<OrderId> | null => {
  const all = new Set<OrderId>(own);
  for (const { order } of account.working.byId.values()) if (isLeaving(order)) all.add(order.id);
  for (const id of moment.withdrawn) if (account.working.byId.has(id)) all.add(id);
  return all.size > own.size ? all : null;
};

/** Notes what a strategy withdraws. Its exits are not waited for: they may fill before they are gone, and then reduce what is held. */
export const noteWithdrawn = (account: Account, moment: Moment, ticker: Ticker, by: string): void => {
  for (const { id, reduceOnly } of workingOf(account.working, ticker, by)) if (!reduceOnly) moment.withdrawn.add(id);
};

/** What is wanted and not proposed yet is wanted in shares and prices of after the split. */
export const splitMoment = (moment: Moment, split: Split): void => {
  const { ticker } = split;
  moment.wants = moment.wants.map((w) => (w.ticker === ticker ? { ...w, action: splitAction(w.action, split) } : w));
  moment.queue = moment.queue.map((a) => (a.ticker === ticker ? { ...a, wanted: splitIntent(a.wanted, split) } : a));
};

const splitAction = (action: OrderAction, split: Split): OrderAction => {
  switch (action.do) {
    case "submit":
      return { do: "submit", order: splitIntent(action.order, split) };
    case "replace": {
      const { stopLoss, takeProfit } = splitBracket(exitsOf(action), split);
      return { do: "replace", ...(stopLoss === null ? {} : { stopLoss }), ...(takeProfit === null ? {} : { takeProfit }) };
    }
    case "cancelAll":
      return action;
  }
};

/** The prices that a replace names; null for those that stay. */
export const exitsOf = ({ stopLoss, takeProfit }: Extract<OrderAction, { do: "replace" }>): Bracket => ({
  stopLoss: stopLoss ?? null,
  takeProfit: takeProfit ?? null,
});

/** An entry that is wanted, with the prices of its bracket moved as far as it has them; null when it has none of those named. */
export const movedAsk = (ask: Ask, to: Bracket): Ask | null => {
  const { bracket } = ask.wanted;
  if (!bracket) return null;
  const isStop = to.stopLoss !== null && (bracket.stopLoss ?? null) !== null;
  const isTake = to.takeProfit !== null && (bracket.takeProfit ?? null) !== null;
  if (!isStop && !isTake) return null;
  const moved: Bracket = {
    stopLoss: isStop ? to.stopLoss : bracket.stopLoss,
    takeProfit: isTake ? to.takeProfit : bracket.takeProfit,
  };
  return { ...ask, wanted: { ...ask.wanted, bracket: moved } };
};
