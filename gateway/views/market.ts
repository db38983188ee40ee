import type { Bar, Halt, Quote, Tick } from "../../streams/domain/market.ts";
import type { NewsScored } from "../../streams/domain/news.ts";
import type { Ticker } from "../../streams/domain/units.ts";
import type { QuoteItem } from "../contract/items.ts";
import { type BarRing, barRing } from "./barRing.ts";
import { type Change, NOTHING, type View } from "./view.ts";

/** Half-life of a headline's mood. */
const MOOD_HALF_LIFE_MS = 2 * 3_600_000;

/** What is known of one ticker. Changed in place by the fold. */
export interface Line {
  readonly ticker: Ticker;
  readonly bars: BarRing;
  /** Bars already told in `bars.TICKER`. */
  told: number;
  quote: Quote | null;
  /** Last price and when; 0 before the first. */
  px: number;
  pxAt: number;
  /** The first price, for the benchmark. */
  firstPx: number;
  mood: number;
  moodAt: number;
  /** Length of its bars, 0 without any. */
  barMs: number;
  barDirty: boolean;
  quoteDirty: boolean;
}

/** Sentiment of a line at a moment, −1 to 1; null when no headline was about it. */
export const moodOf = (line: Line, now: number): number | null =>
  line.moodAt === 0 ? null : line.mood * 0.5 ** (Math.max(0, now - line.moodAt) / MOOD_HALF_LIFE_MS);

export interface Market {
  readonly bars: View;
  readonly quotes: View;
  line(ticker: Ticker): Line;
  known(ticker: string): Line | undefined;
  /** The view of `bars.TICKER`. */
  barsOf(ticker: string): View;
  bar(bar: Bar): Line;
  quote(quote: Quote): Line;
  tick(tick: Tick): Line;
  mood(news: NewsScored): void;
  halt(halt: Halt): void;
  /** Halted tickers, and why. */
  readonly halted: ReadonlyMap<string, string>;
  /** When the market last said anything, core time; 0 before. */
  lastAt(): number;
  /** Mean of last price over first price of all lines; null before the first price. */
  benchmark(): number | null;
  split(ticker: Ticker, ratio: number): void;
}

const quoteItem = (q: Quote): QuoteItem => ({
  ticker: q.ticker,
  at: q.tSeen,
  bid: q.bid,
  ask: q.ask,
  bidSize: q.bidSize,
  askSize: q.askSize,
});

/** Prices and moods by ticker. */
export const market = (): Market => {
  const lines = new Map<string, Line>();
  const halted = new Map<string, string>();
  let dirtyBars: Line[] = [];
  let dirtyQuotes: Line[] = [];
  let priced = 0;
  let ratios = 0;
  let lastAt = 0;

  const lineOf = (ticker: Ticker): Line => {
    const known = lines.get(ticker);
    if (known) return known;
    const line: Line = {
      ticker,
      bars: barRing(ticker),
      told: 0,
      quote: null,
      px: 0,
      pxAt: 0,
      firstPx: 0,
      mood: 0,
      moodAt: 0,
      barMs: 0,
      barDirty: false,
      quoteDirty: false,
    };
    lines.set(ticker, line);
    return line;
  };
  const price = (line: Line, px: number, at: number): Line => {
    if (line.firstPx === 0) {
      line.firstPx = px;
      priced += 1;
      ratios += 1;
    } else ratios += (px - line.px) / line.firstPx;
    line.px = px;
    line.pxAt = at;
    lastAt = at;
    return line;
  };
  const lastBar = (line: Line): Change => ({ key: line.ticker, item: line.bars.since(line.bars.total() - 1)[0] });
  const cleanBars = (): void => {
    for (const line of dirtyBars) line.barDirty = false;
    dirtyBars = [];
  };
  const cleanQuotes = (): void => {
    for (const line of dirtyQuotes) line.quoteDirty = false;
    dirtyQuotes = [];
  };
  const bars: View = {
    items: () => [...lines.values()].filter((l) => l.bars.total() > 0).map((l) => lastBar(l).item),
    drain: () => {
      if (dirtyBars.length === 0) return NOTHING;
      const changes = dirtyBars.map(lastBar);
      cleanBars();
      return changes;
    },
    discard: cleanBars,
  };
  const quotes: View = {
    items: () => [...lines.values()].flatMap((l) => (l.quote ? [quoteItem(l.quote)] : [])),
    drain: () => {
      if (dirtyQuotes.length === 0) return NOTHING;
      const changes = dirtyQuotes.flatMap((l) => (l.quote ? [{ key: l.ticker, item: quoteItem(l.quote) }] : []));
      cleanQuotes();
      return changes;
    },
    discard: cleanQuotes,
  };
  const barsOf = (ticker: string): View => ({
    items: () => lines.get(ticker)?.bars.since(0) ?? [],
    drain: () => {
      const line = lines.get(ticker);
      if (!line || line.told === line.bars.total()) return NOTHING;
      const fresh = line.bars.since(line.told);
      line.told = line.bars.total();
      return fresh.map((item) => ({ key: String(item.at), item }));
    },
    discard: () => {
      const line = lines.get(ticker);
      if (line) line.told = line.bars.total();
    },
  });

  return {
    bars,
    quotes,
    line: lineOf,
    known: (ticker) => lines.get(ticker),
    barsOf,
    halted,
    bar: (e) => {
      const line = lineOf(e.ticker);
      line.bars.push(e);
      line.barMs = e.barMs;
      if (!line.barDirty) {
        line.barDirty = true;
        dirtyBars.push(line);
      }
      return price(line, e.close, e.tSeen);
    },
    quote: (e) => {
      const line = lineOf(e.ticker);
      line.quote = e;
      lastAt = e.tSeen;
      if (!line.quoteDirty) {
        line.quoteDirty = true;
        dirtyQuotes.push(line);
      }
      // Bars and prints are what the ledger is marked by; a quote stands in until there is one.
      return line.bars.total() === 0 ? price(line, (e.bid + e.ask) / 2, e.tSeen) : line;
    },
    tick: (e) => price(lineOf(e.ticker), e.price, e.tSeen),
    mood: (e) => {
      for (const ticker of e.tickers) {
        const line = lineOf(ticker);
        const before = moodOf(line, e.tSeen) ?? 0;
        line.mood = Math.max(-1, Math.min(1, before + e.score * e.confidence));
        line.moodAt = e.tSeen;
      }
    },
    halt: (e) => {
      if (e.halted) halted.set(e.ticker, e.reason);
      else halted.delete(e.ticker);
    },
    lastAt: () => lastAt,
    benchmark: () => (priced === 0 ? null : ratios / priced),
    split: (ticker, ratio) => {
      const line = lines.get(ticker);
      if (!line || line.firstPx === 0) return;
      line.firstPx /= ratio;
      line.px /= ratio;
    },
  };
};
