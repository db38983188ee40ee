import { basename } from "node:path";
import { barFault } from "../../../../streams/domain/market.ts";
import { ms, type Ticker } from "../../../../streams/domain/units.ts";
import { newYorkDate } from "../../../../streams/market/calendar.ts";
import type { Gather } from "../gather.ts";
import { columnOf, momentOf, numberFrom, tickerFrom, tickerOfFile } from "./columns.ts";
import { type Hours, tradingDays } from "./hours.ts";
import { DAY_MS, intervalName, likelyInterval } from "./interval.ts";
import { delimiterOf, fieldsOf, type Line, recordsOf } from "./lines.ts";
import type { ImportReport } from "./report.ts";
import { parseStamp, type Stamp } from "./stamp.ts";
import type { Zone } from "./zone.ts";

export interface BarImport {
  /** Of stamps without a zone of their own. */
  readonly zone: Zone;
  /** Null: a symbol column, else the file's name. */
  readonly symbol: Ticker | null;
  /** Milliseconds; null: from the stamps. */
  readonly barMs: number | null;
}

/** Rows looked at before the bar length must be known. */
const SAMPLE = 2000;
const UNTOLD = "the bar length cannot be told from the times; give --interval";

interface Columns {
  readonly delimiter: string;
  readonly moment: (row: readonly string[]) => string;
  readonly symbol: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** -1: the file has none, and every volume is 0. */
  readonly volume: number;
}
interface Row {
  readonly line: Line;
  readonly fields: readonly string[];
  readonly stamp: Stamp;
  readonly symbol: Ticker;
}

const PRICES = ["open", "high", "low", "close"] as const;

const columnsOf = (header: Line, first: readonly string[] | undefined): Columns | string => {
  const delimiter = delimiterOf(header.text);
  const names = fieldsOf(header.text, delimiter) ?? [];
  const moment = momentOf(names);
  const prices = PRICES.map((meaning) => columnOf(names, meaning));
  const missing = [...(moment ? [] : ["date"]), ...PRICES.filter((_, i) => prices[i] === -1)];
  if (missing.length > 0 || !moment) return `no column for ${missing.join(", ")} in the header: ${names.join(", ")}`;
  const [open, high, low, close] = prices as [number, number, number, number];
  const symbol = columnOf(names, "symbol");
  const name = columnOf(names, "name");
  const named = name >= 0 && /^[A-Z]{1,5}([.-][A-Z])?$/.test(first?.[name]?.trim() ?? "");
  return {
    delimiter,
    moment,
    symbol: symbol >= 0 ? symbol : named ? name : -1,
    open,
    high,
    low,
    close,
    volume: columnOf(names, "volume"),
  };
};

/** Adds the bars of CSV files to `gather`. Rows that cannot be used go to the report, the rest is kept. @throws TapeUnreadable. */
export const importBars = (paths: readonly string[], options: BarImport, gather: Gather, report: ImportReport): void => {
  const days = tradingDays();
  for (const path of paths) {
    report.begin(path);
    new BarFile(path, options, gather, report, days).read();
  }
};

class BarFile {
  readonly #path: string;
  readonly #options: BarImport;
  readonly #gather: Gather;
  readonly #report: ImportReport;
  readonly #days: (date: string) => Hours | null;
  readonly #known = new Map<string, Ticker | null>();
  readonly #numbers = { open: 0, high: 0, low: 0, close: 0, volume: 0 };
  #columns: Columns | null = null;
  #barMs: number | null;
  /** Rows that wait until the bar length is known. */
  #waiting: Row[] = [];
  #enough = SAMPLE;

