import type { PureScorer, ScorerPort } from "../actors/ports/scorer.ts";
import { COMPANIES } from "../streams/market/companies.ts";
import { directoryOf } from "../streams/news/extract.ts";
import { builtinScorer } from "../streams/news/score.ts";
import type { Config } from "./config.ts";

/** The scorer that is always there. */
export const pureScorer = (): PureScorer => builtinScorer(directoryOf(COMPANIES));

/** Who scores the headlines, by the settings: `SENTIMENT`. Models outside are refused when the settings are read, so far. */
export const scorerOf = (_config: Pick<Config, "sentiment">): ScorerPort => ({ answers: "again", scorer: pureScorer() });
