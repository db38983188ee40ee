import { type Bar, bar } from "../../../streams/domain/market.ts";
import { ms, type Ticker } from "../../../streams/domain/units.ts";

/** tEvent, tSeen, open, high, low, close, volume. */
const CELLS = 7;

/** The bars of one ticker and length, gathered from anywhere in any order: 56 bytes a bar. */
export class BarSeries {
  readonly ticker: Ticker;
  readonly barMs: number;
  count = 0;
  #cells = new Float64Array(64 * CELLS);
  /** Rows in tape order once `settle` has run; null while they lie in order anyway. */
  #order: Uint32Array | null = null;
  #inOrder = true;

  constructor(ticker: Ticker, barMs: number) {
    this.ticker = ticker;
    this.barMs = barMs;
  }
  add(tEvent: number, tSeen: number, open: number, high: number, low: number, close: number, volume: number): void {
    const at = this.count * CELLS;
    if (at === this.#cells.length) {
      const larger = new Float64Array(this.#cells.length * 2);
      larger.set(this.#cells);
      this.#cells = larger;
    }
    const c = this.#cells;
    if (at > 0 && !(tEvent > (c[at - CELLS] as number) && tSeen >= (c[at - CELLS + 1] as number))) this.#inOrder = false;
    c[at] = tEvent;
    c[at + 1] = tSeen;
    c[at + 2] = open;
    c[at + 3] = high;
    c[at + 4] = low;
    c[at + 5] = close;
    c[at + 6] = volume;
    this.count++;
  }
  /**
   * Puts the bars in order and drops all but one of each tEvent: the one with the larger volume (the more complete), then the
   * one seen later, then the one with the larger prices, whatever came first. Returns how many were dropped.
   */
  settle(): number {
    if (this.#inOrder) return 0;
    const rows = Uint32Array.from({ length: this.count }, (_, i) => i);
    rows.sort((a, b) => this.#cell(a, 0) - this.#cell(b, 0) || this.#preferred(a, b));
    let kept = 0;
    for (const row of rows) {
      if (kept > 0 && this.#cell(rows[kept - 1] as number, 0) === this.#cell(row, 0)) continue;
      rows[kept++] = row;
    }
    const dropped = this.count - kept;
    this.#order = rows.slice(0, kept).sort((a, b) => this.#cell(a, 1) - this.#cell(b, 1) || this.#cell(a, 0) - this.#cell(b, 0));
    this.count = kept;
    return dropped;
  }
  /** @param i place in order, after `settle`. */
  seenAt(i: number): number {
    return this.#cell(this.#row(i), 1);
  }
  barAt(i: number): Bar {
    const at = this.#row(i) * CELLS;
    const c = this.#cells;
    return bar(
      this.ticker,
      ms(c[at] as number),
      ms(c[at + 1] as number),
      c[at + 2] as number,
      c[at + 3] as number,
      c[at + 4] as number,
      c[at + 5] as number,
      c[at + 6] as number,
      this.barMs,
    );
  }
  #row(i: number): number {
    return this.#order === null ? i : (this.#order[i] as number);
  }
  #cell(row: number, cell: number): number {
    return this.#cells[row * CELLS + cell] as number;
  }
  #preferred(a: number, b: number): number {
    for (const cell of [6, 1, 5, 2, 3, 4]) {
      const difference = this.#cell(b, cell) - this.#cell(a, cell);
      if (difference !== 0) return difference;
    }
    return 0;
  }
}
