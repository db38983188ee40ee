import type { ChunkLabel, Placed } from "./chunk.ts";

/** In order of the source. */
export const inOrder = (a: Placed, b: Placed): number => a.event.tSeen - b.event.tSeen || a.place - b.place;

interface Waiting {
  readonly label: ChunkLabel;
  readonly inputs: readonly Placed[];
}

export type Taken = "taken" | "repeated" | "gap";

/**
 * The chunks of one producer, put together again: the lead's in their order, each whole once the parts on other streams are there too.
 * Then its inputs are a queue, complete through `through`.
 */
export class Chain {
  /** `tSeen` through which every input is here, or was. */
  through: number;
  /** The producer has no more. */
  ended = false;
  /** Inputs held, of each stream that is read. */
  readonly held = new Map<string, number>();
  /** tSeen through which lead chunks came, whole or not. */
  #led: number;
  readonly #lead: string;
  readonly #leads: Waiting[] = [];
  readonly #beside = new Map<string, Map<number, readonly Placed[]>>();
  #queue: Placed[] = [];
  #at = 0;

  constructor(lead: string, from: number) {
    this.#lead = lead;
    this.through = from;
    this.#led = from;
  }

  /** A chunk, or a part of one. `gap`: chunks before it are missing. */
  take(stream: string, label: ChunkLabel, inputs: readonly Placed[]): Taken {
    const isLead = stream === this.#lead;
    if (label.through <= (isLead ? this.#led : this.through) && !(label.end && label.through === this.#led && !this.ended))
      return "repeated";
    if (!isLead) {
      this.#hold(stream, inputs.length);
      let parts = this.#beside.get(stream);
      if (!parts) {
        parts = new Map();
        this.#beside.set(stream, parts);
      }
      parts.set(label.through, inputs);
    } else {
      if (label.prev > this.#led) return "gap";
      this.#led = label.through;
      this.#hold(stream, inputs.length);
      this.#leads.push({ label, inputs });
    }
    this.#join();
    return "taken";
  }

  /** The next input, left where it is; null when none is here. */
  get next(): Placed | null {
    return this.#queue[this.#at] ?? null;
  }

  /** Takes every input of one moment. */
  takeMoment(tSeen: number, into: Placed[]): void {
    for (let one = this.next; one !== null && one.event.tSeen === tSeen; one = this.next) {
      into.push(one);
      this.#at += 1;
      this.#hold(this.#lead, -1);
    }
    if (this.#at > 4_096 || this.#at === this.#queue.length) {
      this.#queue = this.#queue.slice(this.#at);
      this.#at = 0;
    }
  }

  #hold(stream: string, n: number): void {
    this.held.set(stream, (this.held.get(stream) ?? 0) + n);
  }

  #join(): void {
    for (let first = this.#leads[0]; first !== undefined; first = this.#leads[0]) {
      const { label, inputs } = first;
      if (!label.beside.every((stream) => this.#beside.get(stream)?.has(label.through))) return;
      this.#leads.shift();
      const whole = [...inputs];
      for (const stream of label.beside) {
        const part = this.#beside.get(stream)?.get(label.through) ?? [];
        this.#beside.get(stream)?.delete(label.through);
        this.#hold(stream, -part.length);
        this.#hold(this.#lead, part.length);
        for (const input of part) whole.push(input);
      }
      if (label.beside.length > 0) whole.sort(inOrder);
      for (const input of whole)
        if (input.event.tSeen > this.through) this.#queue.push(input);
        else this.#hold(this.#lead, -1);
      this.through = label.through;
      this.ended ||= label.end;
    }
  }
}
