import { z } from "zod";
import { Ms, ms, Seq, seq } from "./units.ts";
import { VERSIONS, type VersionedType } from "./versions.ts";

/**
 * What every event carries.
 * seq: its place on the tape, given by the door, the only order that counts.
 * v: version of the shape of its type; old tapes are lifted to today's shape when they are read.
 * tEvent: when the world did it. tSeen: when we could first know it; replay releases it then.
 * cause: the seq of the event that led to this one, 0 for what came from outside.
 */
export const headOf = <T extends VersionedType>(type: T) => ({
  type: z.literal(type),
  seq: Seq,
  v: z.literal(VERSIONS[type]),
  tEvent: Ms,
  tSeen: Ms,
  cause: Seq,
});

/** The two times of an event. */
export interface Stamp {
  readonly tEvent: Ms;
  readonly tSeen: Ms;
}

/** What an event carries until the door stamps it: `seq` 0, and for decisions no time yet. The door writes both in place. */
export const stamped = { seq: seq(0), at: ms(0) } as const;
