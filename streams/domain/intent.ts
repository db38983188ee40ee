import { z } from "zod";
import { head, stamped } from "./envelope.ts";
import { Ticker } from "./units.ts";

const IntentKind = z.enum(["view", "order"]);
export type IntentKind = z.output<typeof IntentKind>;

/** A strategy said something that cannot be taken: nothing comes of it. `field` and `value` say where and what, for people. */
export const IntentRefused = z.object({
  type: z.literal("intent.refused"),
  ...head,
  ticker: Ticker,
  strategy: z.string().min(1),
  intent: IntentKind,
  field: z.string(),
  value: z.string(),
  reason: z.string(),
});
export type IntentRefused = Readonly<z.output<typeof IntentRefused>>;

export const intentRefused = (
  r: Pick<IntentRefused, "ticker" | "strategy" | "intent" | "field" | "value" | "reason">,
): IntentRefused => ({
  type: "intent.refused",
  seq: stamped.seq,
  v: 1,
  tEvent: stamped.at,
  tSeen: stamped.at,
  cause: stamped.seq,
  ticker: r.ticker,
  strategy: r.strategy,
  intent: r.intent,
  field: r.field,
  value: r.value,
  reason: r.reason,
});
