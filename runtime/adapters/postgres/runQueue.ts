import type { TapeEvent } from "../../../streams/domain/event.ts";
import { Fifo } from "../../mechanisms/fifo.ts";
import type { Mark } from "./writeBatch.ts";

/** Marks are for a curve: past this many waiting, every other one goes. */
const MAX_MARKS = 20_000;

/**
 * What waits to be written of one run. Bounded: past `maxQueued` entries the queue is emptied and the run is `behind`,
 * to be caught up from its tape. Entries offered while it is behind are only counted.
 */
export class RunQueue {
  readonly id: string;
  readonly no: number;
  /** Every entry up to here is in the tables. */
  written: number;
  /** The newest entry offered. */
  offered: number;
  behind = false;
  /** When it was last written, in turns of the pump: the one that waited longest is next. */
  turn = 0;
  /** Marks ever offered; of these, written or dropped. */
  marksOffered = 0;
  marksDone = 0;
  readonly #queue = new Fifo<TapeEvent>();
  #marks: Mark[] = [];
  readonly #maxQueued: number;
  readonly #canReplay: boolean;

  constructor(id: string, no: number, written: number, maxQueued: number, canReplay: boolean) {
    this.id = id;
    this.no = no;
    this.written = written;
    this.offered = written;
    this.#maxQueued = maxQueued;
    this.#canReplay = canReplay;
  }

  get backlog(): number {
    return (this.behind ? Math.max(0, this.offered - this.written) : this.#queue.size) + this.#marks.length;
  }

  /** Entries already offered are passed over. Entries missing before these put the run behind, when it can be caught up. */
  offer(events: readonly TapeEvent[]): void {
    for (const event of events) {
      if (event.seq <= this.offered) continue;
      if (this.#canReplay && event.seq > this.offered + 1) this.fallBehind();
      this.offered = event.seq;
      if (!this.behind) this.#queue.push(event);
    }
    if (this.#queue.size > this.#maxQueued) this.fallBehind();
  }

  offerMarks(marks: readonly Mark[]): void {
    for (const mark of marks) this.#marks.push(mark);
    this.marksOffered += marks.length;
    if (this.#marks.length > MAX_MARKS) this.#marks = this.#marks.filter((_, i) => i % 2 === 1);
    this.marksDone = this.marksOffered - this.#marks.length;
  }

  fallBehind(): void {
    this.behind = true;
    this.#queue.clear();
  }

  /** The tables have entries up to `written` only, though more were written: a server that was killed keeps what had reached its disk. */
  rewind(written: number): void {
    this.written = written;
    this.fallBehind();
  }

  /** True when all that was offered is written; from then on offers are queued again. */
  caughtUp(): boolean {
    if (this.written < this.offered) return false;
    this.behind = false;
    return true;
  }

  /** The next entries and marks. They stay queued until `done` says that they are written. */
  peek(batch: number): { readonly events: readonly TapeEvent[]; readonly marks: readonly Mark[] } {
    return { events: this.#queue.oldest(batch), marks: this.#marks.slice() };
  }

  /** `written` entries up to this seq, and these marks. */
  done(written: number, marks: readonly Mark[]): void {
    this.written = Math.max(this.written, written);
    for (let next = this.#queue.peek(); next && next.seq <= this.written; next = this.#queue.peek()) this.#queue.shift();
    const gone = new Set(marks); // some may have been dropped meanwhile
    if (gone.size > 0) this.#marks = this.#marks.filter((mark) => !gone.has(mark));
    this.marksDone = this.marksOffered - this.#marks.length;
  }
}
