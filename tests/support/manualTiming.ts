import type { Timing } from "../../actors/ports/timing.ts";

interface Alarm {
  readonly at: number;
  readonly run: () => void;
}

/** A clock that goes when told to. */
export class ManualTiming implements Timing {
  #now = 0;
  readonly #alarms = new Set<Alarm>();

  now(): number {
    return this.#now;
  }

  after(ms: number, run: () => void): () => void {
    const alarm = { at: this.#now + ms, run };
    this.#alarms.add(alarm);
    return () => this.#alarms.delete(alarm);
  }

  /** Rings what falls due on the way, in order, and lets each finish. */
  async pass(ms: number): Promise<void> {
    const until = this.#now + ms;
    for (;;) {
      const next = [...this.#alarms].filter((a) => a.at <= until).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.#alarms.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.run();
      await new Promise(setImmediate);
    }
    this.#now = until;
    await new Promise(setImmediate);
  }
}

/** Another's clock, whose alarms do not ring while it is stopped, as those of a process that was: they ring when it goes on. */
export class StoppableTiming implements Timing {
  readonly #timing: Timing;
  #held: (() => void)[] | null = null;

  constructor(timing: Timing) {
    this.#timing = timing;
  }

  now(): number {
    return this.#timing.now();
  }

  after(ms: number, run: () => void): () => void {
    let off = false;
    const ring = () => {
      if (!off) run();
    };
    const callOff = this.#timing.after(ms, () => (this.#held ? this.#held.push(ring) : ring()));
    return () => {
      off = true;
      callOff();
    };
  }

  stop(): void {
    this.#held ??= [];
  }

  goOn(): void {
    const held = this.#held ?? [];
    this.#held = null;
    for (const ring of held) ring();
  }
}
