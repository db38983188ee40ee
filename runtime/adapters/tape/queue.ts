import type { TapeEvent } from "../../../streams/domain/event.ts";
import type { Bar } from "../../../streams/domain/market.ts";
import { BAR_RANK, byText, rankOf } from "./order.ts";
import type { BarSeries } from "./series.ts";

/** The next bar of many series, by tSeen, then ticker, then length: a binary heap of series. */
export class SeriesQueue {
  readonly #heap: BarSeries[] = [];
  readonly #next: number[] = [];
  readonly #seen: number[] = [];

  constructor(series: readonly BarSeries[]) {
    const filled = series.filter((one) => one.count > 0);
    filled.sort((a, b) => a.seenAt(0) - b.seenAt(0) || byText(a.ticker, b.ticker) || a.barMs - b.barMs);
    for (const one of filled) {
      this.#heap.push(one);
      this.#next.push(0);
      this.#seen.push(one.seenAt(0));
    }
  }
  get empty(): boolean {
    return this.#heap.length === 0;
  }
  comesBefore(event: TapeEvent): boolean {
    if (this.empty) return false;
    const seen = this.#seen[0] as number;
    return seen < event.tSeen || (seen === event.tSeen && BAR_RANK < rankOf(event));
  }
  take(): Bar {
    const one = this.#heap[0] as BarSeries;
    const at = this.#next[0] as number;
    const made = one.barAt(at);
    if (at + 1 < one.count) {
      this.#next[0] = at + 1;
      this.#seen[0] = one.seenAt(at + 1);
    } else {
      const last = this.#heap.length - 1;
      this.#swap(0, last);
      this.#heap.pop();
      this.#next.pop();
      this.#seen.pop();
    }
    this.#sink();
    return made;
  }
  #before(a: number, b: number): boolean {
    const difference = (this.#seen[a] as number) - (this.#seen[b] as number);
    if (difference !== 0) return difference < 0;
    const x = this.#heap[a] as BarSeries;
    const y = this.#heap[b] as BarSeries;
    return x.ticker === y.ticker ? x.barMs < y.barMs : x.ticker < y.ticker;
  }
  #sink(): void {
    const size = this.#heap.length;
    for (let at = 0; ; ) {
      const left = 2 * at + 1;
      if (left >= size) return;
      const least = left + 1 < size && this.#before(left + 1, left) ? left + 1 : left;
      if (!this.#before(least, at)) return;
      this.#swap(least, at);
      at = least;
    }
  }
  #swap(a: number, b: number): void {
    const heap = this.#heap[a] as BarSeries;
    const next = this.#next[a] as number;
    const seen = this.#seen[a] as number;
    this.#heap[a] = this.#heap[b] as BarSeries;
    this.#next[a] = this.#next[b] as number;
    this.#seen[a] = this.#seen[b] as number;
    this.#heap[b] = heap;
    this.#next[b] = next;
    this.#seen[b] = seen;
  }
}
