import { z } from "zod";
import { Ticker } from "../domain/units.ts";
import { COMPANIES } from "./companies.ts";

/** What the generated market is made of. Every field has a default; the same settings make the same bytes. */
export const GeneratedMarketConfig = z.object({
  seed: z.int().nonnegative().default(1),
  /** Tickers of the built-in universe, or any others: those get a character of their own. */
  tickers: z
    .array(Ticker)
    .min(1)
    .readonly()
    .refine((list) => new Set(list).size === list.length, "a ticker is listed twice")
    .prefault(() => COMPANIES.map((c) => c.ticker)),
  /** Company names of tickers outside the universe, for headlines. Without one the ticker stands in. */
  names: z.record(z.string(), z.string()).default({}),
  /** New York date of the first day, "YYYY-MM-DD"; the market opens on the first session on or after it. */
  start: z.iso.date().default("2024-01-02"),
  /** Length of a bar in milliseconds: a second to a day. A day is one bar per session; a session's last bar may be short. */
  barMs: z.int().min(1000).max(86_400_000).default(60_000),
  /** Quotes of each ticker within a bar, each at its own time. */
  quotesPerBar: z.int().nonnegative().max(60).default(0),
  /** Stories a day, over all tickers, on average. Some come twice, in the words of a second source. */
  newsPerDay: z.number().nonnegative().max(2000).default(24),
  /** Share of stories with a mood that do not move the price, or move it the other way. */
  falseAlarms: z.number().min(0).max(1).default(0.2),
  /** Whether trading in a ticker may be halted (bars of at most five minutes). */
  halts: z.boolean().default(true),
  /** Multiplies every volatility. */
  volatility: z.number().positive().max(10).default(1),
  /** Multiplies what headlines do to prices. */
  newsImpact: z.number().nonnegative().max(10).default(1),
});
export type GeneratedMarketConfig = Readonly<z.output<typeof GeneratedMarketConfig>>;
export type GeneratedMarketSettings = Readonly<z.input<typeof GeneratedMarketConfig>>;
