import { z } from "zod";
import type { DurableStreams } from "../../../actors/ports/streams.ts";
import { KEYS } from "./names.ts";

/** What the feed plays. */
export const SourceAbout = z.object({
  kind: z.enum(["generated", "tape", "feed"]),
  name: z.string(),
  hash: z.string(),
  from: z.int().nullable(),
  to: z.int().nullable(),
  historyUntil: z.number(),
});
export type SourceAbout = z.output<typeof SourceAbout>;

/** What the core wants from the producers: inputs of this source seen after `after`, labelled with `run` and `attempt`. */
export const PlayOrder = z.object({
  run: z.string(),
  /** Of the run among those with the same settings and source. */
  number: z.int().positive(),
  configHash: z.string(),
  source: z.string(),
  after: z.int().nonnegative(),
  /** Grows when the core missed something and wants it again. */
  attempt: z.int().positive(),
});
export type PlayOrder = z.output<typeof PlayOrder>;
export const playOf = (o: Pick<PlayOrder, "run" | "attempt">): string => `${o.run}:${o.attempt}`;

const parsed = <T>(schema: z.ZodType<T>, text: string | null): T | null => {
  if (text === null) return null;
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return null; // of another version: as if nobody had said anything
  }
};

export const readPlay = async (streams: DurableStreams): Promise<PlayOrder | null> =>
  parsed(PlayOrder, await streams.get(KEYS.play));
export const writePlay = (streams: DurableStreams, order: PlayOrder): Promise<void> =>
  streams.put(KEYS.play, JSON.stringify(order));
export const readSource = async (streams: DurableStreams): Promise<SourceAbout | null> =>
  parsed(SourceAbout, await streams.get(KEYS.source));
export const writeSource = (streams: DurableStreams, about: SourceAbout): Promise<void> =>
  streams.put(KEYS.source, JSON.stringify(about));
