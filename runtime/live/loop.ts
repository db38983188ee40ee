import type { Command } from "../../streams/domain/control.ts";
import { type Ms, ms } from "../../streams/domain/units.ts";
import type { LiveRun } from "./liveRun.ts";
import type { Pacer } from "./pacer.ts";

/** Work at a stretch before I/O gets a turn, ms. */
const SLICE_MS = 8;
/** Longest sleep: commands and a change of speed are seen at least this often. */
const NAP_MS = 25;

interface Asked {
  readonly by: string;
  readonly command: Command;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

/** What a loop plays: a source that is paced, or, where that is null, only what arrives by itself. */
export interface LoopOptions {
  readonly run: LiveRun;
  readonly pacer: Pacer | null;
  /** The machine's clock, epoch ms. */
  readonly wall: () => number;
  /** Called once, when the source has nothing more. */
  readonly ended: () => void;
  /** True while nothing may be fed: what was decided has to be kept first. */
  readonly held?: () => boolean;
}

/**
 * Plays what has arrived and what is due into the run, in slices, and puts commands in between. What arrived comes before the next input.
 * Ends when it is stopped, or something is broken.
 */
export class Loop {
  private readonly options: LoopOptions;
  private asked: Asked[] = [];
  private stopping = false;
  private finished = false;
  private over = false;
  private wakeUp: (() => void) | null = null;
  private woken = false;
  private soon: NodeJS.Timeout | null = null;
  private later: NodeJS.Timeout | null = null;
  private readonly up = (): void => this.wake();

  constructor(options: LoopOptions) {
    this.options = options;
  }

  /** Market time now: a source's by its pacer, but never past an input that is still to come; a feed's is the machine's. Never goes back. */
  marketNow(): Ms {
    const { run, pacer, wall } = this.options;
    if (pacer === null) return ms(Math.max(run.now, wall()));
    // While the source waits for answers its time stands still: an answer is of the moment of its request.
    if (run.inFlight > 0) return run.now;
    const next = pacer.nextAt;
    if (next === null) return run.now; // what comes next may be of an earlier moment than the pacer's
    return ms(Math.max(run.now, Math.floor(Math.min(pacer.marketAt(wall()), next - 1))));
  }

  /** Something may be due now: ends a nap. */
  wake(): void {
    this.woken = true;
    const go = this.wakeUp;
    this.wakeUp = null;
    go?.();
  }

  /** Resolves when the command is on the tape. */
  command(by: string, command: Command): Promise<void> {
    if (this.finished) return Promise.reject(new Error("the deck has stopped"));
    return new Promise((done, failed) => {
      this.asked.push({ by, command, done, failed });
      this.wake();
    });
  }

  stop(): void {
    this.stopping = true;
    this.wake();
  }

  /** @throws whatever breaks the run: a full disk, a supervisor that gave up. What was sealed stands. */
  async run(): Promise<void> {
    try {
      await this.play();
    } finally {
      clearTimeout(this.soon ?? undefined);
      clearTimeout(this.later ?? undefined);
      this.finished = true;
      for (const a of this.asked.splice(0)) a.failed(new Error("the deck is stopping"));
    }
  }

  private async play(): Promise<void> {
    while (!this.stopping && !this.options.run.isOver) {
      this.woken = false;
      this.obey();
      const wait = this.slice();
      this.options.run.seal();
      if (wait === 0) await new Promise<void>((resolve) => setImmediate(resolve));
      else if (!this.woken) await this.nap(Math.min(NAP_MS, wait ?? NAP_MS));
    }
  }

  /** Until it is woken, for so long at most. One timer serves all long naps: a live run naps thousands of times a second. */
  private nap(forMs: number): Promise<void> {
    clearTimeout(this.soon ?? undefined);
    if (forMs < NAP_MS) this.soon = setTimeout(this.up, forMs);
    else if (this.later === null) this.later = setTimeout(this.up, NAP_MS);
    else this.later.refresh();
    return new Promise((resolve) => {
      this.wakeUp = resolve;
    });
  }

  private obey(): void {
    if (this.asked.length === 0) return;
    const asked = this.asked.splice(0);
    const { run, pacer } = this.options;
    // A source goes on from the last entry: nothing of it may be passed over, so its time is not moved by a person.
    for (const { by, command } of asked) run.command(by, command, pacer === null ? this.marketNow() : run.now);
    try {
      run.seal();
    } catch (error) {
      for (const { failed } of asked) failed(error);
      throw error;
    }
    for (const { done } of asked) done();
  }

  /** Plays what is there and what is due, for a while; ms until there is more, null: no idea. */
  private slice(): number | null {
    const { run, pacer, wall, held } = this.options;
    const end = wall() + SLICE_MS;
    for (;;) {
      const now = wall();
      if (held?.()) return null;
      const tookIn = this.takeIn();
      if (pacer === null) {
        if (!tookIn) return this.passTime();
      } else if (run.inFlight > 0) {
        return null; // the next input waits for the answers to this one
      } else {
        const due = this.due(pacer, now);
        if (due === null || due > 0) return due;
        const lateMs = pacer.lateBy(now);
        const batch = pacer.take(now);
        if (batch) run.feed(batch, lateMs);
      }
      if (now >= end || this.asked.length > 0) return 0;
    }
  }

  /** A source that waits is answered all at once, in the order of its requests: so what it leads to does not depend on who was fast. */
  private takeIn(): boolean {
    const { run, pacer } = this.options;
    return pacer !== null && run.inFlight > 0 ? false : run.takeIn();
  }

  private due(pacer: Pacer, now: number): number | null {
    const due = pacer.dueIn(now);
    if (due === null && pacer.atEnd && !this.over) {
      this.over = true;
      this.options.ended();
    }
    return due;
  }

  /** Nothing has arrived. Timers that are due fire; ms until the next is, null: none waits. */
  private passTime(): number | null {
    const { run } = this.options;
    const now = this.marketNow();
    if (run.pass(now)) return 0;
    const due = run.nextTimerAt();
    return due === null ? null : due - now;
  }
}
