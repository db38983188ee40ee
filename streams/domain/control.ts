import { z } from "zod";
import { headOf, stamped } from "./envelope.ts";
import { type Ms, Ticker } from "./units.ts";
import { VERSIONS } from "./versions.ts";

/** What a person or a schedule asks the core to do. */
export const Command = z.discriminatedUnion("do", [
  z.object({ do: z.literal("pause"), reason: z.string() }),
  /** Ends a pause. It does not end a kill. */
  z.object({ do: z.literal("resume") }),
  /** Out of a ticker: its orders are withdrawn, what the deck owns of it is sold. Over when it is flat. `wholeAccount`: also what others bought. */
  z.object({ do: z.literal("close"), ticker: Ticker, wholeAccount: z.boolean().optional() }),
  z.object({ do: z.literal("closeAll"), wholeAccount: z.boolean().optional() }),
  /** Stop trading, withdraw every working order, close every position, and stay flat. Only `unkill` ends it. */
  z.object({ do: z.literal("kill"), reason: z.string(), wholeAccount: z.boolean().optional() }),
  z.object({ do: z.literal("unkill") }),
  /** Every open order is looked up at the broker. A start with a broker outside begins with it. */
  z.object({ do: z.literal("reconcile") }),
  /** Tells a dead letter's message to its actor again. */
  z.object({ do: z.literal("retry"), letter: z.int() }),
  z.object({ do: z.literal("actor"), path: z.string(), action: z.enum(["restart", "pause", "resume", "stop"]) }),
]);
export type Command = Readonly<z.output<typeof Command>>;

export const ControlCommand = z.object({ ...headOf("control.command"), by: z.string(), command: Command });
export type ControlCommand = Readonly<z.output<typeof ControlCommand>>;

/** The clock moved on with nothing else to say: timers that are due fire. Live, the only way time passes without an event. */
export const ClockMark = z.object({ ...headOf("clock.mark") });
export type ClockMark = Readonly<z.output<typeof ClockMark>>;

export const controlCommand = (by: string, command: Command, at: Ms): ControlCommand => ({
  type: "control.command",
  seq: stamped.seq,
  v: VERSIONS["control.command"],
  tEvent: at,
  tSeen: at,
  cause: stamped.seq,
  by,
  command,
});
export const clockMark = (at: Ms): ClockMark => ({
  type: "clock.mark",
  seq: stamped.seq,
  v: VERSIONS["clock.mark"],
  tEvent: at,
  tSeen: at,
  cause: stamped.seq,
});
