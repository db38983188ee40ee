import type { TapeEvent } from "../../streams/domain/event.ts";

/**
 * Who answers a port, by the port's name. "again": a replay asks again and gets the same answer. "recorded": the answers are on the tape, a replay
 * reads them there and sends nothing. A port that is not named is asked again.
 */
export type Answers = Readonly<Record<string, "again" | "recorded">>;

/** What a tape says of itself. */
export interface TapeHeader {
  readonly version: number;
  /** "market": inputs only. "run": inputs and decisions of one run, in the order of its door. */
  readonly kind: "market" | "run";
  /** Free text: where it came from. */
  readonly source: string;
  /** Of a run: its id. */
  readonly run: string | null;
  /** Of a run. Absent: every port is asked again. */
  readonly answers?: Answers;
}

/** Append-only. Entries are in `seq` order and their `tSeen` never goes back. */
export interface TapeWriter {
  /** Into the buffer: not yet on disk. The event must carry its seq. @throws TapeOrder on a seq or tSeen that goes back. */
  append(event: TapeEvent): void;
  /** Everything appended so far is handed to the operating system (survives kill -9) before this returns. */
  commit(): void;
  /**
   * As commit, and marks that what came in has been dealt with to its end: a run that is killed goes on from its last seal.
   * Takes no seq, and readers do not see it.
   */
  seal(): void;
  /** As commit, and on the disk itself (survives a power cut). */
  sync(): void;
  /** Resolves when all that was committed when it was called is on the disk itself; others work on meanwhile. @throws TapeUnwritable (rejects). */
  flush(): Promise<void>;
  /** The entry that is appended next begins a moment, although the one before it was seen at the same time. Takes no seq, changes no hash. */
  bound(): void;
  close(): void;
  /** seq of the last appended entry, 0 when empty. */
  readonly tail: number;
}

/** Reads forward in batches; a batch array is the reader's own and is valid until the next call. */
export interface TapeReader {
  readonly header: TapeHeader;
  /** The next entries in order, or null at the end. @throws TapeCorrupt where the bytes do not add up. */
  next(): readonly TapeEvent[] | null;
  /** Places in the batch given last at which a moment begins though the entry before was seen at the same time. */
  readonly bounds?: readonly number[];
  close(): void;
}
