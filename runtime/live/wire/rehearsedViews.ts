import type { Scorer } from "../../../actors/ports/scorer.ts";
import type { InputEvent } from "../../../streams/domain/event.ts";
import type { RunSetup } from "../../runSetup.ts";
import type { Answers } from "./answers.ts";
import type { Placed } from "./chunk.ts";
import { isShardable, ShardEngine } from "./shardEngine.ts";
import { asSeen } from "./shards.ts";

/** While a core plays its own tape nobody else computes: the views of its strategies are made here, the same way. */
export const rehearsedViews = (setup: RunSetup, scorer: Scorer, answers: Answers, failed: (error: unknown) => void) => {
  const engine = new ShardEngine({
    config: setup.config,
    strategies: setup.strategies.filter(isShardable),
    owns: () => true,
    escalated: (path, error) => failed(new Error(`${path} gave up: ${error}`)),
  });
  return (batch: readonly InputEvent[]): void => {
    answers.forget(batch[0]?.tSeen ?? 0);
    for (const moment of moments(batch)) {
      answers.know(moment);
      answers.add(engine.feed(asSeen(moment, scorer)));
    }
  };
};

const moments = (batch: readonly InputEvent[]): readonly (readonly Placed[])[] => {
  const all: Placed[][] = [];
  for (const event of batch) {
    const last = all.at(-1);
    if (last?.[0]?.event.tSeen === event.tSeen) last.push({ event, place: last.length });
    else all.push([{ event, place: 0 }]);
  }
  return all;
};
