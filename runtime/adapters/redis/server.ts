import { setTimeout as delay } from "node:timers/promises";
import type { Redis } from "ioredis";
import { type ServerState, StreamsUnavailable } from "../../../actors/ports/streams.ts";
import { backoffMs } from "../../mechanisms/backoff.ts";
import { faultOf, messageOf, RETRIES } from "./fault.ts";
import { Link } from "./link.ts";

/** Something that is tried again. `retryInMs` is null where the next attempt waits for the connection. */
export interface Trouble {
  readonly kind: "lost" | "full" | "group";
  readonly why: string;
  readonly retryInMs: number | null;
}

export interface ServerOptions {
  readonly url: string;
  readonly name: string;
  readonly timeoutMs: number;
  readonly random: () => number;
  readonly onTrouble: (trouble: Trouble) => void;
}

/** The connection for all that does not block, and what is known of the server's health. */
export class Server {
  readonly options: ServerOptions;
  readonly #link: Link;
  readonly #listeners = new Set<(state: ServerState, why: string) => void>();
  readonly #closing = new AbortController();
  /** Calls that the server has no room for, now. */
  #refusedForRoom = 0;
  #state: ServerState = "lost";

  constructor(options: ServerOptions) {
    this.options = options;
    this.#link = this.link("main", {
      onReady: () => this.#look("connected"),
      onLost: (why, retryInMs) => {
        options.onTrouble({ kind: "lost", why, retryInMs });
        this.#look(why);
      },
    });
  }

  /** Another connection to the same server. */
  link(purpose: string, told: { onReady?: () => void; onLost?: (why: string, retryInMs: number) => void } = {}): Link {
    const { url, name, timeoutMs, random } = this.options;
    return new Link({ url, name: `${name}:${purpose}`, timeoutMs, random, ...told });
  }

  get state(): ServerState {
    return this.#state;
  }
  get isClosed(): boolean {
    return this.#closing.signal.aborted;
  }

  onState(listener: (state: ServerState, why: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Until the server has answered it, be it lost or full meanwhile. `ask` may run more than once. @throws StreamsUnavailable when closed. */
  async run<T>(ask: (redis: Redis) => Promise<T>): Promise<T> {
    let refusals = 0;
    try {
      for (;;) {
        const redis = await this.#link.ready();
        if (!redis) throw new StreamsUnavailable("the streams were closed before the server answered");
        try {
          const answer = await ask(redis);
          this.#link.worked();
          return answer;
        } catch (error) {
          const fault = faultOf(error);
          if (fault === "refused") throw error;
          if (fault === "lost") this.#link.drop(redis, messageOf(error));
          else await this.#waitForRoom(messageOf(error), refusals++);
        }
      }
    } finally {
      if (refusals > 0) this.#refusedForRoom -= 1;
      this.#look("there is room again");
    }
  }

  close(): void {
    this.#closing.abort();
    this.#link.close();
    this.#listeners.clear();
  }

  async #waitForRoom(why: string, refusals: number): Promise<void> {
    if (refusals === 0) this.#refusedForRoom += 1;
    const retryInMs = backoffMs(RETRIES, refusals, this.options.random());
    this.options.onTrouble({ kind: "full", why, retryInMs });
    this.#look(why);
    await delay(retryInMs, undefined, { signal: this.#closing.signal }).catch(() => undefined);
  }

  #look(why: string): void {
    const state = !this.#link.isUp ? "lost" : this.#refusedForRoom > 0 ? "full" : "ready";
    if (state === this.#state || this.isClosed) return;
    this.#state = state;
    for (const listener of this.#listeners) listener(state, why);
  }
}
