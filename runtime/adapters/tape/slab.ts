import { type Bar, bar, type Quote, quote } from "../../../streams/domain/market.ts";
import { ms, type Seq, seq, type Ticker, ticker } from "../../../streams/domain/units.ts";
import { FLAG } from "./frame.ts";

/** Versions of the events in slabs, which do not say it themselves: another shape of a bar or quote needs a kind of frame of its own. */
export const SLAB_VERSIONS = { "market.bar": 1, "market.quote": 1 } as const;

/** Entries in a full slab. Small enough that a batch of events stays in the processor's cache. */
export const SLAB_ROWS = 1024;
export const BAR_COLUMNS = 8;
export const QUOTE_COLUMNS = 6;

/** Up to so many rows a loop is cheaper than a view on the column: a live run writes a few at a time. */
const FEW = 32;
const copy = (from: Float64Array, first: number, count: number, to: Float64Array, at: number): void => {
  if (count > FEW) to.set(from.subarray(first, first + count), at);
  else for (let i = 0; i < count; i++) to[at + i] = from[first + i] as number;
};

/** A run of entries of one kind, by column, on its way to disk. */
export class Slab {
  count = 0;
  readonly columns: number;
  /** Column after column, each SLAB_ROWS long. */
  readonly cells: Float64Array;
  readonly #causes = new Float64Array(SLAB_ROWS);
  readonly #tickerAt = new Uint16Array(SLAB_ROWS);
  readonly #index = new Map<string, number>();
  #names: string[] = [];
  #lastName = "";
  #lastIndex = 0;
  #nameBytes = 0;
  #caused = false;

