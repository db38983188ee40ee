import { z } from "zod";
import { head, stamped } from "./envelope.ts";
import { Money, OrderId, Qty, Ticker } from "./units.ts";

/** Why an order was denied or cut, with the numbers. Money in decimal USD outside, fractions of equity as floats. */
export const Denial = z.discriminatedUnion("code", [
  z.object({ code: z.literal("TRADING_HALTED"), reason: z.string() }),
  z.object({ code: z.literal("TICKER_HALTED"), reason: z.string() }),
  z.object({ code: z.literal("STALE_DATA"), ageMs: z.number(), limitMs: z.number() }),
  z.object({ code: z.literal("NO_PRICE") }),
  z.object({ code: z.literal("POSITION_EXCEEDS_LIMIT"), notional: Money, limit: Money }),
  z.object({ code: z.literal("GROSS_EXPOSURE_EXCEEDS_LIMIT"), gross: Money, limit: Money }),
  z.object({ code: z.literal("TOO_MANY_POSITIONS"), open: z.int(), limit: z.int() }),
  z.object({ code: z.literal("DAILY_LOSS_EXCEEDS_LIMIT"), loss: Money, limit: Money }),
  z.object({ code: z.literal("SHORT_NOT_ALLOWED") }),
  z.object({ code: z.literal("ORDER_TOO_SMALL"), notional: Money, limit: Money }),
]);
export type Denial = Readonly<z.output<typeof Denial>>;

/** The risk manager's answer to a proposed order. */
export const Verdict = z.object({
  type: z.literal("risk.verdict"),
  ...head,
  ticker: Ticker,
  orderId: OrderId,
  outcome: z.enum(["approved", "resized", "denied"]),
  asked: Qty,
  granted: Qty,
  denial: Denial.nullable(),
});
export type Verdict = Readonly<z.output<typeof Verdict>>;

export const verdict = (v: Pick<Verdict, "ticker" | "orderId" | "outcome" | "asked" | "granted" | "denial">): Verdict => ({
  type: "risk.verdict",
  seq: stamped.seq,
  v: 1,
  tEvent: stamped.at,
  tSeen: stamped.at,
  cause: stamped.seq,
  ticker: v.ticker,
  orderId: v.orderId,
  outcome: v.outcome,
  asked: v.asked,
  granted: v.granted,
  denial: v.denial,
});
