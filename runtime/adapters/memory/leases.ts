import type { Holder, Lease, Leases } from "../../../actors/ports/leases.ts";
import type { Timing } from "../../../actors/ports/timing.ts";
import { HeldLease } from "../../mechanisms/heldLease.ts";

export interface MemoryLeasesOptions {
  /** The server's clock; holders have their own. */
  readonly timing: Timing;
  /** Default 10_000. */
  readonly ttlMs?: number;
  /** Of the first holder. Default 1. */
  readonly firstEpoch?: number;
}

interface Row extends Holder {
  until: number;
}

/** Who holds what, for every client made of it. Gone with the process. */
export class MemoryLeaseServer {
  readonly timing: Timing;
  readonly ttlMs: number;
  readonly #rows = new Map<string, Row>();
  readonly #waiting = new Map<string, Set<() => void>>();
  #epoch: number;

  constructor(options: MemoryLeasesOptions) {
    this.timing = options.timing;
    this.ttlMs = options.ttlMs ?? 10_000;
    this.#epoch = (options.firstEpoch ?? 1) - 1;
  }

  of(name: string): Row | null {
    const row = this.#rows.get(name);
    return row && row.until > this.timing.now() ? row : null;
  }

  all(): readonly Row[] {
    return [...this.#rows.keys()].flatMap((name) => this.of(name) ?? []);
  }

  take(name: string, holder: string, about: string): Row | null {
    if (this.of(name)) return null;
    this.#epoch += 1;
    const row = { name, holder, about, epoch: this.#epoch, until: this.timing.now() + this.ttlMs };
    this.#rows.set(name, row);
    return row;
  }

  /** False when it ran out, or is another's. */
  renew(row: Row): boolean {
    if (this.of(row.name) !== row) return false;
    row.until = this.timing.now() + this.ttlMs;
    return true;
  }

  free(row: Row): void {
    if (this.of(row.name) !== row) return;
    this.#rows.delete(row.name);
    for (const wake of [...(this.#waiting.get(row.name) ?? [])]) wake();
  }

  /** Resolves when it may be free. */
  change(name: string, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wakes = this.#waiting.get(name) ?? new Set();
      this.#waiting.set(name, wakes);
      const wake = () => {
        callOff();
        wakes.delete(wake);
        signal.removeEventListener("abort", wake);
        resolve();
      };
      const row = this.of(name);
      const callOff = this.timing.after(row ? row.until - this.timing.now() : 0, wake);
      wakes.add(wake);
      signal.addEventListener("abort", wake);
    });
  }
}

/** One process's leases on a server in memory. */
export class MemoryLeases implements Leases {
  readonly ttlMs: number;
  readonly #server: MemoryLeaseServer;
  readonly #timing: Timing;
  readonly #held = new Set<HeldLease>();
  readonly #closing = new AbortController();

  /** @param timing this process's own clock, by which its leases run out. */
  constructor(server: MemoryLeaseServer, timing: Timing) {
    this.#server = server;
    this.#timing = timing;
    this.ttlMs = server.ttlMs;
  }

  async acquire(name: string, holder: string, about = ""): Promise<Lease | null> {
    if (this.#closing.signal.aborted) throw new Error("the leases are closed");
    if (name === "") throw new Error("a lease needs a name");
    const sentAt = this.#timing.now();
    const row = this.#server.take(name, holder, about);
    if (!row) return null;
    const lease: HeldLease = new HeldLease({
      name,
      epoch: row.epoch,
      ttlMs: this.ttlMs,
      sentAt,
      timing: this.#timing,
      renew: async () => this.#server.renew(row),
      letGo: async () => this.#server.free(row),
      onEnd: () => this.#held.delete(lease),
    });
    this.#held.add(lease);
    return lease;
  }

  async wait(name: string, holder: string, signal: AbortSignal, about?: string): Promise<Lease | null> {
    const either = AbortSignal.any([signal, this.#closing.signal]);
    while (!either.aborted) {
      const lease = await this.acquire(name, holder, about);
      if (lease) return lease;
      await this.#server.change(name, either);
    }
    return null;
  }

  async holderOf(name: string): Promise<Holder | null> {
    const row = this.#server.of(name);
    return row && holderIn(row);
  }

  async list(prefix: string): Promise<readonly Holder[]> {
    return this.#server
      .all()
      .filter((row) => row.name.startsWith(prefix))
      .map(holderIn)
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all([...this.#held].map((lease) => lease.release()));
  }
}

const holderIn = ({ name, holder, epoch, about }: Holder): Holder => ({ name, holder, epoch, about });
