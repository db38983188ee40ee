import type { TapeHeader, TapeReader } from "../../../actors/ports/tape.ts";
import type { TapeEvent } from "../../../streams/domain/event.ts";
import { UnknownEvent } from "../../../streams/domain/upcast.ts";
import { TapeCorrupt, TapeVersion } from "./errors.ts";
import { FrameMismatch, takeEvents } from "./events.ts";
import { FLAG } from "./frame.ts";
import { FrameScan, type TornTail } from "./scan.ts";
import { SLAB_ROWS, TickerNames } from "./slab.ts";

/** A tape in a file, read forward. */
export interface TapeFileReader extends TapeReader {
  /** Once `next` has given null: what lies after the last intact frame. The file is not touched. */
  readonly torn: TornTail | null;
  readonly bounds: readonly number[];
}

class FileReader implements TapeFileReader {
  readonly #scan: FrameScan;
  readonly #names = new TickerNames();
  #batch: TapeEvent[] = [];
  #bounds: number[] = [];
  #pending = false;

  constructor(path: string) {
    this.#scan = new FrameScan(path);
  }
  get header(): TapeHeader {
    return this.#scan.header;
  }
  get bounds(): readonly number[] {
    return this.#bounds;
  }
  get torn(): TornTail | null {
    return this.#scan.torn;
  }
  /** Small frames are joined, so that a journal of single entries reads in batches too. */
  next(): readonly TapeEvent[] | null {
    const scan = this.#scan;
    let held = 0;
    if (this.#bounds.length > 0) this.#bounds = [];
    if (this.#pending || scan.step()) {
      do {
        held += this.#decode(held);
        this.#pending = scan.step();
      } while (this.#pending && held + scan.count <= SLAB_ROWS);
    }
    if (held === 0) return null;
    this.#batch.length = held;
    return this.#batch;
  }
  close(): void {
    this.#scan.close();
  }

  #decode(from: number): number {
    const scan = this.#scan;
    if (scan.count === 0) return 0; // nothing but a seal
    if (scan.flags & FLAG.begins) this.#bounds.push(from);
    const { bytes, floats, kind, count, flags, firstSeq, length, at: offset } = scan;
    try {
      takeEvents({ bytes, floats, offset, length, kind, count, flags, firstSeq }, this.#names, this.#batch, from);
    } catch (error) {
      if (error instanceof FrameMismatch) throw new TapeCorrupt(scan.path, scan.end, firstSeq - 1, error.message);
      if (error instanceof UnknownEvent) throw new TapeVersion(`${scan.path} holds an ${error.message}; update tapedeck`);
      throw error;
    }
    return count;
  }
}

/**
 * Opens a tape for reading, forward, in batches of about a thousand entries.
 * @throws TapeUnreadable when there is no such file, TapeVersion, TapeCorrupt.
 */
export const openTape = (path: string): TapeFileReader => new FileReader(path);

/** What a tape says of itself. @throws TapeUnreadable, TapeVersion, TapeCorrupt. */
export const headerOf = (path: string): TapeHeader => {
  const reader = openTape(path);
  try {
    return reader.header;
  } finally {
    reader.close();
  }
};

/** What lies after the last whole frame of a tape; null: nothing. @throws TapeUnreadable, TapeVersion, TapeCorrupt. */
export const tornOf = (path: string): TornTail | null => {
  const scan = new FrameScan(path);
  try {
    while (scan.step());
    return scan.torn;
  } finally {
    scan.close();
  }
};

/** seq of the newest sealed entry; 0 when nothing is sealed. */
export const sealedSeq = (path: string): number => {
  const scan = new FrameScan(path);
  try {
    while (scan.step());
    return scan.sealed.seq;
  } finally {
    scan.close();
  }
};

/** As `openTape`, up to a seal (the newest one now): what was told to anyone of a run that is on, or was killed. */
export const openSealed = (path: string, until = sealedSeq(path)): TapeReader => {
  const reader = openTape(path);
  return {
    header: reader.header,
    get bounds() {
      return reader.bounds;
    },
    next: () => {
      const batch = reader.next();
      const first = batch?.[0];
      if (batch === null || first === undefined || first.seq > until) return null;
      return first.seq + batch.length - 1 <= until ? batch : batch.slice(0, until - first.seq + 1);
    },
    close: () => reader.close(),
  };
};

/** Every entry of a tape, in memory. For tests and small tapes. */
export const readAll = (path: string): TapeEvent[] => drain(openTape(path));

/** Every remaining entry of a reader, which is closed. */
export const drain = (reader: TapeReader): TapeEvent[] => {
  const all: TapeEvent[] = [];
  try {
    for (let batch = reader.next(); batch; batch = reader.next()) for (const event of batch) all.push(event);
  } finally {
    reader.close();
  }
  return all;
};
