import type { Redis } from "ioredis";
import { type Fence, Fenced, type Message, StaleTail } from "../../../actors/ports/streams.ts";
import { APPEND, APPEND_FENCED } from "./appendScripts.ts";
import { toFields } from "./entry.ts";
import type { Keys } from "./keys.ts";
import { type Argument, runScript } from "./script.ts";

/** A call of append or appendFenced, until it is settled. */
export interface Call {
  readonly stream: string;
  readonly messages: readonly Message[];
  readonly fence: Fence | null;
  readonly bytes: number;
  readonly resolve: (ids: readonly string[]) => void;
  readonly reject: (error: unknown) => void;
}

/** Calls that the server takes as one step, in their order: of one stream, fenced or not. Stays as it is until all are settled. */
export class Run {
  readonly stream: string;
  #calls: Call[];

  constructor(first: Call) {
    this.stream = first.stream;
    this.#calls = [first];
  }

  get calls(): readonly Call[] {
    return this.#calls;
  }

  /** Takes a call that goes on where this one ends. */
  take(call: Call): boolean {
    const fence = this.#calls.at(-1)?.fence ?? null;
    const goesOn =
      fence === null || call.fence === null
        ? fence === call.fence
        : fence.name === call.fence.name && fence.epoch === call.fence.epoch && fence.to === call.fence.after;
    if (goesOn) this.#calls.push(call);
    return goesOn;
  }

  /** Sends it and settles what the server judged; calls that are left are to be sent again. Throws what the connection threw. */
  async send(redis: Redis, keys: Keys): Promise<void> {
    const sent = this.#calls;
    const first = sent[0]?.fence ?? null;
    if (first === null) {
      const ids = (await runScript(redis, APPEND, [keys.stream(this.stream)], this.#arguments())) as string[];
      return this.#written(ids);
    }
    const [verdict, told] = (await this.#sendFenced(redis, keys, first)) as ["ok", string[]] | ["fenced" | "stale", string];
    if (verdict === "ok") return this.#written(told);
    if (verdict === "fenced") return this.refuse(new Fenced(first.name, first.epoch, Number(told)));
    // Only of the first it is known: the next is judged by itself.
    this.#calls = sent.slice(1);
    sent[0]?.reject(new StaleTail(this.stream, first.after, Number(told)));
  }

  refuse(error: unknown): void {
    for (const call of this.#calls) call.reject(error);
    this.#calls = [];
  }

  #written(ids: readonly string[]): void {
    let at = 0;
    for (const call of this.#calls) {
      call.resolve(ids.slice(at, at + call.messages.length));
      at += call.messages.length;
    }
    this.#calls = [];
  }

  #sendFenced(redis: Redis, keys: Keys, { name, epoch, after }: Fence): Promise<unknown> {
    const last = this.#calls.at(-1) as Call;
    const body = last.messages.at(-1)?.body ?? new Uint8Array();
    const where = [keys.epoch(name), keys.tail(name, this.stream), keys.stream(this.stream)];
    const what: Argument[] = [epoch, after, last.fence?.to ?? after, Buffer.from(body.buffer, body.byteOffset, body.byteLength)];
    for (const argument of this.#arguments()) what.push(argument);
    return runScript(redis, APPEND_FENCED, where, what);
  }

  #arguments(): Argument[] {
    const all: Argument[] = [];
    for (const call of this.#calls)
      for (const message of call.messages) {
        const fields = toFields(message);
        all.push(fields.length, ...fields);
      }
    return all;
  }
}
