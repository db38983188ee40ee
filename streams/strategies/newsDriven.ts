import { merge } from "rxjs";
import { z } from "zod";
import type { Bar } from "../domain/market.ts";
import type { NewsScored } from "../domain/news.ts";
import type { Seq } from "../domain/units.ts";
import { decayedSum } from "../indicators/decay.ts";
import { defineStrategy, type View } from "./define.ts";
import { onlyMoves, present, view } from "./views.ts";

const Params = z.object({
  /** After this time a headline counts half, ms. */
  halfLifeMs: z
    .int()
    .positive()
    .default(2 * 60 * 60_000),
  /** Mood below which there is no view, and at which it is full. One sure headline is 1. */
  floor: z.number().nonnegative().default(0.25),
  full: z.number().positive().default(1),
  /** Headlines less sure than this are not read. */
  minConfidence: z.number().min(0).max(1).default(0.3),
});

const toView = (p: z.output<typeof Params>) => {
  const mood = decayedSum(p.halfLifeMs);
  let latest: NewsScored | null = null;
  return (event: NewsScored | Bar): View | null => {
    if (event.type === "news.scored") {
      if (event.confidence < p.minConfidence || event.score === 0) return null;
      mood.add(event.tSeen, event.score * event.confidence);
      latest = event;
    }
    if (latest === null) return null;
    const now = mood.valueAt(event.tSeen);
    const score = Math.abs(now) < p.floor ? 0 : now / p.full;
    const causes: readonly Seq[] = event.type === "news.scored" ? [event.seq] : [latest.seq, event.seq];
    return view(
      score,
      Math.min(1, Math.abs(now) / p.full),
      score === 0 ? "the news has faded" : `mood ${now.toFixed(2)}: ${latest.headline}`,
      causes,
    );
  };
};

/** Follows the mood of a ticker's headlines, which fades with time; bars only move its clock. Ref: Tetlock 2007. */
export const newsDriven = defineStrategy({
  name: "newsDriven",
  params: Params,
  warmup: () => 1,
  signals: ({ bars$, news$ }, p) => merge(news$, bars$).pipe(present(toView(p)), onlyMoves(0.25)),
});
