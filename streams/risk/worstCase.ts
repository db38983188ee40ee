import { siblingOf } from "../domain/books.ts";
import { type Order, signOf } from "../domain/order.ts";
import { type Money, money, notional, type OrderId, type Px, type Qty, qty, ratio, SCALE, type Shares } from "../domain/units.ts";

/** A working order as risk counts it. */
export interface Claim {
  readonly order: Order;
  readonly book: string;
  /** µshare still open. */
  readonly leaves: number;
}

/** What one book holds of a ticker. */
export interface Held {
  readonly book: string;
  readonly shares: Shares;
}

/** What claims are valued at. */
export interface Valuing {
  /** Latest price of the ticker; null before the first. */
  readonly price: Px | null;
  readonly equity: Money;
  /** Fraction of the price. */
  readonly collar: number;
}

/** The most that a ticker may come to, whichever of its orders fill, µUSD without a sign. */
export interface Worst {
  readonly long: number;
  readonly short: number;
}

/**
 * The price that an order which opens is reckoned at: the worse of its own and the market's, dearer by the collar where its fill may be dearer. A limit to
 * buy never is. Null: nobody knows a price.
 */
export const judgedPx = (order: Order, { price, collar }: Pick<Valuing, "price" | "collar">): Px | null => {
  const worse = Math.max(order.limitPx ?? order.stopPx ?? 0, price ?? 0);
  if (worse === 0) return null;
  return (order.kind === "limit" && order.side === "buy" ? worse : Math.round(worse * (1 + collar))) as Px;
};

/** Value of the part of an order that opens. An order sized by cash reserves its fraction of the equity. */
export const openingValue = (order: Order, opens: number, valuing: Valuing): number => {
  if (order.cashFraction !== null) return Math.max(0, ratio(valuing.equity, order.cashFraction));
  const at = judgedPx(order, valuing);
  return at === null ? 0 : worthOf(at, qty(opens));
};

/** More than any account has, µUSD. What is asked for may come to more than amounts can be exact about. */
const MOST_VALUE = Number.MAX_SAFE_INTEGER / 8;

/** Price × quantity, exact; of what comes to more than a billion USD no more is said than that. */
export const worthOf = (at: Px, size: Qty): Money =>
  (at / SCALE) * size > MOST_VALUE ? money(Math.floor(MOST_VALUE)) : notional(at, size);

/** One side of one book. */
interface Side {
  /** Orders that may open on this side, and how much is open of each. */
  readonly opening: Claim[];
  /** µshare of them, those sized by cash apart. */
  shares: number;
}

interface BookSides {
  held: number;
  readonly buys: Side;
  readonly sells: Side;
  /** µshare of exits that may use up what is held, one of each pair of bracket legs. */
  exits: number;
}

const NONE_DONE: ReadonlySet<OrderId> = new Set();

const sidesOf = (book: string, held: readonly Held[], claims: readonly Claim[], done: ReadonlySet<OrderId>): BookSides => {
  const mine = claims.filter((c) => c.book === book);
  const now = heldOf(book, held, mine, done);
  const sides: BookSides = { held: now, buys: { opening: [], shares: 0 }, sells: { opening: [], shares: 0 }, exits: 0 };
  for (const claim of mine) {
    const { order, leaves } = claim;
    if (done.has(order.id)) continue;
    if (order.reduceOnly) {
      if (signOf(order.side) === -Math.sign(now) && !isSecondLeg(claim, mine)) sides.exits += leaves;
      continue;
    }
    const side = order.side === "buy" ? sides.buys : sides.sells;
    side.opening.push(claim);
    if (order.cashFraction === null) side.shares += leaves;
  }
  return sides;
};

/** What a book holds when the exits that are done have filled. */
const heldOf = (book: string, held: readonly Held[], mine: readonly Claim[], done: ReadonlySet<OrderId>): number => {
  let now = 0;
  for (const h of held) if (h.book === book) now = h.shares;
  if (done.size > 0)
    for (const { order, leaves } of mine)
      if (order.reduceOnly && done.has(order.id)) now = reduced(now, signOf(order.side) * leaves);
  return now;
};

/** Of the two legs of a bracket only one fills: the take-profit counts where there is no stop-loss. */
const isSecondLeg = ({ order }: Claim, mine: readonly Claim[]): boolean =>
  order.id.endsWith(".tp") && mine.some((c) => c.order.id === siblingOf(order.id));

/** Towards flat by so much, never past it. */
const reduced = (held: number, delta: number): number => {
  if (held === 0 || Math.sign(delta) === Math.sign(held)) return held;
  return Math.abs(delta) >= Math.abs(held) ? 0 : held + delta;
};

