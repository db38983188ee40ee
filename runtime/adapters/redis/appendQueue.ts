import { setImmediate as afterTurn } from "node:timers/promises";
import { type Fence, type Message, StreamsUnavailable } from "../../../actors/ports/streams.ts";
import { Fifo } from "../../mechanisms/fifo.ts";
import { type Call, Run } from "./batch.ts";
import { sizeOf } from "./entry.ts";
import { faultOf } from "./fault.ts";
import type { Keys } from "./keys.ts";
import type { Server } from "./server.ts";

/** What goes to the server in one batch, unless one call alone has more: it is not to be held up for long by ours. */
const BATCH_MESSAGES = 512;
const BATCH_BYTES = 1 << 20;

/**
 * Unconfirmed messages, in order. All calls of a turn, and all that came while the last batch was under way, go together, each stream's as
 * one step; the next batch goes when every call of this one is settled. So nothing overtakes what was refused or lost: it is sent again first.
 */
export class AppendQueue {
  readonly #server: Server;
  readonly #keys: Keys;
  readonly #bound: number;
  /** Those that are in no batch yet. */
  readonly #calls = new Fifo<Call>();
  #bytes = 0;
  #pumping: Promise<void> | null = null;
  #isClosed = false;
  #roomless: { resolve: () => void; reject: (error: unknown) => void }[] = [];

  /** @param bound bytes past which `room` has to be waited for. */
  constructor(server: Server, keys: Keys, bound: number) {
    this.#server = server;
    this.#keys = keys;
    this.#bound = bound;
  }

  get bytes(): number {
    return this.#bytes;
  }

  add(stream: string, messages: readonly Message[], fence: Fence | null): Promise<readonly string[]> {
    if (this.#isClosed) return Promise.reject(new StreamsUnavailable("the streams are closed"));
    let bytes = 0;
    for (const message of messages) bytes += sizeOf(message);
    this.#bytes += bytes;
    this.#start();
    return new Promise((resolve, reject) => {
      this.#calls.push({
        stream,
        messages,
        fence,
        bytes,
        resolve: (ids) => {
          this.#free(bytes);
          resolve(ids);
        },
        reject: (error) => {
          this.#free(bytes);
          reject(error);
        },
      });
    });
  }

  room(): Promise<void> {
    if (this.#isClosed) return Promise.reject(new StreamsUnavailable("the streams are closed"));
    if (this.#bytes <= this.#bound) return Promise.resolve();
    return new Promise((resolve, reject) => this.#roomless.push({ resolve, reject }));
  }

  /** Resolves when nothing is left to send. */
  async drained(): Promise<void> {
    while (this.#pumping) await this.#pumping;
  }

  /** What was not confirmed is refused. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const error = new StreamsUnavailable("the streams were closed before the server had this");
    for (const waiter of this.#roomless) waiter.reject(error);
    this.#roomless = [];
    // Those under way are refused when the server is let go.
    for (const call of this.#calls.oldest(this.#calls.size)) call.reject(error);
    this.#calls.clear();
  }

  #start(): void {
    this.#pumping ??= afterTurn()
      .then(() => this.#pump())
      .finally(() => {
        this.#pumping = null;
        if (this.#calls.size > 0) this.#start(); // it came between the last look and this
      });
  }

  async #pump(): Promise<void> {
    while (this.#calls.size > 0) {
      const batch = this.#next();
      let left = batch;
      while (left.length > 0) {
        try {
          left = await this.#server.run((redis) => this.#send(redis, left));
        } catch (error) {
          for (const run of left) run.refuse(error);
          left = [];
        }
      }
    }
  }

  /** Sends every run at once, throws a fault that passes, and answers the runs that have something left. */
  async #send(redis: Parameters<Run["send"]>[0], runs: readonly Run[]): Promise<Run[]> {
    let passing: unknown = null;
    const sendOne = async (run: Run): Promise<void> => {
      try {
        await run.send(redis, this.#keys);
      } catch (error) {
        if (faultOf(error) === "refused") run.refuse(error);
        else passing ??= error;
      }
    };
    await Promise.all(runs.map((run) => (run.calls.length > 0 ? sendOne(run) : undefined)));
    if (passing !== null) throw passing;
    return runs.filter((run) => run.calls.length > 0);
  }

  #next(): Run[] {
    const runs: Run[] = [];
    const open = new Map<string, Run>();
    let [messages, bytes] = [0, 0];
    for (let call = this.#calls.peek(); call && messages < BATCH_MESSAGES && bytes < BATCH_BYTES; call = this.#calls.peek()) {
      const run = open.get(call.stream);
      if (!run) {
        const begun = new Run(call);
        open.set(call.stream, begun);
        runs.push(begun);
      } else if (!run.take(call)) break; // another kind of step on the same stream: in the next batch
      messages += call.messages.length;
      bytes += call.bytes;
      this.#calls.shift();
    }
    return runs;
  }

  #free(bytes: number): void {
    this.#bytes -= bytes;
    if (this.#bytes > this.#bound || this.#roomless.length === 0) return;
    for (const waiter of this.#roomless) waiter.resolve();
    this.#roomless = [];
  }
}