  constructor(columns: number) {
    this.columns = columns;
    this.cells = new Float64Array(columns * SLAB_ROWS);
  }
  get flags(): number {
    return this.#caused ? FLAG.caused : 0;
  }
  /** Payload bytes before padding: columns, causes if any, ticker of each row, ticker table. */
  get bytes(): number {
    return this.count * 8 * (this.columns + this.flags) + this.count * 2 + 2 + this.#nameBytes;
  }
  /** A new row for this ticker; its place in every column. */
  row(name: string, cause: number): number {
    const at = this.count++;
    if (name !== this.#lastName) this.#find(name);
    this.#tickerAt[at] = this.#lastIndex;
    this.#causes[at] = cause;
    if (cause !== 0) this.#caused = true;
    return at;
  }
  /** Copies the payload to `offset` (a multiple of 8) and empties the slab. Returns the bytes written, before padding. */
  drain(out: Buffer, floats: Float64Array, offset: number): number {
    const n = this.count;
    let at = offset >> 3;
    for (let c = 0; c < this.columns; c++, at += n) copy(this.cells, c * SLAB_ROWS, n, floats, at);
    if (this.#caused) {
      copy(this.#causes, 0, n, floats, at);
      at += n;
    }
    let byte = at << 3;
    for (let i = 0; i < n; i++, byte += 2) out.writeUInt16LE(this.#tickerAt[i] as number, byte);
    byte = out.writeUInt16LE(this.#names.length, byte);
    for (const name of this.#names) {
      out[byte++] = name.length;
      byte += out.write(name, byte, "latin1");
    }
    this.#clear();
    return byte - offset;
  }
  #find(name: string): void {
    const known = this.#index.get(name);
    this.#lastName = name;
    if (known !== undefined) {
      this.#lastIndex = known;
      return;
    }
    this.#lastIndex = this.#names.length;
    this.#index.set(name, this.#lastIndex);
    this.#names.push(name);
    this.#nameBytes += 1 + name.length;
  }
  #clear(): void {
    this.count = 0;
    this.#caused = false;
    this.#index.clear();
    this.#names = [];
    this.#nameBytes = 0;
    this.#lastName = "";
  }
}

export const putBar = (slab: Slab, b: Bar): void => {
  const i = slab.row(b.ticker, b.cause);
  const c = slab.cells;
  c[i] = b.tEvent;
  c[SLAB_ROWS + i] = b.tSeen;
  c[2 * SLAB_ROWS + i] = b.open;
  c[3 * SLAB_ROWS + i] = b.high;
  c[4 * SLAB_ROWS + i] = b.low;
  c[5 * SLAB_ROWS + i] = b.close;
  c[6 * SLAB_ROWS + i] = b.volume;
  c[7 * SLAB_ROWS + i] = b.barMs;
};
export const putQuote = (slab: Slab, q: Quote): void => {
  const i = slab.row(q.ticker, q.cause);
  const c = slab.cells;
  c[i] = q.tEvent;
  c[SLAB_ROWS + i] = q.tSeen;
  c[2 * SLAB_ROWS + i] = q.bid;
  c[3 * SLAB_ROWS + i] = q.ask;
  c[4 * SLAB_ROWS + i] = q.bidSize;
  c[5 * SLAB_ROWS + i] = q.askSize;
};

/** A slab's payload, read in place. */
export interface SlabBytes {
  readonly bytes: Buffer;
  readonly floats: Float64Array;
  /** Where the payload begins, a multiple of 8. */
  readonly offset: number;
  readonly count: number;
  readonly flags: number;
  readonly firstSeq: number;
}

/** Reads ticker tables; one string object a ticker over the whole tape. */
export class TickerNames {
  readonly #known = new Map<string, Ticker>();
  /** @param at the byte at which the table begins. */
  read(bytes: Buffer, at: number): readonly Ticker[] {
    const names: Ticker[] = [];
    const count = bytes.readUInt16LE(at);
    let byte = at + 2;
    for (let i = 0; i < count; i++) {
      const length = bytes[byte++] as number;
      names.push(this.#intern(bytes.toString("latin1", byte, byte + length)));
      byte += length;
    }
    return names;
  }
  #intern(text: string): Ticker {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const symbol = ticker(text);
    this.#known.set(text, symbol);
    return symbol;
  }
}

/** What readers of a tape may still write: the place of an entry that was just made. */
type Placed = { seq: Seq; cause: Seq };

/** Adds the slab's bars to `into` from index `from` on. */
export const takeBars = (s: SlabBytes, columns: number, names: TickerNames, into: unknown[], from: number): void => {
  const { floats: f, bytes, count: n, firstSeq } = s;
  const b = s.offset >> 3;
  const tickersAt = s.offset + 8 * n * (columns + (s.flags & FLAG.caused));
  const table = names.read(bytes, tickersAt + 2 * n);
  const causes = b + columns * n;
  for (let i = 0; i < n; i++) {
    const at = tickersAt + 2 * i;
    const made = bar(
      table[(bytes[at] as number) | ((bytes[at + 1] as number) << 8)] as Ticker,
      ms(f[b + i] as number),
      ms(f[b + n + i] as number),
      f[b + 2 * n + i] as number,
      f[b + 3 * n + i] as number,
      f[b + 4 * n + i] as number,
      f[b + 5 * n + i] as number,
      f[b + 6 * n + i] as number,
      f[b + 7 * n + i] as number,
    );
    (made as Placed).seq = seq(firstSeq + i);
    if (s.flags & FLAG.caused) (made as Placed).cause = seq(f[causes + i] as number);
    into[from + i] = made;
  }
};

/** Adds the slab's quotes to `into` from index `from` on. */
export const takeQuotes = (s: SlabBytes, columns: number, names: TickerNames, into: unknown[], from: number): void => {
  const { floats: f, bytes, count: n, firstSeq } = s;
  const b = s.offset >> 3;
  const tickersAt = s.offset + 8 * n * (columns + (s.flags & FLAG.caused));
  const table = names.read(bytes, tickersAt + 2 * n);
  const causes = b + columns * n;
  const stamp = { tEvent: ms(0), tSeen: ms(0) };
  for (let i = 0; i < n; i++) {
    stamp.tEvent = ms(f[b + i] as number);
    stamp.tSeen = ms(f[b + n + i] as number);
    const made = quote(
      table[bytes.readUInt16LE(tickersAt + 2 * i)] as Ticker,
      stamp,
      f[b + 2 * n + i] as number,
      f[b + 3 * n + i] as number,
      f[b + 4 * n + i] as number,
      f[b + 5 * n + i] as number,
    );
    (made as Placed).seq = seq(firstSeq + i);
    if (s.flags & FLAG.caused) (made as Placed).cause = seq(f[causes + i] as number);
    into[from + i] = made;
  }
};
