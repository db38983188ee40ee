import type { Bar } from "../domain/market.ts";
import { type Order, signOf } from "../domain/order.ts";
import {
  type Money,
  type Ms,
  ms,
  type OrderId,
  type Px,
  type Qty,
  qty,
  type Seq,
  type Shares,
  shares,
  type Ticker,
} from "../domain/units.ts";

/** The prices of an order that may change while it works. */
export type Prices = Pick<Order, "limitPx" | "stopPx" | "bracket">;

/** New prices of a working order. A bar that had begun before they came is worked with the old ones. */
export interface Replacement extends Prices {
  readonly from: Ms;
}

/** A working order, as the exchange keeps it. */
export interface Resting {
  order: Order;
  readonly cause: Seq;
  readonly listing: Listing;
  /** Whose shares it trades: see `books.ts`. */
  readonly book: string;
  /** Place in the order of arrival: earlier first at the same price. */
  readonly arrival: number;
  /** The entry whose bracket it is a leg of; null for others. */
  readonly entry: OrderId | null;
  /**
   * When it arrived, or when the last order it waited for was over. A bar that had begun before is not traded in: its open, and what it reached since,
   * may be from before the order.
   */
  since: Ms;
  /** The listing's turn in which a leg was born: it may trade in the rest of that bar. -1 for orders that were sent. */
  readonly bornIn: number;
  /** New York date of the first bar it could trade in; "" before. A day order expires after it. */
  day: string;
  filled: Qty;
  /** Of an order sized by cash, since its first fill: what it may still spend. Null: any. */
  cash: Money | null;
  /** A stop that was reached: what is left of it is a market order. */
  isTriggered: boolean;
  hasLegs: boolean;
  isWorking: boolean;
  /** Orders that must be over before it may trade. */
  waits: number;
  /** In the order in which they came. */
  next: readonly Replacement[];
}

/** One ticker at the exchange. */
export interface Listing {
  readonly ticker: Ticker;
  /** In order of arrival. */
  readonly orders: Resting[];
  /** What the account holds: the sum of the books. */
  held: Shares;
  readonly books: Map<string, Shares>;
  /** Latest price, while shares are held. */
  lastPx: Px | null;
  isHalted: boolean;
  /** When the latest halt was lifted: a bar that had begun before is not traded in. */
  haltedUntil: Ms;
  /** The end of the time whose prices were traded in: a bar that begins before is a repeat, or tells them once more at another length. */
  tradedTo: Ms;
  /** A bar of it waits to be worked. */
  isAtHand: boolean;
  /** Counts the bars that were worked. */
  turn: number;
  /** What our orders may still fill in the bar at hand, µshare; infinite where nothing limits them. */
  budget: number;
}

export const newListing = (ticker: Ticker): Listing => ({
  ticker,
  orders: [],
  held: shares(0),
  books: new Map(),
  lastPx: null,
  isHalted: false,
  haltedUntil: ms(0),
  tradedTo: ms(0),
  isAtHand: false,
  turn: 0,
  budget: Number.POSITIVE_INFINITY,
});

export const heldBy = (listing: Listing, book: string): Shares => listing.books.get(book) ?? shares(0);

export const leavesOf = (r: Resting): Qty => qty(Math.max(0, r.order.qty - r.filled));

/** How many of the held shares an order of this sign would reduce, µshare. */
export const against = (held: Shares, sign: 1 | -1): number => (Math.sign(held) === -sign ? Math.abs(held) : 0);

/** It only reduces what its book holds. */
export const isExit = (r: Resting): boolean => {
  const { order } = r;
  if (order.reduceOnly) return true;
  return order.cashFraction === null && leavesOf(r) <= against(heldBy(r.listing, r.book), signOf(order.side));
};

/** It may trade in this bar of its ticker, now. */
export const isLive = (r: Resting, bar: Bar): boolean =>
  r.isWorking && r.waits === 0 && r.listing.haltedUntil <= bar.tEvent && (r.since <= bar.tEvent || r.bornIn === r.listing.turn);

const later = (a: number, b: number): Ms => ms(Math.max(a, b));

/** When the open's trades are known. @param now core time */
export const openedAt = (bar: Bar, now: Ms): Ms => later(now, Math.min(bar.tEvent, bar.tSeen));

/** When what happened inside the bar is known. @param now core time */
export const closedAt = (bar: Bar, now: Ms): Ms => later(now, bar.tSeen);

/** When the bar was over, whenever it was seen. */
export const endOf = (bar: Bar): Ms => ms(Math.min(bar.tSeen, bar.tEvent + bar.barMs));
