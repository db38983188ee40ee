import type { TapeEvent } from "../../../streams/domain/event.ts";
import { wireText } from "./wire.ts";

/** What comes first among entries seen at the same time: what changes holdings and trading, then prices, then words. */
const RANK: Readonly<Record<string, number>> = {
  "account.opened": 0,
  "account.adopted": 0,
  "account.split": 1,
  "account.dividend": 2,
  "market.halt": 3,
  "market.bar": 4,
  "market.quote": 5,
  "market.tick": 6,
  "news.raw": 7,
  "news.scored": 8,
};
export const BAR_RANK = 4;
export const rankOf = (event: TapeEvent): number => RANK[event.type] ?? 9;

const tickersOf = (e: TapeEvent): string => ("ticker" in e ? e.ticker : "tickers" in e ? e.tickers.join(",") : "");
/** The content of an entry, wherever on a tape it stands. */
const contentOf = (e: TapeEvent): string => wireText({ ...e, seq: 0, cause: 0 } as TapeEvent);
export const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** A total order of entries that does not depend on where they came from: tSeen, kind, ticker, tEvent, then the text. */
export const inTapeOrder = (a: TapeEvent, b: TapeEvent): number =>
  a.tSeen - b.tSeen ||
  rankOf(a) - rankOf(b) ||
  byText(tickersOf(a), tickersOf(b)) ||
  a.tEvent - b.tEvent ||
  byText(contentOf(a), contentOf(b));

/** What makes two entries the same: a headline's id; of anything else, all it says. */
export const identityOf = (e: TapeEvent): string =>
  e.type === "news.raw" || e.type === "news.scored" ? `${e.type} ${e.id}` : contentOf(e);

/** Of two entries that are the same, the one to keep: seen later (never known too early), then by text. */
export const better = (a: TapeEvent, b: TapeEvent): TapeEvent => {
  if (a.tSeen !== b.tSeen) return a.tSeen > b.tSeen ? a : b;
  return byText(contentOf(a), contentOf(b)) <= 0 ? a : b;
};
