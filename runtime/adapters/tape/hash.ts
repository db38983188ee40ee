import { createHash } from "node:crypto";
import type { TapeReader } from "../../../actors/ports/tape.ts";
import type { TapeEvent } from "../../../streams/domain/event.ts";
import type { Bar, Quote } from "../../../streams/domain/market.ts";
import { openTape } from "./reader.ts";
import { wireText } from "./wire.ts";

/** f64 cells staged before they go to the digest: 64 kB. */
const STAGE = 8192;
/** Cells of a bar: tag, ticker, seq, tEvent, tSeen, cause, five observations, length. */
const BAR_CELLS = 12;
const QUOTE_CELLS = 10;
const TAG = { text: 1, bar: 2, quote: 3 } as const;

/**
 * sha256 over entries in order, each in one canonical form: bars and quotes as f64 cells, all else as its wire text.
 * Equal events give equal hashes, in a file or in memory, however they were committed.
 */
export class TapeHash {
  readonly #digest = createHash("sha256");
  readonly #cells = new Float64Array(STAGE);
  readonly #bytes = Buffer.from(this.#cells.buffer);
  readonly #tickers = new Map<string, number>();
  #used = 0;

  add(event: TapeEvent): void {
    if (this.#used > STAGE - BAR_CELLS) this.#flush();
    if (event.type === "market.bar") this.#bar(event);
    else if (event.type === "market.quote") this.#quote(event);
    else this.#text(wireText(event));
  }
  /** Hex, 64 characters. Nothing can be added after it. */
  hex(): string {
    this.#flush();
    return this.#digest.digest("hex");
  }

  #bar(b: Bar): void {
    const c = this.#cells;
    const i = this.#used;
    c[i] = TAG.bar;
    c[i + 1] = this.#ticker(b.ticker);
    c[i + 2] = b.seq;
    c[i + 3] = b.tEvent;
    c[i + 4] = b.tSeen;
    c[i + 5] = b.cause;
    c[i + 6] = b.open;
    c[i + 7] = b.high;
    c[i + 8] = b.low;
    c[i + 9] = b.close;
    c[i + 10] = b.volume;
    c[i + 11] = b.barMs;
    this.#used = i + BAR_CELLS;
  }
  #quote(q: Quote): void {
    const c = this.#cells;
    const i = this.#used;
    c[i] = TAG.quote;
    c[i + 1] = this.#ticker(q.ticker);
    c[i + 2] = q.seq;
    c[i + 3] = q.tEvent;
    c[i + 4] = q.tSeen;
    c[i + 5] = q.cause;
    c[i + 6] = q.bid;
    c[i + 7] = q.ask;
    c[i + 8] = q.bidSize;
    c[i + 9] = q.askSize;
    this.#used = i + QUOTE_CELLS;
  }
  #text(text: string): void {
    const bytes = Buffer.from(text);
    this.#cells[this.#used++] = TAG.text;
    this.#cells[this.#used++] = bytes.length;
    this.#flush();
    this.#digest.update(bytes);
  }
  /** A ticker is at most seven characters, so it fits an exact integer: base 64 of what remains above the space. */
  #ticker(name: string): number {
    const known = this.#tickers.get(name);
    if (known !== undefined) return known;
    let n = 0;
    for (let i = 0; i < name.length; i++) n = n * 64 + (name.charCodeAt(i) - 32);
    this.#tickers.set(name, n);
    return n;
  }
  #flush(): void {
    this.#digest.update(this.#bytes.subarray(0, this.#used * 8));
    this.#used = 0;
  }
}

/** The content hash of what a reader still has to give. The reader is closed. */
export const hashOf = (reader: TapeReader): string => {
  const hash = new TapeHash();
  try {
    for (let batch = reader.next(); batch; batch = reader.next()) for (const event of batch) hash.add(event);
  } finally {
    reader.close();
  }
  return hash.hex();
};

/** The content hash of a tape file. @throws TapeUnreadable, TapeVersion, TapeCorrupt. */
export const tapeHash = (path: string): string => hashOf(openTape(path));
