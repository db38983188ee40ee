import type { PureScorer } from "../../actors/ports/scorer.ts";
import type { TapeReader } from "../../actors/ports/tape.ts";
import { PORTS } from "../../actors/topology.ts";
import type { RunConfig } from "../../streams/domain/run.ts";
import { type CoreOptions, type Surroundings, tradingCore } from "../core/tradingCore.ts";
import { simulated } from "../core/venue.ts";
import { isRecorded, TapeSource } from "./player.ts";
import { RecordedRequests } from "./recordedRequests.ts";
import { Rehearsal } from "./rehearsal.ts";

export interface Verified {
  /** Entries that came out the same: all of them. */
  readonly entries: number;
  readonly decisionsHash: string;
  /** By the rules of version 1 of the hash: for one release. */
  readonly decisionsHash1: string | null;
}

export type VerifyOptions = Omit<CoreOptions, "record" | keyof Surroundings> & {
  /** Answers for the ports that are asked again. */
  readonly scorer: PureScorer;
};

const around = (config: RunConfig, scorer: PureScorer, recorded: RecordedRequests, isOutside: (port: string) => boolean) => {
  const again = simulated(config, scorer);
  const noted = (port: string) => (isOutside(port) ? { [port]: recorded.performer(port) } : {});
  const performers = { ...again.performers, ...noted(PORTS.broker), ...noted(PORTS.scorer) };
  return isOutside(PORTS.broker) ? { performers, venue: null, notes: [] } : { ...again, performers };
};

/**
 * Plays a run's tape again from its inputs alone and holds everything the core comes to against what was recorded. Ports outside are not asked:
 * their answers are on the tape, and the requests are compared.
 * @throws Divergence naming the first difference.
 */
export const verify = (open: () => TapeReader, { scorer, ...options }: VerifyOptions): Verified => {
  const recording = open();
  const answers = recording.header.answers ?? {};
  const rehearsal = new Rehearsal(recording);
  const recorded = new RecordedRequests(answers);
  const core = tradingCore({
    ...around(options.config, scorer, recorded, (port) => isRecorded(answers, port)),
    ...options,
    bothHashes: true,
    record: (event) => {
      if (!rehearsal.meets(event)) rehearsal.beyond(event);
      recorded.hears(event);
    },
  });
  const inputs = new TapeSource(open());
  for (let batch = inputs.next(); batch !== null; batch = inputs.next()) core.feed(batch);
  if (rehearsal.next !== null) core.door.advanceTo(rehearsal.next.tSeen);
  rehearsal.finish();
  return { entries: core.door.tail, decisionsHash: core.hash.hex(), decisionsHash1: core.hash.hex1() };
};
