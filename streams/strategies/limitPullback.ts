import { map, mergeMap, withLatestFrom } from "rxjs";
import { z } from "zod";
import type { Bar } from "../domain/market.ts";
import { type Ms, toPx } from "../domain/units.ts";
import { defineStrategy, type Holding, type OrderAction } from "./define.ts";

const Params = z.object({
  /** Fraction below the close at which to buy. */
  x: z.number().positive().max(1).default(0.01),
  /** Bars to hold, counted from the bar of the entry. */
  hold: z.int().min(1).default(5),
});

const toActions = (p: z.output<typeof Params>) => {
  let index = -1;
  let entry = 0;
  let since: Ms | null = null;
  return ([bar, holding]: readonly [Bar, Holding]): readonly OrderAction[] => {
    index += 1;
    if (holding.since !== since) {
      since = holding.since;
      entry = index;
    }
    if (index === 0) return [];
    if (holding.shares === 0) {
      const limitPx = toPx(bar.close * (1 - p.x));
      return [
        { do: "cancelAll" },
        { do: "submit", order: { side: "buy", kind: "limit", qty: null, limitPx, reason: "a pullback from the close" } },
      ];
    }
    if (index - entry >= p.hold)
      return [
        { do: "cancelAll" },
        {
          do: "submit",
          order: { side: "sell", kind: "market", qty: null, reduceOnly: true, reason: `held ${index - entry} bars` },
        },
      ];
    return [{ do: "cancelAll" }];
  };
};

/** Buys a small fall by a limit order renewed every bar, and leaves at market after `hold` bars. */
export const limitPullback = defineStrategy({
  name: "limit_pullback",
  params: Params,
  warmup: (p) => p.hold + 1,
  orders: ({ bars$, position$ }, p) =>
    bars$.pipe(
      withLatestFrom(position$),
      map(toActions(p)),
      mergeMap((actions) => actions),
    ),
});
