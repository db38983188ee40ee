/**
 * Durable streams between stages: appended, read by groups, kept until every group has acknowledged. Bytes in, bytes out: what they
 * mean is the business of who writes and who reads. Behind it Redis Streams, or memory when one process does the whole job.
 */

/**
 * What goes into a stream: opaque bytes, and a few short texts beside them (counts, positions, a trace id). Not to be changed once it was
 * handed over: it may be sent again.
 */
export interface Message {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** An entry of a stream. `id` is `<ms>-<n>`, grows along the stream, and is the server's: it says where, never when. */
export interface StreamEntry extends Message {
  readonly id: string;
}

/** An entry in the hands of a consumer. `deliveries`: how often it was handed out, this time included; 1 the first time. */
export interface Delivered extends StreamEntry {
  readonly deliveries: number;
}

/** Guards a stream with one writer at a time. */
export interface Fence {
  /** What is guarded: `account.main`. One epoch a name, whatever the stream. */
  readonly name: string;
  /** Of the writer's lease. Grows with every new holder, never comes again. */
  readonly epoch: number;
  /** seq of the last event before those of this message, as the writer knows it. */
  readonly after: number;
  /** seq of the last event of this message: more than `after`. */
  readonly to: number;
}

/** Another writer holds the stream: a newer epoch was seen there. The writer must stop; nothing of it was written. */
export class Fenced extends Error {
  readonly epoch: number;
  readonly newest: number;
  constructor(name: string, epoch: number, newest: number) {
    super(`${name} is held under epoch ${newest}; a writer of epoch ${epoch} may not go on`);
    this.name = "Fenced";
    this.epoch = epoch;
    this.newest = newest;
  }
}

/** The stream went on to another seq than the writer knows: it must read what came before it writes. Nothing was written. */
export class StaleTail extends Error {
  readonly after: number;
  readonly tail: number;
  constructor(stream: string, after: number, tail: number) {
    super(`${stream} ends at seq ${tail}; a writer that goes on after ${after} has not seen its end`);
    this.name = "StaleTail";
    this.after = after;
    this.tail = tail;
  }
}

/** The streams were closed, or the wait was longer than allowed, and this was not written. */
export class StreamsUnavailable extends Error {
  constructor(why: string) {
    super(why);
    this.name = "StreamsUnavailable";
  }
}

export interface GroupOptions {
  /** Where a new group begins: at the first entry there is, or behind the last. Default "start". A known group goes on where it was. */
  readonly from?: "start" | "end";
  /** Entries that another consumer took and did not acknowledge for so long are taken over, ms. Default 30_000. */
  readonly claimAfterMs?: number;
  /** Handed out more often than this without an acknowledgement, an entry is set aside by itself. Default 5. */
  readonly maxDeliveries?: number;
}

/** One consumer of a group. Its entries are its own until acknowledged, set aside, or claimed by another after `claimAfterMs`. */
export interface Consumer {
  /**
   * The next entries, oldest first, at most `max`: first what this consumer's name was given in an earlier life and never acknowledged, then
   * what dead consumers left, then what is new. Waits up to `waitMs` for the first; then [].
   * Ends at once with [] when closed. A lost server is waited out.
   */
  take(max: number, waitMs: number): Promise<readonly Delivered[]>;
  /** After the effect. Acknowledging twice, or what is gone, does nothing. */
  ack(ids: readonly string[]): Promise<void>;
  /** Into the stream's dead letters with the reason, bytes and headers as they are; acknowledged here. For what was taken and is still open. */
  setAside(entry: StreamEntry, reason: string): Promise<void>;
  /** Lets go. What is not acknowledged is found by the next consumer. */
  close(): Promise<void>;
}

export interface StreamDeadLetter extends StreamEntry {
  readonly reason: string;
  /** id the entry had in its stream. */
  readonly from: string;
  readonly group: string;
}

/** How far a group is. */
export interface GroupFigures {
  readonly stream: string;
  readonly group: string;
  /** Entries not yet handed to anybody. */
  readonly lag: number;
  /** Handed out, not acknowledged. */
  readonly pending: number;
}

export interface StreamFigures {
  readonly stream: string;
  readonly length: number;
  readonly deadLetters: number;
  readonly groups: readonly GroupFigures[];
}

export interface TrimBounds {
  readonly keep: number;
  readonly keepMs?: number;
  /** Of a stream that nobody has to read: entries go though there is no group. Default false. */
  readonly unread?: boolean;
}

/** `ready`; `lost`: retried with backoff; `full`: the server refuses writes for want of memory or disk, retried too. */
export type ServerState = "ready" | "lost" | "full";

export interface DurableStreams {
  /**
   * Appends messages to one stream, in order, together or not at all seen in between; resolves with their ids once the server has them.
   * Calls are pipelined and land in the order in which they were made. While the server is lost, slow or full they wait within a stated
   * bound of bytes; past it the promise stays open until there is room, so that who awaits it is held back. A message whose answer was
   * lost is sent again and may be there twice: readers tell repeats by their headers. @throws StreamsUnavailable when closed before.
   */
  append(stream: string, messages: readonly Message[]): Promise<readonly string[]>;
  /**
   * Appends one message only while no newer epoch has written under this fence, and the stream's tail is `fence.after`. The first call under
   * a new epoch takes the fence. Sent again after a lost answer it is recognised and not written twice.
   * @throws Fenced, StaleTail, StreamsUnavailable, RangeError.
   */
  appendFenced(stream: string, fence: Fence, message: Message): Promise<string>;
  /** Takes the fence for an epoch before anything is written under it. @throws Fenced when a newer one has it. */
  takeFence(name: string, epoch: number): Promise<void>;
  /** seq of the last event under the fence on this stream, 0 when it has none. */
  tailOf(stream: string, fenceName: string): Promise<number>;
  /** Entries after an id ("0" is before the first), oldest first, at most `max`, without a group and without a wait. */
  read(stream: string, after: string, max: number): Promise<readonly StreamEntry[]>;
  /** The newest entry, null when there is none. */
  last(stream: string): Promise<StreamEntry | null>;
  /** Entries there are now. */
  length(stream: string): Promise<number>;
  /**
   * A consumer of a group, made when it is not there, and again, from the start, when the server lost it. `consumer` names this member: the
   * same name again takes over its own open entries.
   */
  consume(stream: string, group: string, consumer: string, options?: GroupOptions): Promise<Consumer>;
  /** Forgets a group, so that it holds back no trimming. */
  dropGroup(stream: string, group: string): Promise<void>;
  /**
   * Cuts old entries off: all beyond the newest `keep`, and where `keepMs` is given all older, however few. What any group has not
   * acknowledged stays, and without any group nothing goes unless it is said to be `unread`. Returns the number cut.
   */
  trim(stream: string, bounds: TrimBounds): Promise<number>;
  /** Oldest first. */
  deadLetters(stream: string, max: number): Promise<readonly StreamDeadLetter[]>;
  /** Puts a dead letter at the end of its stream again. False when there is no such letter. */
  retry(stream: string, deadLetterId: string): Promise<boolean>;
  figures(streams: readonly string[]): Promise<readonly StreamFigures[]>;
  /** Small values beside the streams (a position, who plays what): the last one written counts. */
  put(key: string, value: string): Promise<void>;
  get(key: string): Promise<string | null>;
  readonly state: ServerState;
  /** Told of every change of `state`, with why. Returns how to stop. */
  onState(listener: (state: ServerState, why: string) => void): () => void;
  /** Bytes appended and not yet confirmed. */
  readonly buffered: number;
  /**
   * Resolves while no more than the stated bound is buffered, at once or when there is room again: for who appends without awaiting each.
   * @throws StreamsUnavailable when closed before.
   */
  room(): Promise<void>;
  /** Waits for what was appended, for at most `waitMs`, and lets go of the server. */
  close(waitMs?: number): Promise<void>;
}
