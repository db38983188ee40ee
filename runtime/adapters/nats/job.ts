import type { Msg } from "@nats-io/transport-node";
import type { Job } from "../../../actors/ports/jobs.ts";
import type { NatsLink } from "./connection.ts";
import { persistently } from "./persistent.ts";

export const ID = "Job-Id";

const text = new TextEncoder();
const ACK = text.encode("+ACK");
const WORKING = text.encode("+WPI");
const nak = (ms: number): Uint8Array => text.encode(ms > 0 ? `-NAK {"delay":${Math.round(ms * 1e6)}}` : "-NAK");

/** `$JS.ACK.<stream>.<consumer>.<deliveries>.…`; newer servers put a domain and an account before the stream. */
export const deliveriesOf = (msg: Msg): number => {
  const words = (msg.reply ?? "").split(".");
  return Number(words[words.length === 9 ? 4 : 6]);
};
/** Its place in the stream, the same at every delivery. */
export const seqOf = (msg: Msg): string => {
  const words = (msg.reply ?? "").split(".");
  return words[words.length === 9 ? 5 : 7] ?? "";
};

export interface JobEnds {
  readonly link: NatsLink;
  /** How long the server is asked to note an end. */
  readonly patienceMs: number;
  readonly bury: (msg: Msg, reason: string) => Promise<void>;
}

export class NatsJob implements Job {
  readonly id: string;
  readonly body: Uint8Array;
  readonly deliveries: number;
  readonly #msg: Msg;
  readonly #ends: JobEnds;
  #ended = false;

  constructor(msg: Msg, ends: JobEnds) {
    this.id = idOf(msg);
    this.body = msg.data;
    this.deliveries = deliveriesOf(msg);
    this.#msg = msg;
    this.#ends = ends;
  }

  working(): void {
    if (!this.#ended) this.#msg.respond(WORKING);
  }

  done(): Promise<void> {
    return this.#end(() => acknowledge(this.#ends, this.#msg, ACK));
  }

  retry(afterMs: number): Promise<void> {
    return this.#end(() => acknowledge(this.#ends, this.#msg, nak(afterMs)));
  }

  giveUp(reason: string): Promise<void> {
    return this.#end(() => this.#ends.bury(this.#msg, reason));
  }

  async #end(how: () => Promise<void>): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    await how();
  }
}

/** For a header, which may not have everything that a text may. */
export const escaped = (text: string): string => encodeURIComponent(Buffer.from(text).toString()); // halves of characters are mended on the way
export const idOf = (msg: Msg): string => decodeURIComponent(msg.headers?.get(ID) ?? "");

const acknowledge = async (ends: JobEnds, msg: Msg, how: Uint8Array): Promise<void> => {
  await persistently(ends.patienceMs, () => ends.link.nc.request(msg.reply ?? "", how, { timeout: 1_000 }));
};

/** It is gone from the queue. */
export const acknowledgeDone = (ends: JobEnds, msg: Msg): Promise<void> => acknowledge(ends, msg, ACK);
