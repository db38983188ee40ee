import { type Order, signOf } from "../domain/order.ts";
import type { RiskLimits } from "../domain/run.ts";
import {
  type Money,
  type Ms,
  money,
  notional,
  type Px,
  type Qty,
  qty,
  ratio,
  SCALE,
  type Shares,
  shares,
} from "../domain/units.ts";
import type { Denial } from "../domain/verdict.ts";
import { openMs } from "../market/calendar.ts";

/** The account at the moment of the proposal. Amounts exact, marks at the latest price. */
export interface AccountView {
  readonly equity: Money;
  /** Equity at the first mark of the New York day. */
  readonly dayStartEquity: Money;
  /** Σ |position| at the mark, working entries included. */
  readonly gross: Money;
  readonly openPositions: number;
  /** Of the ticker, without working orders. */
  readonly held: Shares;
  /** Signed µshare of working orders of the ticker. */
  readonly working: Shares;
  /** Latest price of the ticker; null before the first. */
  readonly price: Px | null;
  readonly priceAt: Ms;
  /** Length of the ticker's bars, ms: a price is as old as its bar by nature. */
  readonly barMs: number;
}

export interface Proposal {
  readonly order: Order;
  readonly account: AccountView;
}

export interface RiskContext {
  readonly limits: RiskLimits;
  readonly now: Ms;
  /** Why nothing may be opened; null when trading. */
  readonly halted: string | null;
  /** Why this ticker does not trade; null when it does. */
  readonly tickerHalted: string | null;
}

export interface Decision {
  readonly granted: Qty;
  readonly denial: Denial | null;
}

/** µshare by which the order adds to the position's size; the rest of it only reduces. */
const opening = (order: Order, account: AccountView): Qty => {
  if (order.reduceOnly) return qty(0);
  const sign = signOf(order.side);
  const against = account.held + account.working;
  const reducible = Math.sign(against) === -sign ? Math.abs(against) : 0;
  return qty(Math.max(0, order.qty - reducible));
};

type Check = (p: Proposal, open: Qty, context: RiskContext) => { readonly denial: Denial; readonly room: Qty } | null;
const NO_ROOM = qty(0);
const deny = (denial: Denial) => ({ denial, room: NO_ROOM });

/** Whole shares that fit into the money. */
const sharesFor = (room: number, price: Px): Qty => qty(Math.max(0, Math.floor(room / price)) * SCALE);

const notHalted: Check = (_p, _open, { halted }) => (halted === null ? null : deny({ code: "TRADING_HALTED", reason: halted }));
const tickerTrades: Check = (_p, _open, { tickerHalted }) =>
  tickerHalted === null ? null : deny({ code: "TICKER_HALTED", reason: tickerHalted });
const hasPrice: Check = ({ account }) => (account.price === null ? deny({ code: "NO_PRICE" }) : null);
/** A price ages only while the exchange is open: at night no feed has anything to say, and is not dead for it. */
const notStale: Check = ({ account }, _open, { now, limits }) => {
  const limitMs = limits.maxStaleMs + account.barMs;
  if (now - account.priceAt <= limitMs) return null;
  const ageMs = openMs(account.priceAt, now, limitMs);
  return ageMs <= limitMs ? null : deny({ code: "STALE_DATA", ageMs, limitMs });
};
const shortAllowed: Check = ({ order }, _open, { limits }) =>
  limits.allowShort || order.side === "buy" ? null : deny({ code: "SHORT_NOT_ALLOWED" });
const withinDailyLoss: Check = ({ account }, _open, { limits }) => {
  const loss = money(account.dayStartEquity - account.equity);
  const limit = ratio(account.dayStartEquity, limits.maxDailyLossFraction);
  return loss <= limit ? null : deny({ code: "DAILY_LOSS_EXCEEDS_LIMIT", loss, limit });
};
const fewEnough: Check = ({ account }, _open, { limits }) =>
  account.held !== 0 || account.working !== 0 || account.openPositions < limits.maxOpenPositions
    ? null
    : deny({ code: "TOO_MANY_POSITIONS", open: account.openPositions, limit: limits.maxOpenPositions });
