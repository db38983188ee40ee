import type { TapeEvent } from "../../../streams/domain/event.ts";
import { unpackEvents } from "../../adapters/tape/pack.ts";

const MAX_BYTES = 32 * 1_048_576;
const MAX_PACKS = 8_192;

interface Pack {
  readonly from: number;
  readonly to: number;
  readonly bytes: Uint8Array;
}

/**
 * The newest entries of a run's stream, for those who missed one: a look into the tape's file would begin at its beginning, and the core
 * does nothing else meanwhile.
 */
export class RecentPacks {
  #packs: Pack[] = [];
  #at = 0;
  #bytes = 0;

  /** In order, each right behind the one before. */
  add(pack: Pack): void {
    this.#packs.push(pack);
    this.#bytes += pack.bytes.length;
    while (this.#packs.length - this.#at > 1 && (this.#bytes > MAX_BYTES || this.#packs.length - this.#at > MAX_PACKS)) {
      this.#bytes -= (this.#packs[this.#at] as Pack).bytes.length;
      this.#at += 1;
    }
    if (this.#at < MAX_PACKS) return;
    this.#packs = this.#packs.slice(this.#at);
    this.#at = 0;
  }

  /** Some events after a seq, oldest first, about `enough`; [] at the end; null when they are not here any more. */
  since(after: number, enough: number): TapeEvent[] | null {
    const first = this.#packs[this.#at];
    if (!first || after + 1 < first.from) return null;
    const events: TapeEvent[] = [];
    for (let i = this.#first(after); i < this.#packs.length && events.length < enough; i++)
      for (const event of unpackEvents((this.#packs[i] as Pack).bytes)) if (event.seq > after) events.push(event);
    return events;
  }

  /** The first pack that has something after a seq. */
  #first(after: number): number {
    let low = this.#at;
    let high = this.#packs.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#packs[middle] as Pack).to > after) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
