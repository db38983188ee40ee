import { z } from "zod";
import type { Bar } from "../domain/market.ts";
import { zScore } from "../indicators/deviation.ts";
import { defineStrategy, type View } from "./define.ts";
import { onlyMoves, present, view } from "./views.ts";

const Params = z
  .object({
    /** Bars of the mean and the deviation. */
    n: z.int().min(3).default(20),
    /** Deviations from the mean at which to step in, and at which the way back is done. */
    enter: z.number().positive().default(2),
    leave: z.number().nonnegative().default(0.5),
  })
  .refine((p) => p.leave < p.enter, { message: "leave must be below enter", path: ["leave"] });

const toView = (p: z.output<typeof Params>) => {
  const measure = zScore(p.n);
  let side = 0;
  return (bar: Bar): View | null => {
    const z = measure.next(bar.close);
    if (z === undefined) return null;
    if (Math.abs(z) >= p.enter) side = -Math.sign(z);
    else if (Math.abs(z) <= p.leave || Math.sign(z) === side) side = 0;
    const score = side === 0 ? 0 : side * Math.max(0.5, Math.min(1, Math.abs(z) / (p.enter * 1.5)));
    return view(score, Math.min(1, Math.abs(z) / p.enter), `${z.toFixed(1)} deviations from the mean of ${p.n} bars`, [bar.seq]);
  };
};

/** What went too far comes back: against moves of `enter` deviations until they are within `leave`. Ref: Bollinger's bands. */
export const meanReversion = defineStrategy({
  name: "meanReversion",
  params: Params,
  warmup: (p) => p.n * 3,
  signals: ({ bars$ }, p) => bars$.pipe(present(toView(p)), onlyMoves(0.25)),
});
