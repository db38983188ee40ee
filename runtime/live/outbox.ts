import type { Ms, Seq } from "../../streams/domain/units.ts";
import { Fifo } from "../mechanisms/fifo.ts";

/** The way to one port outside. */
export interface Line {
  /** Its requests move money: they leave when the tape up to them is on the disk. The others leave when it is sealed. */
  readonly money: boolean;
  /** Sends one request, once. Settles when it was taken or came to nothing, which it tells as an event; it never rejects. */
  send(request: unknown, at: Ms): Promise<void>;
}

interface Held {
  readonly line: Line;
  readonly request: unknown;
  readonly at: Ms;
  /** Newest entry of the tape when it was asked for: its intent is at or before it. */
  readonly after: Seq;
}

/** Requests to ports outside, from when the core asks until they may leave: in order, and not before the tape holds what led to them. */
export class Outbox {
  readonly #sealed = new Fifo<Held>();
  readonly #money = new Fifo<Held>();
  #inFlight = 0;
  #closed = false;
  readonly #settled: () => void;

  /** @param settled called when a request that was sent is settled. */
  constructor(settled: () => void) {
    this.#settled = settled;
  }

  /** Requests that wait to leave, or for their answer. */
  get inFlight(): number {
    return this.#inFlight;
  }
  /** Requests that wait for the disk. */
  get forDisk(): number {
    return this.#money.size;
  }

  put(line: Line, request: unknown, at: Ms, after: Seq): void {
    if (this.#closed) return;
    this.#inFlight += 1;
    (line.money ? this.#money : this.#sealed).push({ line, request, at, after });
  }

  /** Nothing leaves any more, whatever is put in or said to be safe. */
  close(): void {
    this.#closed = true;
    this.#sealed.clear();
    this.#money.clear();
  }

  /** The tape is sealed up to an entry: a write that survives the process. */
  sealedTo(seq: number): void {
    this.#release(this.#sealed, seq);
  }

  /** The tape is on the disk up to an entry. */
  safeTo(seq: number): void {
    this.#release(this.#money, seq);
  }

  #release(held: Fifo<Held>, seq: number): void {
    for (let next = held.peek(); next !== undefined && next.after <= seq; next = held.peek()) {
      held.shift();
      void next.line.send(next.request, next.at).finally(() => {
        this.#inFlight -= 1;
        this.#settled();
      });
    }
  }
}
