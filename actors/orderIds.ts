import { type OrderId, orderId, type Ticker } from "../streams/domain/units.ts";

/** Longest id that every broker takes as its `client_order_id`, the suffix of a bracket leg (`.sl`) included. */
const LONGEST = 48;
const LEG_SUFFIX = 3;
/** Digits of a serial that are reckoned with: 99,999,999 orders of one ticker in one run. */
const SERIAL_DIGITS = 8;
const RUN_LONGEST = 11;
const TICKER_LONGEST = 7;
const BY_LONGEST = LONGEST - LEG_SUFFIX - SERIAL_DIGITS - RUN_LONGEST - TICKER_LONGEST - 3;
const TAG = 5;

/** FNV-1a, 32 bits, as text: tells long names apart that begin alike. */
const tagOf = (text: string): string => {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return h.toString(36).padStart(TAG, "0").slice(-TAG);
};

/** Letters, digits and _ of a name, shortened to fit an id; a name that had to change keeps a tag of the whole. */
const short = (by: string): string => {
  const plain = by.replace(/[^A-Za-z0-9_]/g, "_");
  return plain === by && by.length <= BY_LONGEST ? by : `${plain.slice(0, BY_LONGEST - TAG - 1)}_${tagOf(by)}`;
};

const names = new Map<string, string>();
const NAMES_KEPT = 1_000;

/** The name of a book in ids: that of the strategy it is of, shortened where it must be. */
export const bookNamed = (by: string): string => {
  let name = names.get(by);
  if (name === undefined) {
    if (names.size >= NAMES_KEPT) names.clear();
    name = short(by);
    names.set(by, name);
  }
  return name;
};

/** `<run>-<book>-<ticker>-<serial>`: see `bookOf`. The serial counts the orders of a ticker in a run, so no id comes twice. */
export const idOf = (run: string, book: string, ticker: Ticker, serial: number): OrderId =>
  orderId(`${run}-${bookNamed(book)}-${ticker}-${serial}`);

/** The serial at the end of an id; 0 where there is none (ids of other systems). */
export const serialOf = (id: OrderId): number => {
  const serial = Number(id.slice(id.lastIndexOf("-") + 1));
  return Number.isSafeInteger(serial) && serial > 0 ? serial : 0;
};
