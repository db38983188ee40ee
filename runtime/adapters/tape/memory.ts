import type { TapeHeader, TapeReader, TapeWriter } from "../../../actors/ports/tape.ts";
import type { TapeEvent } from "../../../streams/domain/event.ts";
import { type NewHeader, TAPE_VERSION } from "./frame.ts";
import { TapeClock } from "./writer.ts";

const BATCH = 1024;

/** A tape that lives in memory: the twin of a file, for tests, and for runs that keep nothing. */
export interface MemoryTape {
  readonly header: TapeHeader;
  readonly writer: TapeWriter;
  /** What is committed so far, in order. */
  readonly entries: readonly TapeEvent[];
  /** Reads what was committed when it was opened. */
  reader(): TapeReader;
  /** As a start after a kill: what was not sealed is gone. The writer before is not to be used any more. */
  reopen(): TapeWriter;
}

export const memoryTape = (about: NewHeader = { kind: "market", source: "memory", run: null }): MemoryTape => {
  const header: TapeHeader = { version: TAPE_VERSION, ...about };
  const entries: TapeEvent[] = [];
  const at: Places = { seal: 0, bounds: [] };
  return {
    header,
    writer: writerOf(entries, at),
    entries,
    reader: () => readerOf(header, entries, entries.length, at.bounds),
    reopen: () => {
      entries.length = at.seal;
      at.bounds = at.bounds.filter((i) => i < at.seal);
      return writerOf(entries, at);
    },
  };
};

interface Places {
  /** How many entries are sealed. */
  seal: number;
  /** Entries, by index, at which a moment begins though the entry before was seen at the same time. */
  bounds: number[];
}

const writerOf = (entries: TapeEvent[], at: Places): TapeWriter => {
  const clock = new TapeClock(entries.length, entries.at(-1)?.tSeen ?? 0);
  let buffered: TapeEvent[] = [];
  const commit = (): void => {
    for (const event of buffered) entries.push(event);
    buffered = [];
  };
  return {
    append(event) {
      clock.admit(event);
      buffered.push(event);
    },
    commit,
    seal() {
      commit();
      at.seal = entries.length;
    },
    sync: commit,
    async flush() {
      commit();
    },
    bound() {
      at.bounds.push(entries.length + buffered.length);
    },
    close: commit,
    get tail() {
      return clock.tail;
    },
  };
};

const readerOf = (header: TapeHeader, entries: readonly TapeEvent[], end: number, bounds: readonly number[] = []): TapeReader => {
  let at = 0;
  let from = 0;
  return {
    header,
    get bounds() {
      return bounds.flatMap((i) => (i >= from && i < at ? [i - from] : []));
    },
    next() {
      if (at >= end) return null;
      from = at;
      const batch = entries.slice(at, Math.min(at + BATCH, end));
      at += batch.length;
      return batch;
    },
    close() {},
  };
};

/** A reader over entries that are there already, in `seq` order. */
export const tapeOf = (
  entries: readonly TapeEvent[],
  about: NewHeader = { kind: "market", source: "memory", run: null },
): TapeReader => readerOf({ version: TAPE_VERSION, ...about }, entries, entries.length);
