import { z } from "zod";

/** An amount outside the ledger: exact decimal, at most 6 places ("-1204.18"). USD or shares, as the field says. */
export const Dec = z.string().regex(/^-?\d+(\.\d{1,6})?$/, "expected a decimal with at most 6 places");
/** Epoch milliseconds, UTC, of the core's clock unless the field says otherwise. */
export const At = z.int().nonnegative();
/** A place on the tape; what a "why" starts from. 0: none. */
export const SeqNo = z.int().nonnegative();
/** A measured part of a whole: 0.012 is 1.2 %. */
export const Fraction = z.number();
/** A US symbol. */
export const TickerText = z.string().regex(/^[A-Z]{1,5}(\.[A-Z])?$/, "expected a US ticker such as AAPL or BRK.B");
/** From −1 (bad, short) to 1 (good, long). */
export const Score = z.number().min(-1).max(1);
export const Confidence = z.number().min(0).max(1);
