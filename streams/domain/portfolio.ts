import { z } from "zod";
import { ACCOUNT_BOOK } from "./books.ts";
import { headOf, stamped } from "./envelope.ts";
import { Money, Ms, OrderId, Px, Seq, Shares, Ticker } from "./units.ts";
import { VERSIONS } from "./versions.ts";

/** What is held of one ticker. Amounts exact. `cost`: what the open shares were bought (or sold short) for, signed like `shares`, without fees. */
export const Position = z.object({
  ticker: Ticker,
  shares: Shares,
  cost: Money,
  /** Commission paid on the shares still open. */
  openFees: Money,
  openedAt: Ms,
  openedBy: OrderId,
  realised: Money,
});
export type Position = Readonly<z.output<typeof Position>>;

/** A round trip, or the reduction of one. `shares` signed by the direction held: short trades are negative. pnl is after both commissions. */
export const Trade = z.object({
  ticker: Ticker,
  /** Whose it was: see `books.ts`. */
  book: z.string().default(ACCOUNT_BOOK),
  shares: Shares,
  entryPx: Px,
  exitPx: Px,
  entryAt: Ms,
  exitAt: Ms,
  pnl: Money,
  commission: Money,
  entryOrder: OrderId,
  exitOrder: OrderId,
  exitFill: Seq,
});
export type Trade = Readonly<z.output<typeof Trade>>;

export const TradeClosed = z.object({ ...headOf("trade.closed"), ticker: Ticker, trade: Trade });
export type TradeClosed = Readonly<z.output<typeof TradeClosed>>;

/** The account begins. First entry of every run that trades. */
export const AccountOpened = z.object({ ...headOf("account.opened"), cash: Money });
export type AccountOpened = Readonly<z.output<typeof AccountOpened>>;
/**
 * An open position of an earlier run, taken over as it was: right after `account.opened`, before anything trades. `mark`: its last
 * price, USD, or null. `openedBy` is an order of that run.
 */
export const AccountAdopted = z.object({
  ...headOf("account.adopted"),
  ticker: Ticker,
  shares: Shares,
  cost: Money,
  openFees: Money,
  openedAt: Ms,
  openedBy: OrderId,
  mark: z.number().positive().nullable(),
  /** Shares that no strategy of ours bought belong to `account`; those of an earlier run keep their book. */
  book: z.string().default(ACCOUNT_BOOK),
});
export type AccountAdopted = Readonly<z.output<typeof AccountAdopted>>;
/** `numerator` new shares for `denominator` old ones, at the open of the day. */
export const Split = z.object({
  ...headOf("account.split"),
  ticker: Ticker,
  numerator: z.int().positive(),
  denominator: z.int().positive(),
});
export type Split = Readonly<z.output<typeof Split>>;
/** Cash per share held (paid by shorts). */
export const Dividend = z.object({ ...headOf("account.dividend"), ticker: Ticker, perShare: Px });
export type Dividend = Readonly<z.output<typeof Dividend>>;

/** What the learner noted of a closed trade: which strategies stood behind it, and how it ended for each. */
export const Outcome = z.object({
  ...headOf("learning.outcome"),
  ticker: Ticker,
  trade: Seq,
  strategy: z.string(),
  /** Share of the trade's result, by contribution; USD float. */
  credit: z.number(),
  weight: z.number(),
});
export type Outcome = Readonly<z.output<typeof Outcome>>;

export const tradeClosed = (trade: Trade): TradeClosed => ({
  type: "trade.closed",
  seq: stamped.seq,
  v: VERSIONS["trade.closed"],
  tEvent: stamped.at,
  tSeen: stamped.at,
  cause: stamped.seq,
  ticker: trade.ticker,
  trade,
});
export const accountOpened = (cash: Money, at: Ms): AccountOpened => ({
  type: "account.opened",
  seq: stamped.seq,
  v: VERSIONS["account.opened"],
  tEvent: at,
  tSeen: at,
  cause: stamped.seq,
  cash,
});
export const accountAdopted = (
  p: Pick<AccountAdopted, "ticker" | "shares" | "cost" | "openFees" | "openedAt" | "openedBy" | "mark" | "book">,
  at: Ms,
): AccountAdopted => ({
  type: "account.adopted",
  seq: stamped.seq,
  v: VERSIONS["account.adopted"],
  tEvent: at,
  tSeen: at,
  cause: stamped.seq,
  ticker: p.ticker,
  shares: p.shares,
  cost: p.cost,
  openFees: p.openFees,
  openedAt: p.openedAt,
  openedBy: p.openedBy,
  mark: p.mark,
  book: p.book,
});
export const outcome = (o: Pick<Outcome, "ticker" | "trade" | "strategy" | "credit" | "weight">): Outcome => ({
  type: "learning.outcome",
  seq: stamped.seq,
  v: VERSIONS["learning.outcome"],
  tEvent: stamped.at,
  tSeen: stamped.at,
  cause: stamped.seq,
  ticker: o.ticker,
  trade: o.trade,
  strategy: o.strategy,
  credit: o.credit,
  weight: o.weight,
});
