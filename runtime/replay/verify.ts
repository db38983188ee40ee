import type { TapeReader } from "../../actors/ports/tape.ts";
import { type CoreOptions, tradingCore } from "../core/tradingCore.ts";
import { TapeSource } from "./player.ts";
import { Rehearsal } from "./rehearsal.ts";

export interface Verified {
  /** Entries that came out the same: all of them. */
  readonly entries: number;
  readonly decisionsHash: string;
  /** By the rules of version 1 of the hash: for one release. */
  readonly decisionsHash1: string;
}

/**
 * Plays a run's tape again from its inputs alone and holds everything the core comes to against what was recorded.
 * @throws Divergence naming the first difference.
 */
export const verify = (open: () => TapeReader, options: Omit<CoreOptions, "record">): Verified => {
  const rehearsal = new Rehearsal(open());
  const core = tradingCore({
    ...options,
    record: (event) => {
      if (!rehearsal.meets(event)) rehearsal.beyond(event);
    },
  });
  const inputs = new TapeSource(open());
  for (let batch = inputs.next(); batch !== null; batch = inputs.next()) core.feed(batch);
  if (rehearsal.next !== null) core.door.advanceTo(rehearsal.next.tSeen);
  rehearsal.finish();
  return { entries: core.door.tail, decisionsHash: core.hash.hex(), decisionsHash1: core.hash.hex1() };
};
