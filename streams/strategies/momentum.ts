import { z } from "zod";
import type { Bar } from "../domain/market.ts";
import { rateOfChange } from "../indicators/change.ts";
import { stdev } from "../indicators/deviation.ts";
import { defineStrategy, type View } from "./define.ts";
import { onlyMoves, present, view } from "./views.ts";

const Params = z.object({
  /** Bars over which the move is measured. */
  lookback: z.int().min(2).default(20),
  /** Moves, in standard deviations of such a move, below which there is no view, and at which it is full. */
  floor: z.number().nonnegative().default(0.75),
  full: z.number().positive().default(2.5),
});

const percent = (x: number): string => `${(x * 100).toFixed(2)} %`;

/** Move over the lookback ÷ (deviation of one bar's return × √lookback): how unusual the move is. */
const toView = (p: z.output<typeof Params>) => {
  const move = rateOfChange(p.lookback);
  const step = rateOfChange(1);
  const noise = stdev(p.lookback * 2);
  return (bar: Bar): View | null => {
    const change = move.next(bar.close);
    const one = step.next(bar.close);
    const deviation = one === undefined ? undefined : noise.next(one);
    if (change === undefined || deviation === undefined || deviation === 0) return null;
    const z = change / (deviation * Math.sqrt(p.lookback));
    const score = Math.abs(z) < p.floor ? 0 : z / p.full;
    return view(
      score,
      Math.min(1, Math.abs(z) / p.full),
      `${percent(change)} over ${p.lookback} bars, ${z.toFixed(1)} deviations`,
      [bar.seq],
    );
  };
};

/** What rose goes on rising: follows moves that are large for the ticker's own noise. Ref: Jegadeesh & Titman 1993, scaled as Moskowitz, Ooi & Pedersen 2012. */
export const momentum = defineStrategy({
  name: "momentum",
  params: Params,
  warmup: (p) => p.lookback * 3 + 2,
  signals: ({ bars$ }, p) => bars$.pipe(present(toView(p)), onlyMoves(0.25)),
});
