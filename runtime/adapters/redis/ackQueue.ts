import { setImmediate as afterTurn } from "node:timers/promises";
import { codeOf } from "./fault.ts";
import type { Server } from "./server.ts";

/** Acknowledgements of one group: all of a turn go as one command, and again until the server has answered. */
export class AckQueue {
  readonly #server: Server;
  readonly #key: string;
  readonly #group: string;
  #open: { readonly ids: string[]; readonly done: Promise<void> } | null = null;
  #sending = new Set<Promise<void>>();

  constructor(server: Server, key: string, group: string) {
    this.#server = server;
    this.#key = key;
    this.#group = group;
  }

  add(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return Promise.resolve();
    if (this.#open === null) {
      const batch: string[] = [];
      const done = afterTurn().then(() => {
        this.#open = null;
        return this.#send(batch);
      });
      this.#open = { ids: batch, done };
      this.#sending.add(done);
      const forget = (): boolean => this.#sending.delete(done);
      done.then(forget, forget);
    }
    for (const id of ids) this.#open.ids.push(id);
    return this.#open.done;
  }

  /** Resolves when none is under way. Does not fail: who acknowledged is told. */
  async drained(): Promise<void> {
    while (this.#sending.size > 0) await Promise.allSettled(this.#sending);
  }

  async #send(ids: readonly string[]): Promise<void> {
    try {
      await this.#server.run((redis) => redis.call("XACK", [this.#key, this.#group].concat(ids)));
    } catch (error) {
      if (codeOf(error) !== "NOGROUP") throw error;
    }
  }
}