/** µshare of orders against what a book holds that close before they open: what is held, less what exits may have used up by then. */
const covering = (sides: BookSides, side: "buy" | "sell"): number => {
  const against = side === "sell" ? sides.held : -sides.held;
  return Math.max(0, against - sides.exits);
};

/** What a side's orders may open, dearest first when only a part of them does. */
const openingOf = (side: Side, covers: number, valuing: Valuing): number => {
  let opens = Math.max(0, side.shares - covers);
  let value = 0;
  if (side.opening.length > 1 && covers > 0)
    side.opening.sort((a, b) => (judgedPx(b.order, valuing) ?? 0) - (judgedPx(a.order, valuing) ?? 0));
  for (const { order, leaves } of side.opening) {
    const part = order.cashFraction === null ? Math.min(leaves, opens) : 0;
    opens -= part;
    value += openingValue(order, part, valuing);
  }
  return value;
};

/**
 * What a ticker may come to, long or short, whichever of its working orders fill: what each book holds, plus all its orders of that side, each at
 * `judgedPx`. An exit (`reduceOnly`) neither opens nor makes room, but what it may use up no other order closes. The legs of a bracket count once.
 * @param done exits that count as filled, and withdrawn orders that count as gone.
 */
export const worstOf = (
  held: readonly Held[],
  claims: readonly Claim[],
  valuing: Valuing,
  done: ReadonlySet<OrderId> = NONE_DONE,
): Worst => {
  const names = new Set<string>();
  for (const h of held) if (h.shares !== 0) names.add(h.book);
  for (const c of claims) names.add(c.book);
  let long = 0;
  let short = 0;
  for (const book of names) {
    const sides = sidesOf(book, held, claims, done);
    const value = valuing.price === null ? 0 : notional(valuing.price, qty(Math.abs(sides.held)));
    long += openingOf(sides.buys, covering(sides, "buy"), valuing) + (sides.held > 0 ? value : 0);
    short += openingOf(sides.sells, covering(sides, "sell"), valuing) + (sides.held < 0 ? value : 0);
  }
  return { long, short };
};

/** µshare of a further order of a book that would close before it opens. */
export const coversOf = (
  book: string,
  side: "buy" | "sell",
  held: readonly Held[],
  claims: readonly Claim[],
  done: ReadonlySet<OrderId> = NONE_DONE,
): number => {
  const sides = sidesOf(book, held, claims, done);
  return Math.max(0, covering(sides, side) - (side === "buy" ? sides.buys : sides.sells).shares);
};

/** The book that an order on this side would trade against: it holds the other side, or has an order at work that may open there. Null: none. */
export const opposing = (
  book: string,
  side: "buy" | "sell",
  held: readonly Held[],
  claims: readonly Claim[],
  done: ReadonlySet<OrderId> = NONE_DONE,
): string | null => {
  const names = new Set<string>();
  for (const h of held) if (h.shares !== 0 && h.book !== book) names.add(h.book);
  for (const c of claims) if (c.book !== book) names.add(c.book);
  for (const other of names) {
    const sides = sidesOf(other, held, claims, done);
    const against = side === "buy" ? sides.sells : sides.buys;
    if (Math.sign(sides.held) === -signOf(side) || opens(against, covering(sides, side === "buy" ? "sell" : "buy"))) return other;
  }
  return null;
};

const opens = (side: Side, covers: number): boolean =>
  side.shares > covers || side.opening.some((c) => c.order.cashFraction !== null);

/** Whether any order of a ticker may open a position. */
export const mayOpen = (held: readonly Held[], claims: readonly Claim[], done: ReadonlySet<OrderId> = NONE_DONE): boolean => {
  const names = new Set<string>();
  for (const c of claims) names.add(c.book);
  for (const book of names) {
    const sides = sidesOf(book, held, claims, done);
    if (opens(sides.buys, covering(sides, "buy")) || opens(sides.sells, covering(sides, "sell"))) return true;
  }
  return false;
};

/** µshare that a book holds when the exits that are done have filled. */
export const bookAfter = (book: string, held: readonly Held[], claims: readonly Claim[], done: ReadonlySet<OrderId>): Shares =>
  sidesOf(book, held, claims, done).held as Shares;

/** µshare held of a ticker by all books when the exits that are done have filled. */
export const heldAfter = (held: readonly Held[], claims: readonly Claim[], done: ReadonlySet<OrderId>): Shares => {
  let sum = 0;
  for (const h of held) sum += sidesOf(h.book, held, claims, done).held;
  return sum as Shares;
};
