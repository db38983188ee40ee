import { z } from "zod";
import { headOf, type Stamp, stamped } from "./envelope.ts";
import { type Ms, Ticker } from "./units.ts";
import { VERSIONS } from "./versions.ts";

const price = z.number().positive();
const size = z.number().nonnegative();

/** One bar of one ticker. Prices are observations (float USD), volume in shares. tEvent: its start; tSeen: its close, when it was known. */
export const Bar = z.object({
  ...headOf("market.bar"),
  ticker: Ticker,
  open: price,
  high: price,
  low: price,
  close: price,
  volume: size,
  /** Length in milliseconds: 60_000 a minute bar, 86_400_000 a daily bar. */
  barMs: z.int().positive(),
});
export type Bar = Readonly<z.output<typeof Bar>>;

/** Best bid and offer. Sizes in shares. */
export const Quote = z.object({
  ...headOf("market.quote"),
  ticker: Ticker,
  bid: price,
  ask: price,
  bidSize: size,
  askSize: size,
});
export type Quote = Readonly<z.output<typeof Quote>>;

/** A print on the tape: one trade between strangers. */
export const Tick = z.object({ ...headOf("market.tick"), ticker: Ticker, price, size });
export type Tick = Readonly<z.output<typeof Tick>>;

/** Trading in one ticker stops or goes on. */
export const Halt = z.object({
  ...headOf("market.halt"),
  ticker: Ticker,
  halted: z.boolean(),
  reason: z.string(),
});
export type Halt = Readonly<z.output<typeof Halt>>;

/** A bar that cannot be one, or that the feed said of a time to come: it was refused at the door, and no actor saw it. The numbers as they came. */
export const BarRefused = z.object({
  ...headOf("market.barRefused"),
  ticker: Ticker,
  reason: z.string(),
});
export type BarRefused = Readonly<z.output<typeof BarRefused>>;
export const barRefused = (ticker: Ticker, reason: string, stamp: Stamp): BarRefused => ({
  type: "market.barRefused",
  seq: stamped.seq,
  v: VERSIONS["market.barRefused"],
  tEvent: stamp.tEvent,
  tSeen: stamp.tSeen,
  cause: stamped.seq,
  ticker,
  reason,
});

/** Why these numbers cannot be a bar, or null when they can. Ref: low ≤ min(open, close) ≤ max(open, close) ≤ high. */
export const barFault = (b: Pick<Bar, "open" | "high" | "low" | "close" | "volume">): string | null => {
  if (!(b.open > 0 && b.high > 0 && b.low > 0 && b.close > 0)) return "a price is missing or not above zero";
  if (!(Number.isFinite(b.open) && Number.isFinite(b.high) && Number.isFinite(b.low) && Number.isFinite(b.close)))
    return "a price is not finite";
  if (!(b.volume >= 0)) return "volume is missing or negative";
  if (b.volume === Number.POSITIVE_INFINITY) return "volume is not finite";
  if (b.high < b.low) return `high ${b.high} is below low ${b.low}`;
  if (b.open > b.high || b.close > b.high) return `high ${b.high} is below open or close`;
  if (b.open < b.low || b.close < b.low) return `low ${b.low} is above open or close`;
  return null;
};

/** Whether it can be a bar that was seen: prices and volume as `barFault` wants them, some length, and begun before it was seen. For every bar at the door. */
export const isBarSound = (b: Bar): boolean =>
  b.low > 0 &&
  b.low <= b.open &&
  b.low <= b.close &&
  b.open <= b.high &&
  b.close <= b.high &&
  b.high < Number.POSITIVE_INFINITY &&
  b.volume >= 0 &&
  b.volume < Number.POSITIVE_INFINITY &&
  b.barMs > 0 &&
  b.tEvent <= b.tSeen;

/** A bar that is not sound as the event that takes its place. A time that can be none is left to the reason. */
export const refusalOf = (b: Bar): BarRefused => {
  const fault =
    barFault(b) ?? (b.barMs > 0 ? `it begins at ${b.tEvent}, after it was seen at ${b.tSeen}` : `its length is ${b.barMs} ms`);
  const { open, high, low, close, volume, tSeen } = b;
  const tEvent = b.tEvent >= 0 && b.tEvent <= tSeen ? b.tEvent : tSeen;
  return barRefused(b.ticker, `${fault} (open ${open}, high ${high}, low ${low}, close ${close}, volume ${volume})`, {
    tEvent,
    tSeen,
  });
};

/** Builds a bar without a parse: for readers whose source was validated on the way in. */
export const bar = (
  symbol: Ticker,
  tEvent: Ms,
  tSeen: Ms,
  open: number,
  high: number,
  low: number,
  close: number,
  volume: number,
  barMs: number,
): Bar => ({
  type: "market.bar",
  seq: stamped.seq,
  v: VERSIONS["market.bar"],
  tEvent,
  tSeen,
  cause: stamped.seq,
  ticker: symbol,
  open,
  high,
  low,
  close,
  volume,
  barMs,
});

export const quote = (symbol: Ticker, at: Stamp, bid: number, ask: number, bidSize: number, askSize: number): Quote => ({
  type: "market.quote",
  seq: stamped.seq,
  v: VERSIONS["market.quote"],
  tEvent: at.tEvent,
  tSeen: at.tSeen,
  cause: stamped.seq,
  ticker: symbol,
  bid,
  ask,
  bidSize,
  askSize,
});

export const halt = (symbol: Ticker, at: Stamp, halted: boolean, reason: string): Halt => ({
  type: "market.halt",
  seq: stamped.seq,
  v: VERSIONS["market.halt"],
  tEvent: at.tEvent,
  tSeen: at.tSeen,
  cause: stamped.seq,
  ticker: symbol,
  halted,
  reason,
});
