import { Fifo } from "./fifo.ts";

export interface InboxOptions<T> {
  readonly hear: (item: T) => void;
  /** How many may wait. */
  readonly max: number;
  /** How many were dropped since the last time; told before the next one is heard. */
  readonly onSlow: (dropped: number) => void;
  /** What `hear` or `onSlow` throws. */
  readonly onError: (error: unknown) => void;
  /** Runs it after what is to be done now, and lets others in between. */
  readonly defer: (run: () => void) => void;
}

/** Heard in one go before others get their turn. */
const SLICE = 64;

/** What waits for one subscriber. Keeps the newest; hears them in order, a slice at a time, so that a slow one holds up nobody else. */
export class Inbox<T> {
  readonly #options: InboxOptions<T>;
  readonly #waiting = new Fifo<T>();
  #idle: (() => void)[] = [];
  #dropped = 0;
  #awake = false;
  #closed = false;

  constructor(options: InboxOptions<T>) {
    this.#options = options;
  }

  offer(item: T): void {
    if (this.#closed) return;
    this.#waiting.push(item);
    if (this.#waiting.size > this.#options.max) {
      this.#waiting.shift();
      this.#dropped += 1;
    }
    this.#wake();
  }

  /** All that waits was heard. */
  drained(): Promise<void> {
    return this.#waiting.size === 0 && !this.#awake ? Promise.resolve() : new Promise((resolve) => this.#idle.push(resolve));
  }

  /** Forgets what waits. */
  close(): void {
    this.#closed = true;
    this.#waiting.clear();
  }

  #wake(): void {
    if (this.#awake) return;
    this.#awake = true;
    this.#options.defer(() => this.#slice());
  }

  #slice(): void {
    this.#tellDropped();
    for (let heard = 0; heard < SLICE && this.#waiting.size > 0; heard++) {
      const item = this.#waiting.shift() as T;
      this.#guard(() => this.#options.hear(item));
    }
    this.#awake = false;
    if (this.#waiting.size > 0) {
      this.#wake();
      return;
    }
    const idle = this.#idle;
    this.#idle = [];
    for (const resolve of idle) resolve();
  }

  #tellDropped(): void {
    const dropped = this.#dropped;
    if (dropped === 0 || this.#closed) return;
    this.#dropped = 0;
    this.#guard(() => this.#options.onSlow(dropped));
  }

  #guard(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.#options.onError(error);
    }
  }
}
