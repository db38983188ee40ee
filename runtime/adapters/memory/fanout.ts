import {
  BodyTooLarge,
  type Fanout,
  type FanoutMessage,
  NoAnswer,
  type SubscribeOptions,
  type Subscription,
} from "../../../actors/ports/fanout.ts";
import type { Timing } from "../../../actors/ports/timing.ts";
import { Inbox } from "../../mechanisms/inbox.ts";
import { checkPattern, checkSubject } from "../../mechanisms/subjects.ts";
import { type Answer, type Listener, type MemoryFanoutServer, Responder } from "./fanoutServer.ts";

export interface MemoryFanoutOptions {
  readonly timing: Timing;
  /** What a subscriber throws. */
  readonly onError: (error: unknown) => void;
  /** A body larger is refused, headers not counted. Default 1 MiB, as a NATS server does. */
  readonly maxBodyBytes?: number;
}

/** A close waits no longer for answers. */
const DRAIN_MS = 5_000;
const NO_HEADERS: Readonly<Record<string, string>> = {};

/** One client of a fan-out server in memory. Messages are heard after what is being done now, in order. */
export class MemoryFanout implements Fanout {
  readonly state = "ready";
  readonly #server: MemoryFanoutServer;
  readonly #options: MemoryFanoutOptions;
  readonly #max: number;
  readonly #listeners = new Map<Listener, Inbox<FanoutMessage>>();
  readonly #responders = new Set<Responder>();
  #dropped = 0;
  #closed = false;

  constructor(server: MemoryFanoutServer, options: MemoryFanoutOptions) {
    this.#server = server;
    this.#options = options;
    this.#max = options.maxBodyBytes ?? 1_048_576;
  }

  get dropped(): number {
    return this.#dropped;
  }
  get droppedSlow(): number {
    return this.#dropped;
  }

  publish(subject: string, body: Uint8Array, headers = NO_HEADERS): void {
    this.#check(subject, body);
    this.#server.publish({ subject, headers, body });
  }

  async flush(): Promise<void> {
    this.#mustBeOpen();
  }

  subscribe(pattern: string, hear: (message: FanoutMessage) => void, options: SubscribeOptions = {}): Subscription {
    this.#mustBeOpen();
    checkPattern(pattern);
    const inbox = new Inbox<FanoutMessage>({
      hear,
      max: options.maxPending ?? 65_536,
      onSlow: (dropped) => {
        this.#dropped += dropped;
        options.onSlow?.(dropped);
      },
      onError: this.#options.onError,
      defer: setImmediate,
    });
    const listener: Listener = { pattern, words: pattern.split("."), queue: options.queue, inbox };
    this.#server.add(listener);
    this.#listeners.set(listener, inbox);
    return {
      close: () => {
        this.#server.remove(listener);
        this.#listeners.delete(listener);
        inbox.close();
      },
    };
  }

  async request(subject: string, body: Uint8Array, timeoutMs: number): Promise<Uint8Array> {
    this.#check(subject, body);
    const responder = this.#server.responderOf(subject);
    if (!responder) throw new NoAnswer(subject, "nobody is there to");
    return new Promise((resolve, reject) => {
      const callOff = this.#options.timing.after(timeoutMs, () => reject(new NoAnswer(subject, `none in ${timeoutMs} ms`)));
      const settle = (end: () => void) => {
        callOff();
        end();
      };
      setImmediate(() =>
        responder.answer(body).then(
          (answer) => settle(() => resolve(answer)),
          (error: unknown) => settle(() => reject(new Error(error instanceof Error ? error.message : String(error)))),
        ),
      );
    });
  }

  respond(subject: string, answer: Answer): Subscription {
    this.#mustBeOpen();
    checkSubject(subject);
    const responder = new Responder(subject, answer);
    this.#responders.add(responder);
    this.#server.addResponder(responder);
    return {
      close: () => {
        this.#server.removeResponder(responder);
        this.#responders.delete(responder);
      },
    };
  }

  /** Never lost. */
  onState(): () => void {
    return () => undefined;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const listener of this.#listeners.keys()) this.#server.remove(listener);
    for (const responder of this.#responders) this.#server.removeResponder(responder);
    await Promise.all([...this.#listeners.values()].map((inbox) => inbox.drained()));
    await this.#answered();
  }

  /** Or too long at it. */
  #answered(): Promise<void> {
    return new Promise((resolve) => {
      const callOff = this.#options.timing.after(DRAIN_MS, resolve);
      Promise.all([...this.#responders].map((responder) => responder.idle())).then(() => {
        callOff();
        resolve();
      });
    });
  }

  #check(subject: string, body: Uint8Array): void {
    this.#mustBeOpen();
    checkSubject(subject);
    if (body.length > this.#max) throw new BodyTooLarge(subject, body.length, this.#max);
  }

  #mustBeOpen(): void {
    if (this.#closed) throw new Error("the fan-out is closed");
  }
}
