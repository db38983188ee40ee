import { z } from "zod";
import { headOf, stamped } from "./envelope.ts";
import { Money, Ticker } from "./units.ts";
import { VERSIONS } from "./versions.ts";

export const LimitName = z.enum(["position", "gross", "leverage"]);
export type LimitName = z.output<typeof LimitName>;

/** A fill came at a price beyond the one that risk had judged, collar included, and took the account past a limit. Nothing opens until it is within. */
export const LimitExceeded = z.object({
  ...headOf("limit.exceeded"),
  ticker: Ticker,
  limit: LimitName,
  value: Money,
  most: Money,
});
export type LimitExceeded = Readonly<z.output<typeof LimitExceeded>>;
/** Within it again. */
export const LimitRestored = z.object({ ...headOf("limit.restored"), ticker: Ticker, limit: LimitName });
export type LimitRestored = Readonly<z.output<typeof LimitRestored>>;

/**
 * The deck stops trading by itself, as a kill would: everything is withdrawn and closed. With `keepsPositions` as a pause would: the ledger misses
 * something, so nothing is closed by what it says. A person ends it, by `unkill` or by `resume`.
 */
export const TradingStopped = z.object({
  ...headOf("trading.stopped"),
  reason: z.string(),
  equity: Money,
  keepsPositions: z.literal(true).optional(),
});
export type TradingStopped = Readonly<z.output<typeof TradingStopped>>;
/** The control that it is like. */
export const likeOf = (e: TradingStopped): "kill" | "pause" => (e.keepsPositions === true ? "pause" : "kill");

/** A control closes a ticker from here on: only exits, until `closing.ended`. */
export const ClosingBegan = z.object({
  ...headOf("closing.began"),
  ticker: Ticker,
  by: z.string(),
  reason: z.string(),
  wholeAccount: z.boolean(),
});
export type ClosingBegan = Readonly<z.output<typeof ClosingBegan>>;
/** Nothing of the ticker is held that was to be closed, and no order of it works. */
export const ClosingEnded = z.object({ ...headOf("closing.ended"), ticker: Ticker });
export type ClosingEnded = Readonly<z.output<typeof ClosingEnded>>;

export const closingBegan = (c: Pick<ClosingBegan, "ticker" | "by" | "reason" | "wholeAccount">): ClosingBegan => ({
  type: "closing.began",
  seq: stamped.seq,
  v: VERSIONS["closing.began"],
  tEvent: stamped.at,
  tSeen: stamped.at,
  cause: stamped.seq,
  ticker: c.ticker,
  by: c.by,
  reason: c.reason,
  wholeAccount: c.wholeAccount,
});
export const closingEnded = (ticker: Ticker): ClosingEnded => ({
  type: "closing.ended",
  seq: stamped.seq,
  v: VERSIONS["closing.ended"],
  tEvent: stamped.at,
  tSeen: stamped.at,
  cause: stamped.seq,
  ticker,
});

export const limitExceeded = (l: Pick<LimitExceeded, "ticker" | "limit" | "value" | "most">): LimitExceeded => ({
  type: "limit.exceeded",
  seq: stamped.seq,
  v: VERSIONS["limit.exceeded"],
  tEvent: stamped.at,
  tSeen: stamped.at,
  cause: stamped.seq,
  ticker: l.ticker,
  limit: l.limit,
  value: l.value,
  most: l.most,
});
export const limitRestored = (l: Pick<LimitRestored, "ticker" | "limit">): LimitRestored => ({
  type: "limit.restored",
  seq: stamped.seq,
  v: VERSIONS["limit.restored"],
  tEvent: stamped.at,
  tSeen: stamped.at,
  cause: stamped.seq,
  ticker: l.ticker,
  limit: l.limit,
});
export const tradingStopped = (reason: string, equity: Money): TradingStopped => ({
  type: "trading.stopped",
  seq: stamped.seq,
  v: VERSIONS["trading.stopped"],
  tEvent: stamped.at,
  tSeen: stamped.at,
  cause: stamped.seq,
  reason,
  equity,
});
/** @param reason why the ledger is not to be relied on. */
export const tradingPaused = (reason: string, equity: Money): TradingStopped => ({
  ...tradingStopped(reason, equity),
  keepsPositions: true,
});
