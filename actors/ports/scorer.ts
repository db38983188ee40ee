import type { NewsRaw, Scorer as ScorerName } from "../../streams/domain/news.ts";
import type { Ticker } from "../../streams/domain/units.ts";

/** A headline's mood. score in [-1, 1], confidence in [0, 1]; tickers it is about. */
export interface Mood {
  readonly tickers: readonly Ticker[];
  readonly score: number;
  readonly confidence: number;
  readonly scorer: ScorerName;
}
/** Scores headlines. Synchronous scorers are pure and replay as they are; the answers of others are taped. */
export interface Scorer {
  readonly name: ScorerName;
  score(news: Pick<NewsRaw, "headline" | "tickers">): Mood;
}

/** What the sentiment actor asks for. */
export interface ScoreRequest {
  readonly news: NewsRaw;
}
