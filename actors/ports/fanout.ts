/**
 * Fan-out: who listens now, hears; nothing is kept. Subjects are words joined by dots (`market.bar.AAPL`); in patterns `*` stands for one
 * word and `>` for all that follow. Behind it NATS, or memory when one process does the whole job.
 */
export interface FanoutMessage {
  readonly subject: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface SubscribeOptions {
  /** Of all with the same queue name and pattern, one gets each message. */
  readonly queue?: string;
  /** Messages that may wait for this subscriber; past it the oldest go, and `onSlow` is told. Default 65_536. */
  readonly maxPending?: number;
  /** How many were dropped since the last time. */
  readonly onSlow?: (dropped: number) => void;
}

export interface Subscription {
  /** No more messages. */
  close(): void;
}

/** Nobody answered in time, or nobody is there to. */
export class NoAnswer extends Error {
  constructor(subject: string, why: string) {
    super(`no answer on ${subject}: ${why}`);
    this.name = "NoAnswer";
  }
}

/** A body, with its headers, that no server would take. The caller splits it or sends it another way. */
export class BodyTooLarge extends Error {
  readonly bytes: number;
  readonly max: number;
  constructor(where: string, bytes: number, max: number) {
    super(`${bytes} bytes for ${where}: a message may have ${max} at most`);
    this.name = "BodyTooLarge";
    this.bytes = bytes;
    this.max = max;
  }
}

export interface Fanout {
  /**
   * To those who listen now. In order for each subscriber. At once; buffered within a bound while the server is lost, then dropped oldest first and counted.
   * The body is not copied: leave it as it is. @throws BodyTooLarge, and an Error on a subject that is none or after `close`.
   */
  publish(subject: string, body: Uint8Array, headers?: Readonly<Record<string, string>>): void;
  /** All published so far is with the server. Waits while it is lost; rejects when the connection broke meanwhile: what was on its way may be gone. */
  flush(): Promise<void>;
  /** `hear` is called for one message after the other; what it throws is told to `onError` of the adapter and ends nothing. */
  subscribe(pattern: string, hear: (message: FanoutMessage) => void, options?: SubscribeOptions): Subscription;
  /** Asks whoever answers on a subject. @throws NoAnswer; BodyTooLarge; an Error with the answerer's text when that threw. */
  request(subject: string, body: Uint8Array, timeoutMs: number): Promise<Uint8Array>;
  /** Answers requests; of several who do, one gets each. An error thrown becomes the asker's, as text. */
  respond(subject: string, answer: (body: Uint8Array) => Promise<Uint8Array> | Uint8Array): Subscription;
  readonly state: "ready" | "lost";
  onState(listener: (state: "ready" | "lost", why: string) => void): () => void;
  /** Messages dropped in all: because the server was lost too long, or a subscriber was too slow. */
  readonly dropped: number;
  /** Of them, those for subscribers that were too slow. */
  readonly droppedSlow: number;
  /** Delivers what is on its way (drains), waits up to 5 s for answers being worked on, then lets go. What is buffered while the server is lost is dropped. */
  close(): Promise<void>;
}
