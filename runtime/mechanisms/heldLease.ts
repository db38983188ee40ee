import type { Lease } from "../../actors/ports/leases.ts";
import type { Timing } from "../../actors/ports/timing.ts";

export interface HeldLeaseOptions {
  readonly name: string;
  readonly epoch: number;
  readonly ttlMs: number;
  /** When that was sent which made us its holder, by `timing`. */
  readonly sentAt: number;
  readonly timing: Timing;
  /** True: ours for another `ttlMs`. False: refused, somebody else's. Rejects when nobody can be asked; it is tried again. */
  readonly renew: () => Promise<boolean>;
  /** Tells the server that it is free. */
  readonly letGo: () => Promise<void>;
  /** Lost or released. */
  readonly onEnd: () => void;
}

/** The holder's half of a lease, whoever keeps the other: renews it, and knows by its own clock when it is out. */
export class HeldLease implements Lease {
  readonly name: string;
  readonly epoch: number;
  readonly #options: HeldLeaseOptions;
  readonly #listeners: ((why: string) => void)[] = [];
  #sentAt: number;
  #ended = false;
  #lost: string | null = null;
  #renewing: Promise<void> = Promise.resolve();
  #callOff: (() => void)[] = [];

  constructor(options: HeldLeaseOptions) {
    this.name = options.name;
    this.epoch = options.epoch;
    this.#options = options;
    this.#sentAt = options.sentAt;
    this.#plan(options.ttlMs / 3);
  }

  held(): boolean {
    return !this.#ended && this.#leftMs() > 0;
  }

  onLost(listener: (why: string) => void): void {
    if (this.#lost === null) this.#listeners.push(listener);
    else listener(this.#lost);
  }

  async release(): Promise<void> {
    if (this.#ended) return;
    this.#end();
    await this.#renewing; // or the server would hear of it afterwards, and have a holder again
    await this.#options.letGo();
  }

  #leftMs(): number {
    return this.#sentAt + this.#options.ttlMs - this.#options.timing.now();
  }

  /** One alarm for the next renewal, one for the end, should the renewal hang. */
  #plan(renewInMs: number): void {
    const { timing } = this.#options;
    for (const off of this.#callOff) off();
    this.#callOff = [
      timing.after(renewInMs, () => {
        this.#renewing = this.#renew();
      }),
      timing.after(Math.max(0, this.#leftMs()) + 1, () => this.#look()), // + 1: an alarm may be a fraction early
    ];
  }

  /** True when it is still held. */
  #look(): boolean {
    if (this.#ended) return false;
    if (this.#leftMs() > 0) return true;
    this.#lose(`not renewed for ${this.#options.ttlMs} ms`);
    return false;
  }

  async #renew(): Promise<void> {
    if (!this.#look()) return;
    const sentAt = this.#options.timing.now();
    const renewed = await this.#options.renew().catch(() => null);
    // Out while we waited: lost for good, whatever the answer was.
    if (!this.#look()) return;
    if (renewed === false) this.#lose("refused: somebody else has it, or it ran out at the server");
    else {
      if (renewed) this.#sentAt = sentAt;
      this.#plan(this.#options.ttlMs / (renewed ? 3 : 12));
    }
  }

  #lose(why: string): void {
    this.#lost = why;
    this.#end();
    for (const listener of this.#listeners) listener(why);
  }

  #end(): void {
    this.#ended = true;
    for (const off of this.#callOff) off();
    this.#callOff = [];
    this.#options.onEnd();
  }
}
