import type { Ms, Seq } from "../../streams/domain/units.ts";

/** What a due timer does. */
export type TimerKind = "message" | "action" | "restart" | "ask";

/** Whoever's life a timer belongs to: it holds the first of a chain through all of them. */
export interface TimerOwner<O> {
  timers: Timer<O> | null;
}

/** One wait on the core's clock. `at` is its slot in the heap, -1 when it is not waiting. */
export class Timer<O> {
  at = -1;
  before: Timer<O> | null = null;
  after: Timer<O> | null = null;
  readonly due: Ms;
  readonly id: number;
  readonly kind: TimerKind;
  readonly owner: O | null;
  readonly load: unknown;
  readonly key: string | null;
  /** The tape entry under which it was set. */
  readonly cause: Seq;

  constructor(due: Ms, id: number, kind: TimerKind, owner: O | null, load: unknown, cause: Seq, key: string | null) {
    this.due = due;
    this.id = id;
    this.kind = kind;
    this.owner = owner;
    this.load = load;
    this.cause = cause;
    this.key = key;
  }
}

/** Waiting timers in order of (due, creation): a binary heap that knows where each timer is, so that cancelling leaves nothing behind. */
export class Timers<O extends TimerOwner<O>> {
  private readonly heap: Timer<O>[] = [];
  private created = 0;

  /** Core time of the next one; null when none waits. */
  nextAt(): Ms | null {
    return this.heap[0]?.due ?? null;
  }

  /** With an owner it ends with the owner's life (see `cancelAll`). */
  set(due: Ms, kind: TimerKind, owner: O | null, load: unknown, cause: Seq, key: string | null = null): Timer<O> {
    const timer = new Timer(due, this.created++, kind, owner, load, cause, key);
    if (owner !== null) {
      timer.after = owner.timers;
      if (timer.after !== null) timer.after.before = timer;
      owner.timers = timer;
    }
    this.rise(timer, this.heap.length);
    return timer;
  }

  cancel(timer: Timer<O>): void {
    if (timer.at < 0) return;
    this.leave(timer);
    this.remove(timer);
  }

  /** Every timer of one life. */
  cancelAll(owner: O): void {
    for (let t = owner.timers; t !== null; t = owner.timers) this.cancel(t);
  }

  /** Takes the next timer due at or before `t`. */
  takeDue(t: Ms): Timer<O> | null {
    const first = this.heap[0];
    if (first === undefined || first.due > t) return null;
    this.cancel(first);
    return first;
  }

  private leave(timer: Timer<O>): void {
    const { owner, before, after } = timer;
    if (before !== null) before.after = after;
    else if (owner !== null) owner.timers = after;
    if (after !== null) after.before = before;
    timer.before = null;
    timer.after = null;
  }

  private remove(timer: Timer<O>): void {
    const at = timer.at;
    timer.at = -1;
    const last = this.heap.pop();
    if (last === undefined || last === timer) return;
    const above = this.heap[(at - 1) >> 1];
    if (at > 0 && above !== undefined && earlier(last, above)) this.rise(last, at);
    else this.sink(last, at);
  }

  private rise(timer: Timer<O>, from: number): void {
    let at = from;
    while (at > 0) {
      const up = (at - 1) >> 1;
      const above = this.heap[up];
      if (above === undefined || !earlier(timer, above)) break;
      this.heap[at] = above;
      above.at = at;
      at = up;
    }
    this.heap[at] = timer;
    timer.at = at;
  }

  private sink(timer: Timer<O>, from: number): void {
    let at = from;
    for (;;) {
      let down = 2 * at + 1;
      let below = this.heap[down];
      const right = this.heap[down + 1];
      if (below !== undefined && right !== undefined && earlier(right, below)) {
        below = right;
        down++;
      }
      if (below === undefined || !earlier(below, timer)) break;
      this.heap[at] = below;
      below.at = at;
      at = down;
    }
    this.heap[at] = timer;
    timer.at = at;
  }
}

/** The next timer of one life; null when it has none. In as many steps as it has timers. */
export const earliest = <O>({ timers }: TimerOwner<O>): Timer<O> | null => {
  let first = timers;
  for (let t = timers; t !== null; t = t.after) if (first !== null && earlier(t, first)) first = t;
  return first;
};

const earlier = <O>(a: Timer<O>, b: Timer<O>): boolean => a.due < b.due || (a.due === b.due && a.id < b.id);