const withinPosition: Check = ({ order, account }, open, { limits }) => {
  if (account.price === null) return null;
  const limit = ratio(account.equity, limits.maxPositionFraction);
  const after = shares(Math.abs(account.held + account.working + signOf(order.side) * order.qty));
  const value = notional(account.price, after);
  if (value <= limit) return null;
  const start = Math.max(0, after - open);
  return {
    denial: { code: "POSITION_EXCEEDS_LIMIT", notional: value, limit },
    room: sharesFor(limit - notional(account.price, qty(start)), account.price),
  };
};
const withinGross: Check = ({ account }, open, { limits }) => {
  if (account.price === null) return null;
  const limit = ratio(account.equity, limits.maxGrossExposure);
  const gross = money(account.gross + notional(account.price, open));
  if (gross <= limit) return null;
  return {
    denial: { code: "GROSS_EXPOSURE_EXCEEDS_LIMIT", gross, limit },
    room: sharesFor(limit - account.gross, account.price),
  };
};
const largeEnough: Check = ({ order, account }, _open, { limits }) => {
  if (account.price === null) return null;
  const value = notional(account.price, order.qty);
  return value >= limits.minOrderNotional
    ? null
    : deny({ code: "ORDER_TOO_SMALL", notional: value, limit: limits.minOrderNotional });
};

/** What an order that opens must pass, in order of precedence. Adding one is one line and a test. */
const openingChecks: readonly Check[] = [
  tickerTrades,
  hasPrice,
  notStale,
  shortAllowed,
  withinDailyLoss,
  fewEnough,
  withinPosition,
  withinGross,
  largeEnough,
];

/** An order of no shares: nobody knows what one costs, or none could be bought. */
const nothingAsked = (p: Proposal, { limits }: RiskContext): Denial =>
  p.account.price === null && !p.order.reduceOnly
    ? { code: "NO_PRICE" }
    : { code: "ORDER_TOO_SMALL", notional: money(0), limit: limits.minOrderNotional };

/** An order sized at the fill, with the quantity it would have at the latest price. */
const estimated = (p: Proposal): Proposal => {
  const { order, account } = p;
  if (order.cashFraction === null || account.price === null) return p;
  return { order: { ...order, qty: sharesFor(ratio(account.equity, order.cashFraction), account.price) }, account };
};

/**
 * The verdict on a proposed order. What only reduces a position always passes: a limit must never keep anyone in.
 * What opens passes every check, or is cut to the room the tightest one leaves (whole shares), or is denied with the numbers.
 */
export const judge = (proposal: Proposal, context: RiskContext): Decision => {
  const p = estimated(proposal);
  const { order } = p;
  const open = opening(order, p.account);
  if (order.qty === 0 && order.cashFraction === null) return { granted: NO_ROOM, denial: nothingAsked(p, context) };
  if (open === 0 && order.cashFraction === null) return { granted: order.qty, denial: null };
  const halted = notHalted(p, open, context);
  if (halted) return { granted: order.cashFraction === null ? qty(order.qty - open) : NO_ROOM, denial: halted.denial };
  if (!context.limits.enabled) return { granted: proposal.order.qty, denial: null };
  let room: Qty = open;
  let first: Denial | null = null;
  for (const check of openingChecks) {
    const found = check(p, open, context);
    if (!found) continue;
    first ??= found.denial;
    room = qty(Math.min(room, found.room));
    if (room === 0) break;
  }
  if (first === null) return { granted: proposal.order.qty, denial: null };
  if (order.cashFraction !== null) return { granted: NO_ROOM, denial: first };
  const granted = qty(order.qty - open + room);
  return { granted, denial: first };
};
