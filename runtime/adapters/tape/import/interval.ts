import type { Ticker } from "../../../../streams/domain/units.ts";
import type { Stamp } from "./stamp.ts";

export const DAY_MS = 86_400_000;
const INTERVALS: Readonly<Record<string, number>> = {
  "1m": 60_000,
  "2m": 120_000,
  "5m": 300_000,
  "10m": 600_000,
  "15m": 900_000,
  "30m": 1_800_000,
  "1h": 3_600_000,
  "2h": 7_200_000,
  "4h": 14_400_000,
  "1d": DAY_MS,
};
export const INTERVAL_NAMES = Object.keys(INTERVALS);
/** "5m" → 300_000; undefined for a length that is not one of `INTERVAL_NAMES`. */
export const intervalMs = (name: string): number | undefined => INTERVALS[name];
export const intervalName = (barMs: number): string => INTERVAL_NAMES.find((name) => INTERVALS[name] === barMs) ?? `${barMs} ms`;

/** The bar length: a day where only dates are written, else the commonest step of a ticker's stamps; null when there is no step yet. */
export const likelyInterval = (rows: readonly { readonly symbol: Ticker; readonly stamp: Stamp }[]): number | null => {
  if (rows.every((row) => row.stamp.precision === "day")) return DAY_MS;
  const last = new Map<Ticker, number>();
  const steps = new Map<number, number>();
  for (const { symbol, stamp } of rows) {
    const step = Math.abs(stamp.at - (last.get(symbol) ?? stamp.at));
    if (step > 0) steps.set(step, (steps.get(step) ?? 0) + 1);
    last.set(symbol, stamp.at);
  }
  let likely: number | null = null;
  let most = 0;
  for (const [step, count] of steps)
    if (count > most || (count === most && likely !== null && step < likely)) {
      most = count;
      likely = step;
    }
  if (likely === null) return null;
  if (likely > 20 * 3_600_000) return DAY_MS; // a day, a weekend, or a day of 23 or 25 hours
  return Object.values(INTERVALS).includes(likely) ? likely : null;
};
