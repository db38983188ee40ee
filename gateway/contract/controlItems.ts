import { z } from "zod";
import { LimitName } from "../../streams/domain/limits.ts";
import { At, Dec, SeqNo, TickerText } from "./wire.ts";

/** Who pressed a control, when on the core's clock, and why. `seq`: the tape entry. */
const Pressed = z.object({ since: At, by: z.string(), reason: z.string(), seq: SeqNo });

/**
 * What is still to be closed of a ticker. `shares` signed, as far as the control reaches: without `wholeAccount` only what the deck bought.
 * `waitsFor`: in plain words; null when nothing is left.
 */
const Left = z.object({ ticker: TickerText, shares: Dec, waitsFor: z.string().nullable() });
export type Left = z.output<typeof Left>;

/**
 * The states that controls put the deck into. One item. Each lasts until it is over: a pause until `resume`, a kill until `unkill`, the closing of
 * a ticker until it is flat, a stopped actor's until it runs, a limit's until the account is within it.
 */
export const ControlItem = z.object({
  /** Nothing halts trading. */
  trading: z.boolean(),
  /** Why nothing may be opened; null when trading. */
  reason: z.string().nullable(),
  paused: Pressed.nullable(),
  killed: Pressed.extend({
    wholeAccount: z.boolean(),
    /** Positions still open, and orders still at work. Both 0: flat. */
    left: z.int().nonnegative(),
    orders: z.int().nonnegative(),
    positions: z.array(Left),
  }).nullable(),
  closing: z.array(Pressed.extend({ ticker: TickerText, wholeAccount: z.boolean(), left: Dec, waitsFor: z.string().nullable() })),
  /** Actors without which nothing trades, that a person stopped or paused. */
  stopped: z.array(z.object({ path: z.string(), how: z.enum(["pause", "stop"]), since: At, by: z.string() })),
  /** Limits that a fill went past; nothing opens until they hold again. USD. */
  exceeded: z.array(z.object({ ticker: TickerText, limit: LimitName, value: Dec, most: Dec, since: At })),
  /** When the exchange opens next; null while it is open. */
  opensAt: At.nullable(),
});
export type ControlItem = z.output<typeof ControlItem>;
