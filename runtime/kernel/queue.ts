import type { Seq } from "../../streams/domain/units.ts";

/**
 * The one first-in-first-out queue of the process: a ring of parallel arrays, so that a message costs no object.
 * Grows by doubling and never shrinks; `C` is who it is for.
 */
export class Queue<C> {
  cells: (C | undefined)[];
  messages: unknown[];
  causes: Seq[];
  /** Slot of the oldest message; `tail` is the next free one. Equal means empty: the ring grows before it is full. */
  head = 0;
  tail = 0;
  mask: number;

  /** @param size a power of two. */
  constructor(size = 1024) {
    this.cells = new Array(size).fill(undefined);
    this.messages = new Array(size).fill(undefined);
    this.causes = new Array(size).fill(0);
    this.mask = size - 1;
  }

  get length(): number {
    return (this.tail - this.head) & this.mask;
  }

  push(cell: C, message: unknown, cause: Seq): void {
    const at = this.tail;
    this.cells[at] = cell;
    this.messages[at] = message;
    this.causes[at] = cause;
    this.tail = (at + 1) & this.mask;
    if (this.tail === this.head) this.grow();
  }

  /** To be called when it is empty: it begins again with the slots that were used last, which the processor still has at hand. */
  rewind(): void {
    this.head = 0;
    this.tail = 0;
  }

  /** Oldest first, without taking. */
  forEach(visit: (cell: C, message: unknown) => void): void {
    for (let i = this.head; i !== this.tail; i = (i + 1) & this.mask) {
      const cell = this.cells[i];
      if (cell !== undefined) visit(cell, this.messages[i]);
    }
  }

  private grow(): void {
    const size = (this.mask + 1) * 2;
    const turn = <T>(ring: T[], filler: T): T[] => {
      const next = ring.slice(this.head).concat(ring.slice(0, this.head));
      while (next.length < size) next.push(filler);
      return next;
    };
    this.cells = turn<C | undefined>(this.cells, undefined);
    this.messages = turn<unknown>(this.messages, undefined);
    this.causes = turn(this.causes, 0 as Seq);
    this.head = 0;
    this.tail = size / 2;
    this.mask = size - 1;
  }
}
