import { Ticker } from "../../../../streams/domain/units.ts";

/** Names of columns by what they mean, most telling first. Compared in lower case without spaces, underscores and brackets. */
const ALIASES = {
  moment: ["timestamp", "datetime", "ts", "dateandtime", "publishedat", "published", "createdat", "pubdate", "publisheddate"],
  date: ["date", "day", "tradedate", "tradingday"],
  time: ["time", "t"],
  open: ["open", "o", "openprice"],
  high: ["high", "h", "highprice", "max"],
  low: ["low", "l", "lowprice", "min"],
  close: ["close", "c", "closeprice", "closelast", "last"],
  volume: ["volume", "vol", "v", "totalvolume"],
  symbol: ["symbol", "ticker", "tic", "sym"],
  name: ["name"],
  tickers: ["tickers", "ticker", "symbols", "symbol", "stocks", "stock"],
  headline: ["headline", "title", "news", "text"],
  url: ["url", "link"],
} as const;
export type Meaning = keyof typeof ALIASES;

const plain = (name: string): string =>
  name
    .toLowerCase()
    .replace(/^\d+\.\s*/, "")
    .replace(/[^a-z]/g, "");

/** Which of these names has the meaning; -1 for none. */
export const columnOf = (header: readonly string[], meaning: Meaning): number => {
  const names = header.map(plain);
  for (const alias of ALIASES[meaning]) {
    const at = names.indexOf(alias);
    if (at >= 0) return at;
  }
  return -1;
};

/** How to get the text of a row's moment: one column, or a date and a time; null when there is neither. */
export const momentOf = (header: readonly string[]): ((row: readonly string[]) => string) | null => {
  const moment = columnOf(header, "moment");
  if (moment >= 0) return (row) => row[moment] ?? "";
  const date = columnOf(header, "date");
  const time = columnOf(header, "time");
  if (date >= 0 && time >= 0) return (row) => `${row[date] ?? ""} ${row[time] ?? ""}`.trim();
  const one = Math.max(date, time);
  return one >= 0 ? (row) => row[one] ?? "" : null;
};

/** "brk-b", "BRK/B" → BRK.B; null when it is no ticker. */
export const tickerFrom = (text: string): Ticker | null => {
  const parsed = Ticker.safeParse(text.trim().toUpperCase().replace(/[-/ ]/, "."));
  return parsed.success ? parsed.data : null;
};

/** `AAPL_data.csv`, `SPY_1min_2020.csv` → AAPL, SPY: the capitals a file's name begins with, if nothing else of the word follows. */
export const tickerOfFile = (base: string): Ticker | null => {
  const m = /^([A-Z]{1,5}(?:\.[A-Z])?)(?![A-Za-z0-9])/.exec(base);
  return m ? tickerFrom(m[1] as string) : null;
};

/** A number as files write it: thousands separators and a dollar sign are taken off; NaN for anything else. */
export const numberFrom = (text: string | undefined): number => {
  if (text === undefined || text === "") return Number.NaN;
  const n = Number(text);
  if (!Number.isNaN(n)) return n === 0 && text.trim() === "" ? Number.NaN : n;
  return /^\s*\$?-?\d{1,3}(,\d{3})+(\.\d*)?\s*$|^\s*\$-?\d+(\.\d*)?\s*$/.test(text)
    ? Number(text.replace(/[$,\s]/g, ""))
    : Number.NaN;
};
