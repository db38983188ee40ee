import type { Ticker } from "../../streams/domain/units.ts";
import { type Book, positionItem, type Seat } from "./accountItems.ts";
import { type Change, NOTHING, type View } from "./view.ts";

/** What is known of each ticker that was ever held, and which of them moved. */
export interface Seats {
  of(ticker: Ticker): Seat;
  known(ticker: string): Seat | undefined;
  touch(seat: Seat): void;
  restart(): void;
  readonly positions: View;
}

/** @param account null before there is one */
export const createSeats = (account: () => Book | null): Seats => {
  const byTicker = new Map<string, Seat>();
  let dirty: Seat[] = [];
  /** The account began anew: what was told of positions is void. */
  let anew = false;

  const clean = (): void => {
    for (const seat of dirty) seat.dirty = false;
    dirty = [];
  };
  const of = (ticker: Ticker): Seat => {
    const known = byTicker.get(ticker);
    if (known) return known;
    const seat: Seat = { ticker, by: "", closedBy: "", held: false, dirty: false, shown: false, dayStart: 0 };
    byTicker.set(ticker, seat);
    return seat;
  };
  const changeOf = (book: Book, seat: Seat): Change | null => {
    const h = book.ledger.positions.get(seat.ticker);
    if (h && h.shares !== 0) {
      seat.shown = true;
      return { key: seat.ticker, item: positionItem(book, h, seat) };
    }
    if (!seat.shown) return null;
    seat.shown = false;
    return { key: seat.ticker, item: null };
  };
  const changes = (book: Book): Change[] => {
    const out: Change[] = [];
    for (const seat of dirty) {
      const change = changeOf(book, seat);
      if (change) out.push(change);
    }
    clean();
    return out;
  };
  const items = (book: Book): unknown[] => {
    const out: unknown[] = [];
    for (const h of book.ledger.positions.values()) {
      if (h.shares === 0) continue;
      const seat = of(h.ticker);
      seat.shown = true;
      out.push(positionItem(book, h, seat));
    }
    return out;
  };
  return {
    of,
    known: (ticker) => byTicker.get(ticker),
    touch: (seat) => {
      if (seat.dirty) return;
      seat.dirty = true;
      dirty.push(seat);
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
