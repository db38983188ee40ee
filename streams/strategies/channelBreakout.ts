import { map, mergeMap, withLatestFrom } from "rxjs";
import { z } from "zod";
import type { Bar } from "../domain/market.ts";
import { toPx } from "../domain/units.ts";
import { highest, lowest } from "../indicators/extremes.ts";
import { defineStrategy, type Holding, type OrderAction } from "./define.ts";

const Params = z.object({ n: z.int().min(1).default(20), m: z.int().min(1).default(10) });

const toActions = (p: z.output<typeof Params>) => {
  const ceiling = highest(p.n);
  const floor = lowest(p.m);
  let seen = 0;
  return ([bar, holding]: readonly [Bar, Holding]): readonly OrderAction[] => {
    const top = ceiling.next(bar.high);
    const bottom = floor.next(bar.low);
    seen += 1;
    if (seen < Math.max(p.n, p.m, 2) || top === undefined || bottom === undefined) return [];
    if (holding.shares > 0)
      return [
        { do: "cancelAll" },
        {
          do: "submit",
          order: {
            side: "sell",
            kind: "stop",
            qty: null,
            reduceOnly: true,
            stopPx: toPx(bottom),
            reason: `lowest low of ${p.m} bars`,
          },
        },
      ];
    if (holding.shares === 0)
      return [
        { do: "cancelAll" },
        {
          do: "submit",
          order: { side: "buy", kind: "stop", qty: null, stopPx: toPx(top), reason: `highest high of ${p.n} bars` },
        },
      ];
    return [{ do: "cancelAll" }];
  };
};

/** Donchian's channel: buys above the highest high of n bars, leaves below the lowest low of m. Orders are renewed every bar. */
export const channelBreakout = defineStrategy({
  name: "channel_breakout",
  params: Params,
  warmup: (p) => Math.max(p.n, p.m) + 1,
  orders: ({ bars$, position$ }, p) =>
    bars$.pipe(
      withLatestFrom(position$),
      map(toActions(p)),
      mergeMap((actions) => actions),
    ),
});
