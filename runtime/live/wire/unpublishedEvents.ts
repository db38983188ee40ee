import type { TapeEvent } from "../../../streams/domain/event.ts";

/** Events wait here until they are on the stream; then they may be shown and stored. */
export class UnpublishedEvents {
  readonly #show: (events: readonly TapeEvent[]) => void;
  #held: (readonly TapeEvent[])[] = [];

  constructor(show: (events: readonly TapeEvent[]) => void) {
    this.#show = show;
  }
  hold(events: readonly TapeEvent[]): void {
    this.#held.push(events);
  }
  upTo(seq: number): void {
    for (let first = this.#held[0]; first !== undefined && (first.at(-1)?.seq ?? 0) <= seq; first = this.#held[0]) {
      this.#held.shift();
      this.#show(first);
    }
  }
}
