import type { ActorSpec } from "../actors/actor.ts";
import { ensembleActor } from "../actors/ensemble.ts";
import { executorActor } from "../actors/executor.ts";
import { learnerActor } from "../actors/learner.ts";
import { portfolioActor } from "../actors/portfolio.ts";
import type { Answers } from "../actors/ports/tape.ts";
import { riskActor } from "../actors/risk.ts";
import { sentimentActor } from "../actors/sentiment.ts";
import { tickersActor } from "../actors/ticker.ts";
import { PORTS } from "../actors/topology.ts";
import type { RunConfig } from "../streams/domain/run.ts";
import type { BoundStrategy } from "../streams/strategies/define.ts";

/** More tickers than this in one process is a mistake in the input. */
const MAX_TICKERS = 20_000;
const MINUTE_MS = 60_000;

/**
 * The supervision tree, as data. Start order is dependency order: a crash in `money` restarts what stands to its right there,
 * nothing to its left. Money comes first, so that it has seen a price before anyone acts on it.
 * @param answers which ports are outside, and answer when they like.
 */
export const deckTree = (
  config: RunConfig,
  runId: string,
  strategies: readonly BoundStrategy[],
  answers: Answers = {},
): ActorSpec => {
  const isOutside = (port: string): boolean => answers[port] === "recorded";
  const weights = new Map(strategies.map((s) => [s.name, s.weight]));
  return {
    name: "deck",
    supervision: { strategy: "one_for_one", maxRestarts: 3, withinMs: MINUTE_MS },
    children: [
      {
        name: "money",
        supervision: { strategy: "rest_for_one", maxRestarts: 3, withinMs: MINUTE_MS },
        children: [
          portfolioActor(config, runId),
          executorActor(isOutside(PORTS.broker), config.tickSize),
          riskActor(config.risk),
        ],
      },
      {
        name: "ideas",
        supervision: { strategy: "one_for_one", maxRestarts: 5, withinMs: MINUTE_MS },
        children: [ensembleActor(config, weights), ...(config.learning ? [learnerActor()] : [])],
      },
      {
        name: "news",
        supervision: { strategy: "one_for_one", maxRestarts: 5, withinMs: MINUTE_MS },
        children: [sentimentActor(isOutside(PORTS.scorer))],
      },
      {
        name: "market",
        supervision: { strategy: "one_for_one", maxRestarts: 5, withinMs: MINUTE_MS },
        children: [tickersActor(config, strategies, MAX_TICKERS)],
      },
    ],
  };
};
