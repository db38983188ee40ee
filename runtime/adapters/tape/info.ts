import { statSync } from "node:fs";
import type { TapeHeader, TapeReader } from "../../../actors/ports/tape.ts";
import type { TapeEvent } from "../../../streams/domain/event.ts";
import { Series, type SeriesInfo } from "./gaps.ts";
import { TapeHash } from "./hash.ts";
import { openTape } from "./reader.ts";
import type { TornTail } from "./scan.ts";

/** What is on a tape. Times are tSeen, epoch ms; null when it is empty. */
export interface TapeInfo {
  readonly header: TapeHeader;
  readonly entries: number;
  readonly firstSeen: number | null;
  readonly lastSeen: number | null;
  /** sha256 of the content, hex. */
  readonly hash: string;
  readonly kinds: Readonly<Record<string, number>>;
  /** Entries that are about each ticker, by kind. */
  readonly tickers: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly series: readonly SeriesInfo[];
}

const sorted = <T>(map: ReadonlyMap<string, T>): Record<string, T> =>
  Object.fromEntries([...map].sort(([a], [b]) => (a < b ? -1 : 1)));

class Census {
  readonly #hash = new TapeHash();
  readonly #kinds = new Map<string, number>();
  readonly #tickers = new Map<string, Map<string, number>>();
  readonly #series = new Map<string, Map<number, Series>>();
  #entries = 0;
  #first: number | null = null;
  #last: number | null = null;

  add(event: TapeEvent): void {
    this.#hash.add(event);
    this.#entries++;
    this.#first ??= event.tSeen;
    this.#last = event.tSeen;
    this.#kinds.set(event.type, (this.#kinds.get(event.type) ?? 0) + 1);
    if ("ticker" in event) this.#about(event.ticker, event.type);
    else if ("tickers" in event) for (const ticker of event.tickers) this.#about(ticker, event.type);
    if (event.type !== "market.bar") return;
    let lengths = this.#series.get(event.ticker);
    if (!lengths) {
      lengths = new Map();
      this.#series.set(event.ticker, lengths);
    }
    const series = lengths.get(event.barMs);
    if (series) series.next(event.tEvent);
    else lengths.set(event.barMs, new Series(event.ticker, event.barMs, event.tEvent));
  }
  info(header: TapeHeader): TapeInfo {
    const series = [...this.#series.values()].flatMap((lengths) => [...lengths.values()].map((one) => one.info()));
    return {
      header,
      entries: this.#entries,
      firstSeen: this.#first,
      lastSeen: this.#last,
      hash: this.#hash.hex(),
      kinds: sorted(this.#kinds),
      tickers: sorted(new Map([...this.#tickers].map(([ticker, kinds]) => [ticker, sorted(kinds)]))),
      series: series.sort((a, b) => (a.ticker < b.ticker ? -1 : a.ticker > b.ticker ? 1 : a.barMs - b.barMs)),
    };
  }
  #about(ticker: string, type: string): void {
    let kinds = this.#tickers.get(ticker);
    if (!kinds) {
      kinds = new Map();
      this.#tickers.set(ticker, kinds);
    }
    kinds.set(type, (kinds.get(type) ?? 0) + 1);
  }
}

/** Reads to the end, and closes. */
export const infoOf = (reader: TapeReader): TapeInfo => {
  const census = new Census();
  try {
    for (let batch = reader.next(); batch; batch = reader.next()) for (const event of batch) census.add(event);
  } finally {
    reader.close();
  }
  return census.info(reader.header);
};

/** What is on a tape file, in one pass. @throws TapeUnreadable, TapeVersion, TapeCorrupt. */
export const tapeInfo = (path: string): TapeInfo & { readonly bytes: number; readonly torn: TornTail | null } => {
  const reader = openTape(path);
  const info = infoOf(reader);
  return { ...info, bytes: statSync(path).size, torn: reader.torn };
};
