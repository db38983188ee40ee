import type { Seq } from "../../streams/domain/units.ts";

/** A message that waits for the end of the moment. */
export interface WaitingForEnd<O> {
  /** Null: its life has ended. */
  owner: O | null;
  readonly key: string;
  /** Name among those of its owner. */
  readonly id: string;
  message: unknown;
  cause: Seq;
}

/** What one life has asked to be told at the end of the moment. */
export interface AskedAtEnd<O> {
  readonly waiting: Map<string, WaitingForEnd<O>>;
  /** Which moment `rounds` is of, and which round was counted last. */
  moment: number;
  round: number;
  /** Rounds of that moment in which it was told something. */
  rounds: number;
}

export interface AskedAtEndOwner<O> {
  askedAtEnd: AskedAtEnd<O> | null;
}

export interface Turn<O> {
  readonly turn: number;
  /** In the order of asking. */
  readonly waiting: WaitingForEnd<O>[];
}

/** All that waits for the end of the moment, the lowest turn first. Empty in most moments. */
export class MomentEnd<O extends AskedAtEndOwner<O>> {
  readonly turns: Turn<O>[] = [];
  /** Moments that had something to be told at their end, and rounds of telling, so far. */
  moments = 0;
  rounds = 0;
  isEnding = false;

  /** The same turn and key of one owner again replaces what waits, at its place. */
  ask(owner: O, turn: number, key: string, message: unknown, cause: Seq): void {
    owner.askedAtEnd ??= { waiting: new Map(), moment: 0, round: 0, rounds: 0 };
    const { waiting } = owner.askedAtEnd;
    const id = `${turn} ${key}`;
    const same = waiting.get(id);
    if (same !== undefined) {
      same.message = message;
      same.cause = cause;
      return;
    }
    const made = { owner, key, id, message, cause };
    waiting.set(id, made);
    this.turn(turn).waiting.push(made);
  }

  /** A life ends: what it had asked for goes with it. */
  forget(owner: O): void {
    if (owner.askedAtEnd === null) return;
    for (const waiting of owner.askedAtEnd.waiting.values()) waiting.owner = null;
    owner.askedAtEnd = null;
  }

  private turn(turn: number): Turn<O> {
    const { turns } = this;
    let at = 0;
    for (let t = turns[at]; t !== undefined && t.turn <= turn; t = turns[++at]) if (t.turn === turn) return t;
    const made: Turn<O> = { turn, waiting: [] };
    turns.splice(at, 0, made);
    return made;
  }
}
