import { z } from "zod";
import type { Bar } from "../domain/market.ts";
import { sma } from "../indicators/sma.ts";
import { defineStrategy, type View } from "./define.ts";
import { present, view } from "./views.ts";

const Params = z
  .object({ fast: z.int().min(1).default(20), slow: z.int().min(2).default(50), long_only: z.boolean().default(false) })
  .refine((p) => p.fast < p.slow, { message: "fast must be shorter than slow", path: ["fast"] });

/** Says when the fast average passed the slow one between the last bar and this one; null otherwise. A touch is no crossing. */
const toCrossing = (fastBars: number, slowBars: number, below: 0 | -1) => {
  const fastMean = sma(fastBars);
  const slowMean = sma(slowBars);
  /** Fields, since a number in a captured variable is an object of its own; NaN before there is one: it is neither above nor below. */
  const last = { fast: Number.NaN, slow: Number.NaN };
  return (bar: Bar): View | null => {
    const fast = fastMean.next(bar.close);
    const slow = slowMean.next(bar.close);
    if (fast === undefined || slow === undefined) return null;
    const wasBelow = last.fast < last.slow;
    const wasAbove = last.fast > last.slow;
    last.fast = fast;
    last.slow = slow;
    if (wasBelow && fast > slow)
      return view(1, 1, `fast average ${fast.toFixed(2)} rose above slow ${slow.toFixed(2)}`, [bar.seq]);
    if (wasAbove && fast < slow)
      return view(below, 1, `fast average ${fast.toFixed(2)} fell below slow ${slow.toFixed(2)}`, [bar.seq]);
    return null;
  };
};

/** Two moving averages: long when the fast one rises above the slow one, short (or flat with `long_only`) when it falls below. Periods in bars. */
export const smaCross = defineStrategy({
  name: "sma_cross",
  params: Params,
  warmup: (p) => p.slow + 1,
  signals: ({ bars$ }, p) => bars$.pipe(present(toCrossing(p.fast, p.slow, p.long_only ? 0 : -1))),
});
