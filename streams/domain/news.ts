import { z } from "zod";
import { headOf, stamped } from "./envelope.ts";
import { type Ms, Ticker } from "./units.ts";
import { VERSIONS } from "./versions.ts";

/** A headline as it came in. `tickers` may be empty: the extractor fills them in. */
export const NewsRaw = z.object({
  ...headOf("news.raw"),
  /** Stable over re-reads of the same feed: a hash of source and link or headline. */
  id: z.string().min(1),
  source: z.string().min(1),
  tickers: z.array(Ticker).readonly(),
  headline: z.string().min(1),
  url: z.string().nullable(),
});
export type NewsRaw = Readonly<z.output<typeof NewsRaw>>;

export const Scorer = z.enum(["finbert", "ollama", "builtin"]);
export type Scorer = z.output<typeof Scorer>;

/** A headline with its sentiment. score in [-1, 1], bad to good; confidence in [0, 1]. */
export const NewsScored = z.object({
  ...headOf("news.scored"),
  id: z.string().min(1),
  source: z.string().min(1),
  tickers: z.array(Ticker).readonly(),
  headline: z.string().min(1),
  url: z.string().nullable(),
  score: z.number().min(-1).max(1),
  confidence: z.number().min(0).max(1),
  scorer: Scorer,
});
export type NewsScored = Readonly<z.output<typeof NewsScored>>;

export const newsRaw = (
  at: { readonly tEvent: Ms; readonly tSeen: Ms },
  n: Pick<NewsRaw, "id" | "source" | "tickers" | "headline" | "url">,
): NewsRaw => ({
  type: "news.raw",
  seq: stamped.seq,
  v: VERSIONS["news.raw"],
  tEvent: at.tEvent,
  tSeen: at.tSeen,
  cause: stamped.seq,
  id: n.id,
  source: n.source,
  tickers: n.tickers,
  headline: n.headline,
  url: n.url,
});

export const newsScored = (
  raw: NewsRaw,
  tSeen: Ms,
  mood: { readonly tickers: readonly Ticker[]; readonly score: number; readonly confidence: number; readonly scorer: Scorer },
): NewsScored => ({
  type: "news.scored",
  seq: stamped.seq,
  v: VERSIONS["news.scored"],
  tEvent: raw.tEvent,
  tSeen,
  cause: raw.seq,
  id: raw.id,
  source: raw.source,
  tickers: mood.tickers,
  headline: raw.headline,
  url: raw.url,
  score: mood.score,
  confidence: mood.confidence,
  scorer: mood.scorer,
});
