import { Fifo } from "../../mechanisms/fifo.ts";
import type { ChunkLabel, Placed } from "./chunk.ts";

/** In order of the source. */
export const inOrder = (a: Placed, b: Placed): number => a.event.tSeen - b.event.tSeen || a.place - b.place;

interface Waiting {
  readonly label: ChunkLabel;
  readonly inputs: readonly Placed[];
}

/** Parts that came on one of the other streams, by the `through` of their chunks. */
class Beside {
  /** tSeen of the newest part that came. */
  through = 0;
  readonly parts = new Map<number, readonly Placed[]>();
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
  #ledToEnd = false;
  readonly #lead: string;
  readonly #leads = new Fifo<Waiting>();
  readonly #beside = new Map<string, Beside>();
  readonly #queue = new Fifo<Placed>();

  constructor(lead: string, from: number) {
    this.#lead = lead;
    this.through = from;
    this.#led = from;
  }

  /** A chunk, or a part of one. Each stream keeps its order, with repeats. `gap`: chunks or parts before it are missing. */
  take(stream: string, label: ChunkLabel, inputs: readonly Placed[]): Taken {
    if (stream === this.#lead) {
      if (label.through <= this.#led && (!label.end || this.#ledToEnd)) return "repeated";
      if (label.prev > this.#led) return "gap";
      this.#led = Math.max(this.#led, label.through);
      this.#ledToEnd ||= label.end;
      this.#leads.push({ label, inputs });
    } else {
      if (label.through <= this.through || this.#part(stream, label.through) !== null) return "repeated";
      const beside = this.#beside.get(stream) ?? new Beside();
      this.#beside.set(stream, beside);
      beside.parts.set(label.through, inputs);
      beside.through = Math.max(beside.through, label.through);
    }
    this.#hold(stream, inputs.length);
    this.#join();
    return this.#isBroken() ? "gap" : "taken";
  }

  /** The next input, left where it is; null when none is here. */
  get next(): Placed | null {
    return this.#queue.peek() ?? null;
  }

  /** Takes every input of one moment. */
  takeMoment(tSeen: number, into: Placed[]): void {
    for (let one = this.next; one !== null && one.event.tSeen === tSeen; one = this.next) {
      into.push(one);
      this.#queue.shift();
      this.#hold(this.#lead, -1);
    }
  }

  #hold(stream: string, n: number): void {
    this.held.set(stream, (this.held.get(stream) ?? 0) + n);
  }

  #part(stream: string, through: number): readonly Placed[] | null {
    return this.#beside.get(stream)?.parts.get(through) ?? null;
  }

  /** A part is missing on a stream that is further already. */
  #isBroken(): boolean {
    const first = this.#leads.peek()?.label;
    return (
      first?.beside.some((s) => (this.#beside.get(s)?.through ?? 0) > first.through && !this.#part(s, first.through)) ?? false
    );
  }

  #join(): void {
    for (let first = this.#leads.peek(); first !== undefined; first = this.#leads.peek()) {
      const { label, inputs } = first;
      const isKnown = label.through <= this.through; // its parts were given out before, and are not kept
      if (!isKnown && label.beside.some((stream) => this.#part(stream, label.through) === null)) return;
      this.#leads.shift();
      const whole = [inputs, ...label.beside.map((stream) => this.#part(stream, label.through) ?? [])].flat();
      if (label.beside.length > 0) whole.sort(inOrder);
      this.#hold(this.#lead, -inputs.length);
      for (const input of whole)
        if (input.event.tSeen > this.through) {
          this.#queue.push(input);
          this.#hold(this.#lead, 1);
        }
      this.through = Math.max(this.through, label.through);
      this.ended ||= label.end;
      this.#forget();
    }
  }

  /** Parts that belong to what was put together, or to nothing any more. */
  #forget(): void {
    for (const [stream, { parts }] of this.#beside)
      for (const [through, inputs] of parts) {
        if (through > this.through) break;
        parts.delete(through);
        this.#hold(stream, -inputs.length);
      }
  }
}
