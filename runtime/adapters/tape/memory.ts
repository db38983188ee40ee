import type { TapeHeader, TapeReader, TapeWriter } from "../../../actors/ports/tape.ts";
import type { TapeEvent } from "../../../streams/domain/event.ts";
import { TAPE_VERSION } from "./frame.ts";
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

export const memoryTape = (
  about: Pick<TapeHeader, "kind" | "source" | "run"> = { kind: "market", source: "memory", run: null },
): MemoryTape => {
  const header: TapeHeader = { version: TAPE_VERSION, ...about };
  const entries: TapeEvent[] = [];
  const at = { seal: 0 };
  return {
    header,
    writer: writerOf(entries, at),
    entries,
    reader: () => readerOf(header, entries, entries.length),
    reopen: () => {
      entries.length = at.seal;
      return writerOf(entries, at);
    },
  };
};

/** @param at how many entries are sealed */
const writerOf = (entries: TapeEvent[], at: { seal: number }): TapeWriter => {
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
    close: commit,
    get tail() {
      return clock.tail;
    },
  };
};

const readerOf = (header: TapeHeader, entries: readonly TapeEvent[], end: number): TapeReader => {
  let at = 0;
  return {
    header,
    next() {
      if (at >= end) return null;
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
  about: Pick<TapeHeader, "kind" | "source" | "run"> = { kind: "market", source: "memory", run: null },
): TapeReader => readerOf({ version: TAPE_VERSION, ...about }, entries, entries.length);
