import type { NewsRaw } from "../domain/news.ts";
import type { Ticker } from "../domain/units.ts";
import { exp } from "../market/growth.ts";
import { type Directory, extractTickers, noDirectory } from "./extract.ts";
import { builtinSense, readWords } from "./sense.ts";
import { WordReader } from "./words.ts";

/** A headline's mood. score in [-1, 1], bad to good, 0 when it takes no side; confidence in [0, 1]. */
export interface BuiltinMood {
  readonly tickers: readonly Ticker[];
  readonly score: number;
  readonly confidence: number;
  readonly scorer: "builtin";
}
export interface BuiltinScorer {
  readonly name: "builtin";
  score(news: Pick<NewsRaw, "headline" | "tickers">): BuiltinMood;
}

/** With nothing to go by, a headline is most likely neutral, but that is not much to say. */
const UNREAD = 0.3;
const HEDGED = 0.75;
const ASKED = 0.7;
const MOST = 12;

const thousandths = (x: number): number => Math.round(x * 1000) / 1000;
const bounded = (x: number): number => (x > MOST ? MOST : Math.max(x, -MOST));

/**
 * Scores headlines by a learned lexicon. The weights of words and neighbours sum to a polarity p and an opinion o; the chances of
 * bad, good and neutral are as e^(o − p) : e^(o + p) : 1. Neutral at its most likely scores 0, else the score is good minus bad.
 * Pure and deterministic, no I/O, no clock: it replays as it is.
 * @param directory finds tickers in headlines that come without.
 */
export const builtinScorer = (directory: Directory = noDirectory): BuiltinScorer => {
  const reader = new WordReader();
  return {
    name: "builtin",
    score: ({ headline, tickers }) => {
      const { polarity, opinion, known, hedged, asked } = readWords(builtinSense, reader.read(headline));
      const bad = exp(bounded(opinion - polarity));
      const good = exp(bounded(opinion + polarity));
      const all = bad + good + 1;
      const neutral = known === 0 || (bad <= 1 && good <= 1);
      const doubt = (hedged ? HEDGED : 1) * (asked ? ASKED : 1);
      const side = Math.max(bad, good);
      return {
        tickers: tickers.length > 0 ? tickers : extractTickers(headline, directory),
        score: neutral ? 0 : thousandths((good - bad) / all),
        confidence: known === 0 ? UNREAD : thousandths((neutral ? 1 / all : side / all) * doubt),
        scorer: "builtin",
      };
    },
  };
};
