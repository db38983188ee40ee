import { z } from "zod";
import { headOf, stamped } from "./envelope.ts";
import { Seq, Ticker } from "./units.ts";
import { VERSIONS } from "./versions.ts";

/** One strategy's view of one ticker. score = direction × strength in [-1, 1]; confidence in [0, 1]; causes: the bars and headlines it rests on. */
export const Signal = z.object({
  ...headOf("signal.generated"),
  strategy: z.string().min(1),
  ticker: Ticker,
  score: z.number().min(-1).max(1),
  confidence: z.number().min(0).max(1),
  /** In the strategy's own words, for people: "fast 101.20 crossed above slow 100.95". */
  reason: z.string(),
  causes: z.array(Seq).readonly(),
});
export type Signal = Readonly<z.output<typeof Signal>>;

/** How a signal weighed in a target: weight × score × confidence, normalised by the ensemble. */
export const Contribution = z.object({
  strategy: z.string(),
  signal: Seq,
  weight: z.number(),
  score: z.number(),
  confidence: z.number(),
});
export type Contribution = Readonly<z.output<typeof Contribution>>;

/** The ensemble's wanted weight of a ticker: fraction of equity in [-1, 1] before risk. `strength` in [-1, 1] is the combined view. */
export const Target = z.object({
  ...headOf("target.set"),
  ticker: Ticker,
  strength: z.number().min(-1).max(1),
  weight: z.number().min(-1).max(1),
  contributions: z.array(Contribution).readonly(),
});
export type Target = Readonly<z.output<typeof Target>>;

export const signal = (s: Pick<Signal, "strategy" | "ticker" | "score" | "confidence" | "reason" | "causes">): Signal => ({
  type: "signal.generated",
  seq: stamped.seq,
  v: VERSIONS["signal.generated"],
  tEvent: stamped.at,
  tSeen: stamped.at,
  cause: stamped.seq,
  strategy: s.strategy,
  ticker: s.ticker,
  score: s.score,
  confidence: s.confidence,
  reason: s.reason,
  causes: s.causes,
});

export const target = (t: Pick<Target, "ticker" | "strength" | "weight" | "contributions">): Target => ({
  type: "target.set",
  seq: stamped.seq,
  v: VERSIONS["target.set"],
  tEvent: stamped.at,
  tSeen: stamped.at,
  cause: stamped.seq,
  ticker: t.ticker,
  strength: t.strength,
  weight: t.weight,
  contributions: t.contributions,
});
