import type { Consumer, Delivered, GroupOptions, StreamEntry } from "../../../actors/ports/streams.ts";
import { deliveredTooOften } from "../../mechanisms/deadLetterReasons.ts";
import { compareIds, type Group, type Open, type StreamState } from "./streamState.ts";

export class MemoryConsumer implements Consumer {
  readonly #state: StreamState;
  readonly #group: string;
  readonly #name: string;
  readonly #now: () => number;
  readonly #options: GroupOptions;
  /** Handed out in this life and not settled. */
  readonly #held = new Set<string>();
  readonly #closing = new AbortController();
  readonly #claimAfterMs: number;
  /** When what others left is looked for again; nothing of an earlier life is left once it was looked for. */
  #nextLook = Number.NEGATIVE_INFINITY;
  #taking: Promise<unknown> = Promise.resolve();

  constructor(state: StreamState, group: string, name: string, now: () => number, options: GroupOptions) {
    this.#state = state;
    this.#group = group;
    this.#name = name;
    this.#now = now;
    this.#options = options;
    this.#claimAfterMs = options.claimAfterMs ?? 30_000;
    this.#join(options.from ?? "start");
  }

  take(max: number, waitMs: number): Promise<readonly Delivered[]> {
    const until = performance.now() + waitMs;
    const taken = this.#taking.then(() => this.#take(max, until));
    this.#taking = taken;
    return taken;
  }

  async ack(ids: readonly string[]): Promise<void> {
    for (const id of ids) this.#settle(id);
  }

  async setAside(entry: StreamEntry, reason: string): Promise<void> {
    this.#state.bury(entry, reason, this.#group);
    this.#settle(entry.id);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#taking;
  }

  async #take(max: number, until: number): Promise<readonly Delivered[]> {
    if (!(max >= 1)) return [];
    for (;;) {
      if (this.#closing.signal.aborted) return [];
      const open = this.#next(max);
      const left = until - performance.now();
      if (open.length > 0 || left <= 0)
        return open.map(({ entry, deliveries }) => ({ id: entry.id, headers: entry.headers, body: entry.body, deliveries }));
      await this.#somethingNew(left);
    }
  }

  #next(max: number): readonly Open[] {
    const group = this.#join("start"); // dropped meanwhile: made again
    const now = this.#now();
    if (now >= this.#nextLook) {
      const all = [...group.open.values()].filter(({ entry }) => !this.#held.has(entry.id));
      const own = all.filter(({ consumer }) => consumer === this.#name);
      const left = all.filter(({ since }) => now - since >= this.#claimAfterMs);
      for (const some of [own, left]) {
        const taken = this.#takeOver(group, some, max);
        if (taken.length > 0) return taken;
      }
      this.#nextLook = now + this.#claimAfterMs / 2;
    }
    const fresh = this.#state.handNext(group, this.#name, max);
    for (const { entry } of fresh) this.#held.add(entry.id);
    return fresh;
  }

  #takeOver(group: Group, open: readonly Open[], max: number): readonly Open[] {
    const taken: Open[] = [];
    for (const one of [...open].sort((a, b) => compareIds(a.entry.id, b.entry.id))) {
      if (one.deliveries >= (this.#options.maxDeliveries ?? 5)) {
        group.open.delete(one.entry.id);
        this.#state.bury(one.entry, deliveredTooOften(one.deliveries), this.#group);
      } else if (taken.length < max) {
        Object.assign(one, { consumer: this.#name, since: this.#now(), deliveries: one.deliveries + 1 });
        this.#held.add(one.entry.id);
        taken.push(one);
      }
    }
    return taken;
  }

  #join(from: "start" | "end"): Group {
    const known = this.#state.groups.get(this.#group);
    if (known) return known;
    const made: Group = { next: from === "start" ? this.#state.end - this.#state.length : this.#state.end, open: new Map() };
    this.#state.groups.set(this.#group, made);
    this.#held.clear();
    return made;
  }

  #settle(id: string): void {
    this.#held.delete(id);
    this.#state.groups.get(this.#group)?.open.delete(id);
  }

  /** An append, the moment when what a dead consumer has may be taken over, the end of the wait, or the end. */
  #somethingNew(leftMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#state.waiting.delete(done);
        this.#closing.signal.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, Math.min(leftMs, Math.max(1, this.#claimAfterMs / 2)));
      this.#state.waiting.add(done);
      this.#closing.signal.addEventListener("abort", done);
    });
  }
}
