import type { RiskLimits } from "../../streams/domain/run.ts";
import { worth } from "./amounts.ts";
import { type Shadow, signOfSide, type WorkingOrder } from "./shadow.ts";

/** What one ticker may come to, µUSD. Each is at most what risk has to reckon with: nothing is charged that could be left out. */
export interface WorstCase {
  readonly long: number;
  readonly short: number;
  /** Held, or on its way in. */
  readonly isOpen: boolean;
}

/** What a working order costs a share when it fills, µUSD: the worse of its price and the market's, and the collar where it has no price of its own. */
const pricedAt = (w: WorkingOrder, mark: number, collar: number): number => {
  const worse = Math.max(mark, w.limitPx ?? w.stopPx ?? 0);
  return w.order.kind === "limit" ? worse : worse * (1 + collar);
};

/** Σ leaves × price of one side, after the dearest have covered what is held the other way. */
const sideOf = (orders: readonly WorkingOrder[], against: number, mark: number, collar: number, equity: number): number => {
  let cover = against;
  let sum = 0;
  for (const w of [...orders].sort((a, b) => pricedAt(b, mark, collar) - pricedAt(a, mark, collar))) {
    const { cashFraction } = w.order;
    // Once a part has filled, what is left of it is known in shares.
    if (cashFraction !== null && w.leaves === 0) {
      const reserved = cashFraction * Math.max(0, equity);
      const covered = Math.min(reserved, worth(mark, cover));
      sum += reserved - covered;
      cover -= mark > 0 ? (covered / mark) * 1e6 : 0;
      continue;
    }
    const covered = Math.min(cover, w.leaves);
    cover -= covered;
    sum += ((w.leaves - covered) / 1e6) * pricedAt(w, mark, collar);
  }
  return Math.max(0, sum);
};

/**
 * The worst case of a ticker at the moment at which `judged` is submitted. Exits that it waits for are done, and entries
 * gone; entries that wait for exits of which it
 * does not are left out, since either those exits or they come about.
 */
export const worstCase = (shadow: Shadow, ticker: string, judged: WorkingOrder, limits: RiskLimits): WorstCase => {
  const equity = shadow.equity();
  const mark = shadow.markOf(ticker);
  const done = new Set<string>(judged.order.after);
  let held = 0;
  for (const book of shadow.held.get(ticker)?.keys() ?? []) held += heldAfter(shadow, ticker, book, done);
  const counted = shadow
    .entries(ticker)
    .filter((w) => w === judged || !done.has(w.order.id))
    .filter((w) => w === judged || w.order.after.every((id) => done.has(id) || shadow.ended.get(id)?.how === "filled"));
  const buys = counted.filter((w) => w.order.side === "buy");
  const sells = counted.filter((w) => w.order.side === "sell");
  return {
    long: worth(mark, Math.max(0, held)) + sideOf(buys, Math.max(0, -held), mark, limits.collar, equity),
    short: worth(mark, Math.max(0, -held)) + sideOf(sells, Math.max(0, held), mark, limits.collar, equity),
    isOpen: held !== 0 || counted.length > 0,
  };
};

/** µshare of a book when some of its exits have filled: an exit never goes past flat. */
export const heldAfter = (shadow: Shadow, ticker: string, book: string, done: ReadonlySet<string>): number => {
  let held = shadow.heldIn(ticker, book);
  for (const id of done) {
    const exit = shadow.working.get(id);
    if (exit === undefined || exit.order.ticker !== ticker || exit.book !== book || !exit.order.reduceOnly) continue;
    const sign = signOfSide(exit.order.side);
    if (sign * held < 0) held += sign * Math.min(exit.leaves, Math.abs(held));
  }
  return held;
};

/** µshare of a working order that would open or turn its own book. Sized by cash: all of it, as one µshare. */
export const openingPart = (shadow: Shadow, judged: WorkingOrder): number => {
  const { order, book } = judged;
  if (order.reduceOnly) return 0;
  if (order.cashFraction !== null) return 1;
  const sign = signOfSide(order.side);
  let reducible = Math.max(0, -sign * heldAfter(shadow, order.ticker, book, new Set(order.after)));
  for (const w of shadow.entries(order.ticker))
    if (w !== judged && w.book === book && w.order.side === order.side && !order.after.includes(w.order.id))
      reducible -= w.leaves;
  return Math.max(0, judged.leaves - Math.max(0, reducible));
};
