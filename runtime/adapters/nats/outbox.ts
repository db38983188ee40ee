import { headers, type MsgHdrs } from "@nats-io/transport-node";
import { BodyTooLarge } from "../../../actors/ports/fanout.ts";
import { Fifo } from "../../mechanisms/fifo.ts";
import type { NatsLink } from "./connection.ts";

export interface OutboxLimits {
  /** What may wait while the server is lost or does not keep up. Defaults 64 MiB and 500_000. */
  readonly maxBytes?: number;
  readonly maxMessages?: number;
}

interface Outgoing {
  readonly subject: string;
  readonly body: Uint8Array;
  readonly headers: MsgHdrs | undefined;
  readonly bytes: number;
}

/** Sent and not confirmed; past it messages wait here, where they are counted, and not in the socket, where they are not. */
const WINDOW = 8 * 1_048_576;
/** Sent between two questions whether the server has it. */
const PROBE = 1_048_576;
/** What a message costs beside its body, about. */
const OVERHEAD = 64;

/** What goes out. The client library forgets what is published while it reconnects: here it waits, the newest of it. */
export class Outbox {
  readonly #link: NatsLink;
  readonly #maxBytes: number;
  readonly #maxMessages: number;
  readonly #waiting = new Fifo<Outgoing>();
  readonly #offState: () => void;
  #waiters: { resolve: () => void; reject: (error: Error) => void }[] = [];
  #waitingBytes = 0;
  #unconfirmed = 0;
  #sinceProbe = 0;
  /** Grows with every loss: what was asked before it is not answered after. */
  #line = 0;
  #dropped = 0;

  constructor(link: NatsLink, limits: OutboxLimits) {
    this.#link = link;
    this.#maxBytes = limits.maxBytes ?? 64 * 1_048_576;
    this.#maxMessages = limits.maxMessages ?? 500_000;
    this.#offState = link.onState(() => {
      this.#line += 1;
      this.#unconfirmed = 0;
      this.#sinceProbe = 0;
      this.#pump();
    });
  }

  get dropped(): number {
    return this.#dropped;
  }

  publish(subject: string, body: Uint8Array, named: Readonly<Record<string, string>> | undefined): void {
    const held = named && toHeaders(named);
    const bytes = body.length + (held ? sizeOf(held) : 0);
    if (bytes > this.#link.maxPayload) throw new BodyTooLarge(subject, bytes, this.#link.maxPayload);
    const message = { subject, body, headers: held, bytes: bytes + OVERHEAD };
    if (this.#waiting.size === 0 && this.#isOpen()) {
      this.#send(message);
      return;
    }
    this.#waiting.push(message);
    this.#waitingBytes += message.bytes;
    while (this.#waitingBytes > this.#maxBytes || this.#waiting.size > this.#maxMessages) {
      this.#waitingBytes -= this.#waiting.shift()?.bytes ?? 0;
      this.#dropped += 1;
    }
  }

  /** All published so far is with the server. Rejects when the connection breaks meanwhile. */
  async flush(): Promise<void> {
    if (this.#waiting.size > 0 || this.#link.state === "lost")
      await new Promise<void>((resolve, reject) => this.#waiters.push({ resolve, reject }));
    await this.#link.nc.flush();
  }

  close(): void {
    this.#offState();
    this.#dropped += this.#waiting.size;
    this.#waiting.clear();
    for (const { reject } of this.#waiters) reject(new Error("the fan-out is closed"));
    this.#waiters = [];
  }

  #isOpen(): boolean {
    return this.#link.state === "ready" && this.#unconfirmed < WINDOW;
  }

  #pump(): void {
    while (this.#waiting.size > 0 && this.#isOpen()) {
      const message = this.#waiting.shift() as Outgoing;
      this.#waitingBytes -= message.bytes;
      this.#send(message);
    }
    if (this.#waiting.size > 0 || this.#link.state === "lost") return;
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const { resolve } of waiters) resolve();
  }

  #send(message: Outgoing): void {
    if (message.headers) this.#link.nc.publish(message.subject, message.body, { headers: message.headers });
    else this.#link.nc.publish(message.subject, message.body);
    this.#unconfirmed += message.bytes;
    this.#sinceProbe += message.bytes;
    if (this.#sinceProbe >= PROBE) this.#probe();
  }

  #probe(): void {
    const covers = this.#sinceProbe;
    const line = this.#line;
    this.#sinceProbe = 0;
    this.#link.nc.flush().then(
      () => {
        if (line !== this.#line) return;
        this.#unconfirmed -= covers;
        this.#pump();
      },
      () => undefined, // the line broke: `onState` starts over
    );
  }
}

const toHeaders = (named: Readonly<Record<string, string>>): MsgHdrs | undefined => {
  let held: MsgHdrs | undefined;
  for (const name in named) {
    held ??= headers();
    held.set(name, named[name] as string);
  }
  return held;
};

/** As they are sent: a line each, and the line of the version. */
const sizeOf = (held: MsgHdrs): number => {
  let bytes = 12;
  for (const name of held.keys()) bytes += Buffer.byteLength(name) + Buffer.byteLength(held.get(name)) + 4;
  return bytes;
};
