import { BehaviorSubject, finalize, Observable, type SchedulerLike, type Subscription, timer } from "rxjs";
import {
  BEAT_MS,
  CLOSE_CODES,
  type ClientMsg,
  PROTOCOL,
  ServerFrame,
  type ServerMsg,
  type TopicName,
} from "../../../gateway/contract/push.ts";
import { backoffMs } from "./backoff.ts";
import type { Soon } from "./frames.ts";
import { TopicFeed, type TopicMsgOf } from "./topicFeed.ts";

/** The line to the deck. Times in epoch ms of this browser's clock. */
export type Link =
  | { readonly state: "connecting" }
  | { readonly state: "open"; readonly since: number }
  | { readonly state: "waiting"; readonly since: number; readonly retryAt: number; readonly attempt: number }
  | { readonly state: "signedOut" }
  | { readonly state: "mismatch" };

/** As much of a WebSocket as is needed. */
export interface Line {
  send(text: string): void;
  close(code?: number): void;
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number }) => void) | null;
}
export interface SocketOptions {
  readonly open: () => Line;
  /** Whether the browser is still signed in: a refused handshake does not say why. Rejects when nobody answers. */
  readonly signedIn: () => Promise<boolean>;
  readonly soon: Soon;
  readonly now: () => number;
  readonly chance: () => number;
  readonly scheduler?: SchedulerLike;
}

/** One socket to `/ws`: subscribes, hears snapshots and deltas in order, asks again on a gap, reconnects with backoff and jitter. */
export class DeckSocket {
  readonly link = new BehaviorSubject<Link>({ state: "connecting" });
  /** When the server last said anything, epoch ms; 0 before. */
  lastHeard = 0;
  /** The server's clock minus ours, ms. */
  skewMs = 0;
  readonly #options: SocketOptions;
  readonly #feeds = new Map<TopicName, TopicFeed>();
  #line: Line | null = null;
  #welcomed = false;
  #attempt = 0;
  #downSince = 0;
  #queue: unknown[] = [];
  #retry: Subscription | null = null;
  #watch: Subscription | null = null;

  constructor(options: SocketOptions) {
    this.#options = options;
  }

  connect(): void {
    this.#retry?.unsubscribe();
    this.#retry = null;
    if (this.#line) return;
    const line = this.#options.open();
    this.#line = line;
    this.#welcomed = false;
    line.onopen = () => this.#send({ type: "hello", protocol: PROTOCOL });
    line.onmessage = (event) => {
      this.#queue.push(event.data);
      this.#options.soon(() => this.#drain());
    };
    line.onclose = (event) => this.#closed(line, event.code);
    this.#watchLine();
  }

  /** Ends the connection for good, until `connect`. */
  stop(): void {
    this.#retry?.unsubscribe();
    this.#watch?.unsubscribe();
    const line = this.#line;
    this.#line = null;
    if (!line) return;
    line.onclose = null;
    line.onmessage = null;
    line.close(1000);
  }

  /** What a topic says: a snapshot, then what changes. Asked for while somebody listens. */
  topic<T extends TopicName>(name: T): Observable<TopicMsgOf<T>> {
    return new Observable<TopicMsgOf<T>>((reader) => {
      const feed = this.#feeds.get(name) ?? new TopicFeed(name);
      this.#feeds.set(name, feed);
      const heard = feed.messages.subscribe((m) => reader.next(m as TopicMsgOf<T>));
      feed.readers += 1;
      if (feed.readers === 1) this.#ask(feed);
      return heard;
    }).pipe(finalize(() => this.#left(name)));
  }

  #left(name: TopicName): void {
    const feed = this.#feeds.get(name);
    if (!feed) return;
    feed.readers -= 1;
    if (feed.readers > 0) return;
    this.#feeds.delete(name);
    if (this.#welcomed) this.#send({ type: "unsubscribe", topic: name });
  }

  #ask(feed: TopicFeed): void {
    if (this.#welcomed) this.#send({ type: "subscribe", topic: feed.name, ...feed.place() });
  }

  #send(msg: ClientMsg): void {
    this.#line?.send(JSON.stringify(msg));
  }

  #drain(): void {
    const frames = this.#queue;
    this.#queue = [];
    for (const frame of frames) {
      const parsed = ServerFrame.safeParse(readJson(frame));
      if (!parsed.success) continue;
      this.lastHeard = this.#options.now();
      for (const msg of Array.isArray(parsed.data) ? parsed.data : [parsed.data]) this.#hear(msg);
    }
  }

  #hear(msg: ServerMsg): void {
    switch (msg.type) {
      case "welcome":
        this.#welcomed = true;
        this.#attempt = 0;
        this.#downSince = 0;
        this.skewMs = msg.wallAt - this.#options.now();
        this.link.next({ state: "open", since: this.#options.now() });
        for (const feed of this.#feeds.values()) {
          feed.reopen();
          this.#ask(feed);
        }
        return;
      case "snapshot":
      case "delta":
      case "gone": {
        const feed = this.#feeds.get(msg.topic as TopicName);
        if (feed && !feed.accept(msg)) this.#ask(feed);
        return;
      }
      case "beat":
      case "refused":
        return; // a refusal that matters closes the line with a code that says the same
    }
  }

  #closed(line: Line, code: number): void {
    if (line !== this.#line) return;
    this.#line = null;
    this.#watch?.unsubscribe();
    if (this.#downSince === 0) this.#downSince = this.#options.now();
    if (code === CLOSE_CODES.PROTOCOL_MISMATCH) this.link.next({ state: "mismatch" });
    else if (code === CLOSE_CODES.UNAUTHENTICATED) this.link.next({ state: "signedOut" });
    else if (this.#welcomed) this.#waitAndRetry();
    else this.#askWhyRefused();
  }

  #askWhyRefused(): void {
    this.#options.signedIn().then(
      (yes) => (yes ? this.#waitAndRetry() : this.link.next({ state: "signedOut" })),
      () => this.#waitAndRetry(),
    );
  }

  #waitAndRetry(): void {
    const waitMs = backoffMs(this.#attempt, this.#options.chance());
    const now = this.#options.now();
    this.#attempt += 1;
    this.link.next({ state: "waiting", since: this.#downSince, retryAt: now + waitMs, attempt: this.#attempt });
    this.#retry = timer(waitMs, this.#options.scheduler).subscribe(() => this.connect());
  }

  /** Two beats missed: the line is dead though it has not closed. */
  #watchLine(): void {
    this.#watch?.unsubscribe();
    const opened = this.#options.now();
    this.#watch = timer(BEAT_MS, BEAT_MS, this.#options.scheduler).subscribe(() => {
      const line = this.#line;
      if (!line || this.#options.now() - Math.max(opened, this.lastHeard) < 2.5 * BEAT_MS) return;
      this.#closed(line, 4000);
      line.onclose = null;
      line.onmessage = null;
      line.close(4000);
    });
  }
}

const readJson = (frame: unknown): unknown => {
  if (typeof frame !== "string") return null;
  try {
    return JSON.parse(frame);
  } catch {
    return null; // not ours: the schema refuses it
  }
};

/** The page's own socket. */
export const browserLine = (): Line => {
  const url = new URL("/ws", location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return new WebSocket(url) as Line;
};
