import { type Ms, ms } from "../../../streams/domain/units.ts";
import { nextSession, type Session, sessionAt } from "../../../streams/market/calendar.ts";

const DAY_MS = 86_400_000;
/** Gaps named one by one; the rest are only counted. */
const NAMED = 10;

/** A hole between two bars of one ticker and length. */
export interface Gap {
  /** tEvent of the bar before and of the bar after, epoch ms. */
  readonly from: number;
  readonly to: number;
  /** NYSE sessions (daily bars) or bar lengths within sessions that should have had a bar. */
  readonly missing: number;
}

/** Bars of one ticker and one length. Times are tEvent, epoch ms. */
export interface SeriesInfo {
  readonly ticker: string;
  readonly barMs: number;
  readonly bars: number;
  readonly first: number;
  readonly last: number;
  readonly missing: number;
  /** The first ten. */
  readonly gaps: readonly Gap[];
}

/** The first session that opens after a moment, not at it. */
const after = (moment: Ms): Session => nextSession(ms(moment + 1));

/** Sessions that open after `from` and before `to`. */
const sessionsBetween = (from: Ms, to: Ms): number => {
  let count = 0;
  for (let s = after(from); s.open < to; s = after(s.open)) count++;
  return count;
};

/** Bar lengths, counted from each session's open, that begin within a session at or after `from` and before `to`. */
const intervalsBetween = (from: Ms, to: Ms, barMs: number): number => {
  let count = 0;
  for (let s = sessionAt(from) ?? nextSession(from); s.open < to; s = after(s.open)) {
    const first = Math.ceil(Math.max(0, from - s.open) / barMs);
    const end = Math.ceil((Math.min(s.close, to) - s.open) / barMs);
    count += Math.max(0, end - first);
  }
  return count;
};

/** Follows the bars of one ticker and length and counts what is missing between them on the NYSE calendar. */
export class Series {
  readonly #ticker: string;
  readonly #barMs: number;
  readonly #first: number;
  readonly #gaps: Gap[] = [];
  #last: number;
  #bars = 1;
  #missing = 0;

  constructor(ticker: string, barMs: number, first: number) {
    this.#ticker = ticker;
    this.#barMs = barMs;
    this.#first = first;
    this.#last = first;
  }
  next(tEvent: Ms): void {
    this.#bars++;
    const last = this.#last;
    const expected = last + this.#barMs;
    if (tEvent > expected) {
      const missing =
        this.#barMs >= DAY_MS ? sessionsBetween(ms(last), tEvent) : intervalsBetween(ms(expected), tEvent, this.#barMs);
      this.#missing += missing;
      if (missing > 0 && this.#gaps.length < NAMED) this.#gaps.push({ from: last, to: tEvent, missing });
    }
    if (tEvent > last) this.#last = tEvent;
  }
  info(): SeriesInfo {
    return {
      ticker: this.#ticker,
      barMs: this.#barMs,
      bars: this.#bars,
      first: this.#first,
      last: this.#last,
      missing: this.#missing,
      gaps: this.#gaps,
    };
  }
}
