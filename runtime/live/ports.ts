import type { Clock } from "../../actors/actor.ts";
import type { Broker } from "../../actors/ports/broker.ts";
import type { Feed } from "../../actors/ports/feed.ts";
import type { PureScorer, ScorerPort } from "../../actors/ports/scorer.ts";
import type { Answers } from "../../actors/ports/tape.ts";
import type { Timing } from "../../actors/ports/timing.ts";
import { PORTS } from "../../actors/topology.ts";
import type { Mode } from "../../gateway/contract/systemItems.ts";
import type { Source } from "./source.ts";

/** Where the inputs of a run come from, and a hash of what defines them. */
export type Inputs =
  | { readonly from: "source"; readonly source: Source; readonly hash: string }
  | { readonly from: "feed"; readonly feed: Feed; readonly hash: string };

/** Who answers a run, and what money it moves. The one thing that differs between a simulated run and one at a broker. */
export interface Ports {
  readonly mode: Mode;
  readonly inputs: Inputs;
  /** Null: the simulated exchange. */
  readonly broker: Broker | null;
  readonly scorer: ScorerPort;
  /** Scores what a scorer outside fails at. */
  readonly fallback: PureScorer;
  /** The machine's clock; a feed's market time. */
  readonly clock: Clock;
  /** For time-outs of ports outside. */
  readonly timing: Timing;
}

/** What the header of the run's tape says of its ports. Nothing where all are asked again. */
export const answersOf = ({ broker, scorer }: Pick<Ports, "broker" | "scorer">): Answers | undefined => {
  const recorded: Record<string, "recorded"> = {};
  if (broker !== null) recorded[PORTS.broker] = "recorded";
  if (scorer.answers === "recorded") recorded[PORTS.scorer] = "recorded";
  return Object.keys(recorded).length > 0 ? recorded : undefined;
};