  constructor(path: string, options: BarImport, gather: Gather, report: ImportReport, days: (date: string) => Hours | null) {
    this.#path = path;
    this.#options = options;
    this.#gather = gather;
    this.#report = report;
    this.#days = days;
    this.#barMs = options.barMs;
  }
  read(): void {
    let header: Line | null = null;
    for (const line of recordsOf(this.#path)) {
      this.#report.at(line.bytesRead);
      if (!header) header = line;
      else if (!this.#columns && !this.#begin(header, line)) return;
      else this.#row(line);
    }
    if (!this.#columns) this.#reject(0, "no rows under a header", header?.text ?? "");
    this.#decide(true);
  }
  /** Knows the columns by the header and the first row. */
  #begin(header: Line, first: Line): boolean {
    const columns = columnsOf(header, fieldsOf(first.text, delimiterOf(header.text)) ?? undefined);
    if (typeof columns === "string") {
      this.#reject(0, columns, header.text);
      return false;
    }
    this.#columns = columns;
    if (!this.#options.symbol && columns.symbol < 0 && !tickerOfFile(basename(this.#path))) {
      this.#reject(0, "no symbol: not in a column, nor at the start of the file's name; give --symbol", header.text);
      return false;
    }
    return true;
  }
  #row(line: Line): void {
    this.#report.rows++;
    const fault = this.#faultOf(line);
    if (fault) this.#reject(line.number, fault, line.text);
    if (this.#waiting.length >= this.#enough) this.#decide(false);
  }
  /** Takes the row, or says why it cannot be taken. */
  #faultOf(line: Line): string | null {
    const columns = this.#columns as Columns;
    const fields = fieldsOf(line.text, columns.delimiter);
    if (!fields) return "a quote is not closed";
    const moment = columns.moment(fields);
    const stamp = parseStamp(moment, this.#options.zone);
    if (!stamp) return `not a date or time: ${JSON.stringify(moment)}`;
    if (stamp.at < 0) return `before 1970: ${moment}`;
    const symbol = this.#symbol(fields);
    if (!symbol) return `not a ticker: ${JSON.stringify(fields[columns.symbol] ?? "")}`;
    if (this.#barMs !== null) return this.#bar(fields, stamp, symbol, this.#barMs);
    this.#waiting.push({ line, fields, stamp, symbol });
    return null;
  }
  #symbol(fields: readonly string[]): Ticker | null {
    if (this.#options.symbol) return this.#options.symbol;
    const column = (this.#columns as Columns).symbol;
    const text = column >= 0 ? (fields[column] ?? "") : "";
    let symbol = this.#known.get(text);
    if (symbol === undefined) {
      symbol = column >= 0 ? tickerFrom(text) : tickerOfFile(basename(this.#path));
      this.#known.set(text, symbol);
    }
    return symbol;
  }
  /** Settles the bar length by the rows that wait, and lets them go. */
  #decide(atEnd: boolean): void {
    if (this.#waiting.length === 0) return;
    const barMs = likelyInterval(this.#waiting);
    this.#enough *= 2;
    if (barMs === null && !atEnd) return;
    this.#barMs = barMs;
    for (const { line, fields, stamp, symbol } of this.#waiting) {
      const fault = barMs === null ? UNTOLD : this.#bar(fields, stamp, symbol, barMs);
      if (fault) this.#reject(line.number, fault, line.text);
    }
    this.#waiting = [];
  }
  #bar(fields: readonly string[], stamp: Stamp, symbol: Ticker, barMs: number): string | null {
    const c = this.#columns as Columns;
    const n = this.#numbers;
    n.open = numberFrom(fields[c.open]);
    n.high = numberFrom(fields[c.high]);
    n.low = numberFrom(fields[c.low]);
    n.close = numberFrom(fields[c.close]);
    n.volume = c.volume < 0 ? 0 : numberFrom(fields[c.volume]);
    const fault = barFault(n);
    if (fault) return fault;
    let from = stamp.at;
    let seen = stamp.at + barMs;
    if (barMs === DAY_MS) {
      const date = stamp.precision === "day" || stamp.midnight ? stamp.date : newYorkDate(ms(stamp.at));
      const hours = this.#days(date);
      if (!hours) return `before 1970: ${date}`;
      from = hours.open;
      seen = hours.close;
    } else if (stamp.precision === "day") return `a date without a time in a file of ${intervalName(barMs)} bars`;
    this.#gather.series(symbol, barMs).add(from, seen, n.open, n.high, n.low, n.close, n.volume);
    this.#report.took(1);
    return null;
  }
  #reject(line: number, reason: string, text: string): void {
    this.#report.reject(this.#path, line, reason, text);
  }
}
