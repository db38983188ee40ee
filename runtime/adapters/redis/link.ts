import { Redis } from "ioredis";
import { backoffMs } from "../../mechanisms/backoff.ts";
import { messageOf, RETRIES } from "./fault.ts";

export interface LinkOptions {
  readonly url: string;
  /** Shown by CLIENT LIST. */
  readonly name: string;
  /** The server owes an answer for so long: the connection is given up, ms. */
  readonly timeoutMs: number;
  readonly random: () => number;
  readonly onReady?: () => void;
  readonly onLost?: (why: string, retryInMs: number) => void;
}

/** What is not sent at once is dropped with its socket. */
const LINGER_MS = 50;

/**
 * A connection that comes again. Every life is a client of its own that neither queues, resends nor reconnects: what was under way when it
 * ended fails, and whoever asked decides what to send again, and in which order.
 */
export class Link {
  readonly #options: LinkOptions;
  readonly #waiting = new Set<(redis: Redis | null) => void>();
  #life: Redis | null = null;
  #isUp = false;
  #isClosed = false;
  #attempt = 0;
  #retry: NodeJS.Timeout | null = null;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#connect();
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  /** The client when it can be used; null when it cannot within `waitMs`, or never, because the link was closed. */
  ready(waitMs = Number.POSITIVE_INFINITY): Promise<Redis | null> {
    if (this.#isUp || this.#isClosed || waitMs <= 0) return Promise.resolve(this.#isUp ? this.#life : null);
    return new Promise((resolve) => {
      const timer = Number.isFinite(waitMs) ? setTimeout(() => settle(null), waitMs) : undefined;
      const settle = (redis: Redis | null): void => {
        clearTimeout(timer);
        this.#waiting.delete(settle);
        resolve(redis);
      };
      this.#waiting.add(settle);
    });
  }

  /** It answered what it was asked, so that the next attempt to connect may come soon again. */
  worked(): void {
    this.#attempt = 0;
  }

  /** Gives up a life that is of no use; a later one is not touched. */
  drop(redis: Redis, why: string): void {
    if (redis !== this.#life) return;
    this.#ended(redis, why);
    redis.disconnect();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#isUp = false;
    if (this.#retry) clearTimeout(this.#retry);
    this.#life?.disconnect();
    this.#life = null;
    this.#settle(null);
  }

  #connect(): void {
    const { url, name, timeoutMs } = this.#options;
    const redis = new Redis(url, {
      lazyConnect: true,
      protocol: 2,
      connectionName: name,
      connectTimeout: timeoutMs,
      socketTimeout: timeoutMs,
      disconnectTimeout: LINGER_MS,
      maxLoadingRetryTime: 200,
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: null,
      retryStrategy: () => null,
      disableClientInfo: true,
    });
    this.#life = redis;
    let why = "the connection was closed";
    redis.on("error", (error: unknown) => {
      why = messageOf(error);
    });
    redis.on("end", () => this.#ended(redis, why));
    redis.connect().then(
      () => this.#began(redis),
      (error: unknown) => {
        if (why === "the connection was closed") why = messageOf(error);
        redis.disconnect();
      },
    );
  }

  #began(redis: Redis): void {
    if (redis !== this.#life) return;
    this.#isUp = true;
    this.#options.onReady?.();
    this.#settle(redis);
  }

  #ended(redis: Redis, why: string): void {
    if (redis !== this.#life) return;
    this.#life = null;
    this.#isUp = false;
    const retryInMs = backoffMs(RETRIES, this.#attempt, this.#options.random());
    this.#attempt += 1;
    this.#retry = setTimeout(() => this.#connect(), retryInMs);
    this.#options.onLost?.(why, retryInMs);
  }

  #settle(redis: Redis | null): void {
    for (const settle of [...this.#waiting]) settle(redis);
  }
}
