import { map, mergeMap, withLatestFrom } from "rxjs";
import { z } from "zod";
import type { Bar } from "../domain/market.ts";
import { toPx } from "../domain/units.ts";
import { rsi } from "../indicators/rsi.ts";
import { defineStrategy, type Holding, type OrderAction } from "./define.ts";

const Params = z.object({
  n: z.int().min(2).default(14),
  lo: z.number().min(0).max(100).default(30),
  hi: z.number().min(0).max(100).default(60),
  /** Stop-loss and take-profit as fractions of the close. */
  sl: z.number().positive().max(1).default(0.05),
  tp: z.number().positive().default(0.08),
});

const toActions = (p: z.output<typeof Params>) => {
  const measure = rsi(p.n);
  let last: number | undefined;
  return ([bar, holding]: readonly [Bar, Holding]): readonly OrderAction[] => {
    const before = last;
    const now = measure.next(bar.close);
    last = now;
    if (now === undefined || before === undefined) return [];
    if (holding.shares === 0 && before >= p.lo && now < p.lo) {
      const bracket = { stopLoss: toPx(bar.close * (1 - p.sl)), takeProfit: toPx(bar.close * (1 + p.tp)) };
      return [
        { do: "submit", order: { side: "buy", kind: "market", qty: null, bracket, reason: `RSI fell to ${now.toFixed(1)}` } },
      ];
    }
    if (holding.shares > 0 && now > p.hi)
      return [
        {
          do: "submit",
          order: { side: "sell", kind: "market", qty: null, reduceOnly: true, reason: `RSI rose to ${now.toFixed(1)}` },
        },
      ];
    return [];
  };
};

/** Buys a fall of Wilder's RSI below `lo` with a stop-loss and a take-profit attached, and leaves when it rises above `hi`. */
export const rsiBracket = defineStrategy({
  name: "rsi_bracket",
  params: Params,
  warmup: (p) => p.n * 20,
  orders: ({ bars$, position$ }, p) =>
    bars$.pipe(
      withLatestFrom(position$),
      map(toActions(p)),
      mergeMap((actions) => actions),
    ),
});
