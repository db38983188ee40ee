import { z } from "zod";
import { headOf, stamped } from "./envelope.ts";
import { Ticker } from "./units.ts";
import { VERSIONS } from "./versions.ts";

const IntentKind = z.enum(["view", "order"]);
export type IntentKind = z.output<typeof IntentKind>;

/** A strategy said something that cannot be taken: nothing comes of it. `field` and `value` say where and what, for people. */
export const IntentRefused = z.object({
  ...headOf("intent.refused"),
  ticker: Ticker,
  strategy: z.string().min(1),
  intent: IntentKind,
  field: z.string(),
  value: z.string(),
  reason: z.string(),
  /** It could never be taken. False: not now, as things stand. */
  malformed: z.boolean(),
});
export type IntentRefused = Readonly<z.output<typeof IntentRefused>>;

export const intentRefused = (
  r: Pick<IntentRefused, "ticker" | "strategy" | "intent" | "field" | "value" | "reason" | "malformed">,
): IntentRefused => ({
  type: "intent.refused",
  seq: stamped.seq,
  v: VERSIONS["intent.refused"],
  tEvent: stamped.at,
  tSeen: stamped.at,
  cause: stamped.seq,
  ticker: r.ticker,
  strategy: r.strategy,
  intent: r.intent,
  field: r.field,
  value: r.value,
  reason: r.reason,
  malformed: r.malformed,
});
