import type { TapeReader } from "../../actors/ports/tape.ts";
import type { TapeEvent } from "../../streams/domain/event.ts";
import type { StrategyConfig } from "../../streams/domain/run.ts";

/** Equal in every field, at every depth. For plain data. A tape holds no negative zero, so it equals zero. */
const same = (a: unknown, b: unknown): boolean => {
  if (a === b || Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((x, i) => same(x, b[i]));
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((k) => same(a[k as keyof typeof a], b[k as keyof typeof b]));
};

const shown = (e: TapeEvent | null): string => (e === null ? "nothing" : JSON.stringify(e));

/** The core came to something else than the tape says. */
export class Divergence extends Error {
  readonly seq: number;
  /** Whose word it is that differs; null: no strategy's. */
  readonly said: { readonly strategy: string; readonly ticker: string } | null;
  constructor(seq: number, recorded: TapeEvent | null, replayed: TapeEvent | null) {
    super(`the replay differs from the tape at entry ${seq}: recorded ${shown(recorded)}, replayed ${shown(replayed)}`);
    this.name = "Divergence";
    this.seq = seq;
    this.said = saidBy(replayed) ?? saidBy(recorded);
  }
}

const saidBy = (e: TapeEvent | null): Divergence["said"] => {
  if (e?.type === "signal.generated" || e?.type === "intent.refused") return { strategy: e.strategy, ticker: e.ticker };
  return e?.type === "order.submitted" ? { strategy: e.order.by, ticker: e.ticker } : null;
};

/** Adds to the message of a difference which strategy of people's own made it, and the remedy. @param listed strategies of the run, by id. */
export const blame = (error: unknown, listed: readonly Pick<StrategyConfig, "name" | "file">[]): unknown => {
  if (!(error instanceof Divergence) || error.said === null) return error;
  const { strategy, ticker } = error.said;
  const file = listed.find(({ name }) => name === strategy)?.file;
  if (file !== undefined)
    error.message += `; strategy ${strategy} (${file}) decided otherwise on ${ticker}: it may know only what it is told, clock and rng, not what globals or promises tell it. Mend it or take it out, and begin a new run (up --new-run)`;
  return error;
};

/**
 * Holds what the core stamps against what was recorded, entry for entry. A start after a stop is such a rehearsal: the core plays
 * its own tape to the end, and what it does beyond it is new.
 */
export class Rehearsal {
  private readonly recorded: TapeReader;
  private batch: readonly TapeEvent[] = [];
  private at = 0;
  private done = false;

  constructor(recorded: TapeReader) {
    this.recorded = recorded;
    this.advance();
  }

  /** The next recorded entry that has not been played, or null at the end. */
  get next(): TapeEvent | null {
    return this.done ? null : (this.batch[this.at] ?? null);
  }

  /** True: the event is the recorded one. False: the tape is at its end, the event is new. @throws Divergence */
  meets(event: TapeEvent): boolean {
    const recorded = this.next;
    if (recorded === null) return false;
    if (!same(recorded, event)) throw new Divergence(recorded.seq, recorded, event);
    this.at += 1;
    this.advance();
    return true;
  }

  /** The tape is at its end and the core went on: in a verification that is a difference too. @throws Divergence */
  beyond(event: TapeEvent): never {
    throw new Divergence(event.seq, null, event);
  }

  /** All of the tape was met. @throws Divergence naming the first entry that the replay did not come to. */
  finish(): void {
    if (this.next !== null) throw new Divergence(this.next.seq, this.next, null);
  }

  private advance(): void {
    while (!this.done && this.at >= this.batch.length) {
      const batch = this.recorded.next();
      this.at = 0;
      this.batch = batch ?? [];
      this.done = batch === null;
    }
  }
}
