import { z } from "zod";
import { Ms, ms, Seq, seq } from "./units.ts";

/**
 * What every event carries.
 * seq: its place on the tape, given by the door, the only order that counts.
 * v: version of the event's shape; old tapes are lifted to today's shape when they are read.
 * tEvent: when the world did it. tSeen: when we could first know it; replay releases it then.
 * cause: the seq of the event that led to this one, 0 for what came from outside.
 */
export const head = { seq: Seq, v: z.literal(1), tEvent: Ms, tSeen: Ms, cause: Seq };

/** The two times of an event. */
export interface Stamp {
  readonly tEvent: Ms;
  readonly tSeen: Ms;
}

/** What an event carries until the door stamps it: `seq` 0, and for decisions no time yet. The door writes both in place. */
export const stamped = { seq: seq(0), at: ms(0) } as const;
