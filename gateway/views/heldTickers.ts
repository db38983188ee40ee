import type { Ticker } from "../../streams/domain/units.ts";
import { type Book, type HeldTicker, positionItem } from "./accountItems.ts";
import { type Change, NOTHING, type View } from "./view.ts";

/** What is known of each ticker that was ever held, and which of them moved. */
export interface HeldTickers {
  of(ticker: Ticker): HeldTicker;
  known(ticker: string): HeldTicker | undefined;
  touch(one: HeldTicker): void;
  restart(): void;
  readonly positions: View;
}

/** @param account null before there is one */
export const createHeldTickers = (account: () => Book | null): HeldTickers => {
  const byTicker = new Map<string, HeldTicker>();
  let dirty: HeldTicker[] = [];
  /** The account began anew: what was told of positions is void. */
  let anew = false;

  const clean = (): void => {
    for (const one of dirty) one.dirty = false;
    dirty = [];
  };
  const of = (ticker: Ticker): HeldTicker => {
    const known = byTicker.get(ticker);
    if (known) return known;
    const one: HeldTicker = { ticker, by: "", books: new Map(), held: false, dirty: false, shown: false, dayStart: 0 };
    byTicker.set(ticker, one);
    return one;
  };
  const changeOf = (book: Book, one: HeldTicker): Change | null => {
    const h = book.ledger.positions.get(one.ticker);
    if (h && h.shares !== 0) {
      one.shown = true;
      return { key: one.ticker, item: positionItem(book, h, one) };
    }
    if (!one.shown) return null;
    one.shown = false;
    return { key: one.ticker, item: null };
  };
  const changes = (book: Book): Change[] => {
    const out: Change[] = [];
    for (const one of dirty) {
      const change = changeOf(book, one);
      if (change) out.push(change);
    }
    clean();
    return out;
  };
  const items = (book: Book): unknown[] => {
    const out: unknown[] = [];
    for (const h of book.ledger.positions.values()) {
      if (h.shares === 0) continue;
      const one = of(h.ticker);
      one.shown = true;
      out.push(positionItem(book, h, one));
    }
    return out;
  };
  return {
    of,
    known: (ticker) => byTicker.get(ticker),
    touch: (one) => {
      if (one.dirty) return;
      one.dirty = true;
      dirty.push(one);
    },
    restart: () => {
      byTicker.clear();
      dirty = [];
      anew = true;
    },
    positions: {
      items: () => {
        const book = account();
        return book ? items(book) : [];
      },
      drain: () => {
        const book = account();
        if (anew) {
          anew = false;
          clean();
          return "reset";
        }
        return book && dirty.length > 0 ? changes(book) : NOTHING;
      },
      discard: clean,
    },
  };
};
