import { z } from "zod";
import { headOf, stamped } from "./envelope.ts";
import { Money, OrderId, Qty, Ticker } from "./units.ts";
import { VERSIONS } from "./versions.ts";

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
  /** `needed`: what the order would reserve, collar and commission included. */
  z.object({ code: z.literal("BUYING_POWER_EXCEEDED"), needed: Money, available: Money }),
  /** Another book holds the ticker the other way, or has an entry that way at work. */
  z.object({ code: z.literal("OPPOSES_BOOK"), book: z.string() }),
  /** A fill at a gap went past a limit: nothing opens until the account is within it again. */
  z.object({ code: z.literal("LIMIT_EXCEEDED"), ticker: Ticker, limit: z.string(), value: Money, most: Money }),
  /** The ticker is being closed: only exits until it is flat. */
  z.object({ code: z.literal("CLOSING"), by: z.string() }),
  /** It waited while the risk manager was away: the account may be another by now. What is still wanted is proposed anew. */
  z.object({ code: z.literal("OUTDATED"), ageMs: z.number() }),
  z.object({ code: z.literal("ORDER_TOO_SMALL"), notional: Money, limit: Money }),
]);
export type Denial = Readonly<z.output<typeof Denial>>;

/** The risk manager's answer to a proposed order. */
export const Verdict = z.object({
  ...headOf("risk.verdict"),
  ticker: Ticker,
  orderId: OrderId,
  outcome: z.enum(["approved", "resized", "denied"]),
  asked: Qty,
  granted: Qty,
  denial: Denial.nullable(),
  /** Orders that it has to wait for: it passes only behind them. */
  after: z.array(OrderId).readonly().default([]),
});
export type Verdict = Readonly<z.output<typeof Verdict>>;

const NOTHING_BEFORE: readonly OrderId[] = [];

export const verdict = (
  v: Pick<Verdict, "ticker" | "orderId" | "outcome" | "asked" | "granted" | "denial"> & Partial<Pick<Verdict, "after">>,
): Verdict => ({
  type: "risk.verdict",
  seq: stamped.seq,
  v: VERSIONS["risk.verdict"],
  tEvent: stamped.at,
  tSeen: stamped.at,
  cause: stamped.seq,
  ticker: v.ticker,
  orderId: v.orderId,
  outcome: v.outcome,
  asked: v.asked,
  granted: v.granted,
  denial: v.denial,
  after: v.after ?? NOTHING_BEFORE,
});
