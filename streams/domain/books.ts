import type { OrderId, Ticker } from "./units.ts";

/** The book of shares that no strategy of this deck bought: adopted ones, and fills of orders that are not ours. */
export const ACCOUNT_BOOK = "account";
/** The book of the ensemble: what the strategies that only have views hold together. */
export const ENSEMBLE_BOOK = "ensemble";

const LEG_SUFFIX = 3;
const DOT = 46;
const ZERO = 48;
const NINE = 57;
export const isLegId = (id: OrderId): boolean =>
  id.charCodeAt(id.length - LEG_SUFFIX) === DOT && (id.endsWith(".sl") || id.endsWith(".tp"));

/** The entry that a bracket leg belongs to; of any other order the order itself. */
export const entryOf = (id: OrderId): OrderId => (isLegId(id) ? (id.slice(0, -LEG_SUFFIX) as OrderId) : id);

/** The other leg of a leg's bracket. */
export const siblingOf = (leg: OrderId): OrderId => `${entryOf(leg)}${leg.endsWith(".sl") ? ".tp" : ".sl"}` as OrderId;

/** Digits from there to the end, the first of them no zero. */
const isSerial = (text: string, from: number): boolean => {
  if (from >= text.length || text.charCodeAt(from) === ZERO) return false;
  for (let i = from; i < text.length; i++) if (text.charCodeAt(i) < ZERO || text.charCodeAt(i) > NINE) return false;
  return true;
};

/**
 * Whose order it is: ids are `<run>-<book>-<ticker>-<serial>` (`actors/orderIds.ts`), and a book's name has no dash. So a fill finds its book also when its
 * order is long closed. Any other id is the account's.
 */
export const bookOf = (id: OrderId, ticker: Ticker): string => {
  // Whoever hears of a fill asks, one after the other.
  if (id !== latest.id || ticker !== latest.ticker) {
    latest.book = bookIn(id, ticker);
    latest.id = id;
    latest.ticker = ticker;
  }
  return latest.book;
};

const latest = { id: "", ticker: "", book: ACCOUNT_BOOK };

const bookIn = (id: OrderId, ticker: Ticker): string => {
  const whole = entryOf(id);
  const serialAt = whole.lastIndexOf("-");
  const to = serialAt - ticker.length - 1;
  if (to <= 1 || !whole.startsWith(`-${ticker}-`, to) || !isSerial(whole, serialAt + 1)) return ACCOUNT_BOOK;
  const from = whole.lastIndexOf("-", to - 1);
  return from > 0 && to > from + 1 ? whole.slice(from + 1, to) : ACCOUNT_BOOK;
};
