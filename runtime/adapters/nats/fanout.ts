import { errors, type Subscription as Heard, type Msg, type MsgHdrs } from "@nats-io/transport-node";
import {
  BodyTooLarge,
  type Fanout,
  type FanoutMessage,
  NoAnswer,
  type SubscribeOptions,
  type Subscription,
} from "../../../actors/ports/fanout.ts";
import { Inbox } from "../../mechanisms/inbox.ts";
import { checkPattern, checkSubject } from "../../mechanisms/subjects.ts";
import { type Answer, answering, FAILED } from "./answering.ts";
import type { NatsLink } from "./connection.ts";
import { subjectPrefix } from "./names.ts";
import { Outbox, type OutboxLimits } from "./outbox.ts";
import { within } from "./within.ts";

export interface NatsFanoutOptions extends OutboxLimits {
  readonly link: NatsLink;
  /** Before every subject, so that several decks may share a server. Default "": none. */
  readonly namespace?: string;
  /** What a subscriber throws. */
  readonly onError: (error: unknown) => void;
}

interface Open {
  readonly sub: Heard;
  /** All that came was dealt with. */
  readonly done: () => Promise<void>;
}

/** A drain waits no longer for a server that does not answer, or for answers of ours. */
const DRAIN_MS = 5_000;
const NO_HEADERS: Readonly<Record<string, string>> = {};

/** Over core NATS: at most once, in order from each publisher to each subscriber. */
export class NatsFanout implements Fanout {
  readonly #link: NatsLink;
  readonly #options: NatsFanoutOptions;
  readonly #prefix: string;
  readonly #outbox: Outbox;
  readonly #open = new Set<Open>();
  readonly #offStates = new Set<() => void>();
  #missed = 0;
  #closed = false;

  constructor(options: NatsFanoutOptions) {
    this.#link = options.link;
    this.#options = options;
    this.#prefix = subjectPrefix(options.namespace ?? "");
    this.#outbox = new Outbox(options.link, options);
  }

  get state(): "ready" | "lost" {
    return this.#link.state;
  }

  get dropped(): number {
    return this.#missed + this.#outbox.dropped;
  }
  get droppedSlow(): number {
    return this.#missed;
  }

  publish(subject: string, body: Uint8Array, headers?: Readonly<Record<string, string>>): void {
    this.#mustBeOpen();
    checkSubject(subject);
    this.#outbox.publish(this.#prefix + subject, body, headers);
  }

  async flush(): Promise<void> {
    this.#mustBeOpen();
    await this.#outbox.flush();
  }

  subscribe(pattern: string, hear: (message: FanoutMessage) => void, options: SubscribeOptions = {}): Subscription {
    this.#mustBeOpen();
    checkPattern(pattern);
    const from = this.#prefix.length;
    const inbox = new Inbox<Msg>({
      hear: (msg) => hear({ subject: msg.subject.slice(from), headers: toNamed(msg.headers), body: msg.data }),
      max: options.maxPending ?? 65_536,
      onSlow: (dropped) => {
        this.#missed += dropped;
        options.onSlow?.(dropped);
      },
      onError: this.#options.onError,
      defer: setImmediate,
    });
    const sub = this.#link.nc.subscribe(this.#prefix + pattern, {
      callback: (error, msg) => (error ? this.#options.onError(error) : inbox.offer(msg)),
      ...(options.queue === undefined ? {} : { queue: options.queue }),
    });
    const open = { sub, done: () => inbox.drained() };
    this.#open.add(open);
    return {
      close: () => {
        this.#end(open);
        inbox.close();
      },
    };
  }

  async request(subject: string, body: Uint8Array, timeoutMs: number): Promise<Uint8Array> {
    this.#mustBeOpen();
    checkSubject(subject);
    if (body.length > this.#link.maxPayload) throw new BodyTooLarge(subject, body.length, this.#link.maxPayload);
    let answer: Msg;
    try {
      answer = await this.#link.nc.request(this.#prefix + subject, body, { timeout: Math.max(1, timeoutMs) });
    } catch (error) {
      if (error instanceof errors.TimeoutError) throw new NoAnswer(subject, `none in ${timeoutMs} ms`);
      if (error instanceof errors.RequestError && error.isNoResponders()) throw new NoAnswer(subject, "nobody is there to");
      throw new NoAnswer(subject, error instanceof Error ? error.message : String(error));
    }
    if (answer.headers?.has(FAILED)) throw new Error(answer.string());
    return answer.data;
  }

  respond(subject: string, answer: Answer): Subscription {
    this.#mustBeOpen();
    checkSubject(subject);
    const { hear, idle } = answering(answer, this.#options.onError);
    const sub = this.#link.nc.subscribe(this.#prefix + subject, {
      queue: "answer",
      callback: (error, msg) => (error ? this.#options.onError(error) : hear(msg)),
    });
    const open = { sub, done: idle };
    this.#open.add(open);
    return { close: () => this.#end(open) };
  }

  onState(listener: (state: "ready" | "lost", why: string) => void): () => void {
    const off = this.#link.onState(listener);
    this.#offStates.add(off);
    return () => {
      off();
      this.#offStates.delete(off);
    };
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const ready = this.#link.state === "ready";
    if (ready) await within(DRAIN_MS, this.#outbox.flush());
    await Promise.all([...this.#open].map((open) => this.#drain(open, ready)));
    // Answers given meanwhile are on their way too.
    if (ready) await within(DRAIN_MS, this.#link.nc.flush());
    this.#outbox.close();
    for (const off of this.#offStates) off();
  }

  async #drain(open: Open, ready: boolean): Promise<void> {
    if (ready) await within(DRAIN_MS, open.sub.drain());
    else open.sub.unsubscribe();
    await within(DRAIN_MS, open.done());
  }

  #end(open: Open): void {
    if (this.#open.delete(open)) open.sub.unsubscribe();
  }

  #mustBeOpen(): void {
    if (this.#closed) throw new Error("the fan-out is closed");
  }
}

const toNamed = (held: MsgHdrs | undefined): Readonly<Record<string, string>> =>
  held ? Object.fromEntries(held.keys().map((name) => [name, held.get(name)])) : NO_HEADERS;
