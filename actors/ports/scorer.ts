import type { NewsRaw, Scorer as ScorerName } from "../../streams/domain/news.ts";
import type { Ticker } from "../../streams/domain/units.ts";

/** A headline's mood. score in [-1, 1], confidence in [0, 1]; tickers it is about. */
export interface Mood {
  readonly tickers: readonly Ticker[];
  readonly score: number;
  readonly confidence: number;
  readonly scorer: ScorerName;
}
/** A headline as a scorer gets it. */
export type Headline = Pick<NewsRaw, "headline" | "tickers">;

/** Scores by arithmetic alone: at once, and always the same. A replay asks it again. */
export interface PureScorer {
  readonly name: ScorerName;
  score(news: Headline): Mood;
}
/** A model outside the core, that takes its time. Its answers are on the tape; a replay reads them there. */
export interface Scorer {
  readonly name: Exclude<ScorerName, "builtin">;
  score(news: Headline, signal: AbortSignal): Promise<Mood>;
}
/** Who scores the headlines of a run. */
export type ScorerPort =
  | { readonly answers: "again"; readonly scorer: PureScorer }
  | { readonly answers: "recorded"; readonly scorer: Scorer };

/** What the sentiment actor asks for. */
export interface ScoreRequest {
  readonly news: NewsRaw;
}
