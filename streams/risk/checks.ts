import { type Order, signOf } from "../domain/order.ts";
import type { RiskLimits } from "../domain/run.ts";
import { type Money, type Ms, money, type Px, type Qty, qty, ratio, SCALE, type Shares, type Ticker } from "../domain/units.ts";
import type { Denial } from "../domain/verdict.ts";
import { openMs } from "../market/calendar.ts";
import { judgedPx, openingValue, type Valuing, worthOf } from "./worstCase.ts";

/** What the limits leave of an account, the order at hand apart: the worst that its working orders may come to. */
export interface Standing {
  /** The ticker on the side of the order. */
  readonly position: Money;
  readonly gross: Money;
  /** Tickers that are held or may be. */
  readonly openPositions: number;
  /** The ticker of the order is one of them. */
  readonly isOpen: boolean;
  /** Of an order against what its book holds: µshare that close before it opens. */
  readonly covers: Qty;
  /** The book that the order would trade against; null: none. */
  readonly opposes: string | null;
}

/** A fill at a gap took the account past a limit. */
export interface Exceeded {
  readonly ticker: Ticker;
  readonly limit: string;
  readonly value: Money;
  readonly most: Money;
}

/** The account at the moment of the proposal. Amounts exact, marks at the latest price. */
export interface AccountView {
  /** When it was so. */
  readonly at: Ms;
  readonly equity: Money;
  /** Equity at the first mark of the New York day. */
  readonly dayStartEquity: Money;
  /** Of the ticker, by the book of the order. */
  readonly held: Shares;
  /** Latest price of the ticker; null before the first. */
  readonly price: Px | null;
  readonly priceAt: Ms;
  /** Length of the ticker's bars, ms: a price is as old as its bar by nature. */
  readonly barMs: number;
  /** Null for an exit: no limit keeps anyone in. */
  readonly now: Standing | null;
  /** The same when the exits on their way have filled and the withdrawn orders are gone; null when there are none. */
  readonly later: Standing | null;
  /** Who closes the ticker; null: nobody does. */
  readonly closing: string | null;
  readonly exceeded: Exceeded | null;
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
  /** Everything is closed, and stays so: no order may be left resting. */
  readonly killed: boolean;
  /** Why this ticker does not trade; null when it does. */
  readonly tickerHalted: string | null;
}

export interface Decision {
  readonly granted: Qty;
  readonly denial: Denial | null;
  /** Nothing of it may open: it is to be sent as an exit. */
  readonly exits: boolean;
  /** It passes only because exits on their way come first: it must wait for them. */
  readonly waits: boolean;
}

/** What a check looks at. */
interface Case {
  readonly order: Order;
  readonly account: AccountView;
  readonly standing: Standing;
  /** µshare that open; 0 for an order sized by cash. */
  readonly open: Qty;
  /** What they come to at the price judged. */
  readonly value: number;
  readonly price: Px | null;
}

type Check = (c: Case, context: RiskContext) => { readonly denial: Denial; readonly room: Qty } | null;
const NO_ROOM = qty(0);
const deny = (denial: Denial) => ({ denial, room: NO_ROOM });

/** Whole shares that fit into the money. */
const sharesFor = (room: number, price: Px): Qty => qty(Math.max(0, Math.floor(room / price)) * SCALE);

const notClosing: Check = ({ account }) => (account.closing === null ? null : deny({ code: "CLOSING", by: account.closing }));
const withinLimits: Check = ({ account: { exceeded } }) =>
  exceeded === null
    ? null
    : deny({
        code: "LIMIT_EXCEEDED",
        ticker: exceeded.ticker,
        limit: exceeded.limit,
        value: exceeded.value,
        most: exceeded.most,
      });
const tickerTrades: Check = (_c, { tickerHalted }) =>
  tickerHalted === null ? null : deny({ code: "TICKER_HALTED", reason: tickerHalted });
const hasPrice: Check = ({ account }) => (account.price === null ? deny({ code: "NO_PRICE" }) : null);
/** A price ages only while the exchange is open: at night no feed has anything to say, and is not dead for it. */
const notStale: Check = ({ account }, { now, limits }) => {
  const limitMs = limits.maxStaleMs + account.barMs;
  if (now - account.priceAt <= limitMs) return null;
  const ageMs = openMs(account.priceAt, now, limitMs);
  return ageMs <= limitMs ? null : deny({ code: "STALE_DATA", ageMs, limitMs });
};
const shortAllowed: Check = ({ order }, { limits }) =>
  limits.allowShort || order.side === "buy" ? null : deny({ code: "SHORT_NOT_ALLOWED" });
const opposesNoBook: Check = ({ standing }) =>
  standing.opposes === null ? null : deny({ code: "OPPOSES_BOOK", book: standing.opposes });
const withinDailyLoss: Check = ({ account }, { limits }) => {
  const loss = money(account.dayStartEquity - account.equity);
  const limit = ratio(account.dayStartEquity, limits.maxDailyLossFraction);
  return loss <= limit ? null : deny({ code: "DAILY_LOSS_EXCEEDS_LIMIT", loss, limit });
};
const fewEnough: Check = ({ standing }, { limits }) =>
  standing.isOpen || standing.openPositions < limits.maxOpenPositions
    ? null
    : deny({ code: "TOO_MANY_POSITIONS", open: standing.openPositions, limit: limits.maxOpenPositions });

const withinPosition: Check = ({ account, standing, value, price }, { limits }) => {
  const limit = ratio(account.equity, limits.maxPositionFraction);
  const after = money(standing.position + value);
  if (after <= limit || price === null) return null;
  return {
    denial: { code: "POSITION_EXCEEDS_LIMIT", notional: after, limit },
    room: sharesFor(limit - standing.position, price),
  };
};
const withinGross: Check = ({ account, standing, value, price }, { limits }) => {
  const limit = ratio(account.equity, limits.maxGrossExposure);
  const gross = money(standing.gross + value);
  if (gross <= limit || price === null) return null;
  return {
    denial: { code: "GROSS_EXPOSURE_EXCEEDS_LIMIT", gross, limit },
    room: sharesFor(limit - standing.gross, price),
  };
};
const withinBuyingPower: Check = ({ account, standing, value, price }, { limits }) => {
  const available = money(ratio(account.equity, limits.leverage) - standing.gross);
  if (value <= available || price === null) return null;
  return {
    denial: { code: "BUYING_POWER_EXCEEDED", needed: money(value), available },
    room: sharesFor(available, price),
  };
};
const largeEnough: Check = ({ order, account, value }, { limits }) => {
  if (account.price === null) return null;
  const worth = order.cashFraction === null ? worthOf(account.price, order.qty) : money(value);
  return worth >= limits.minOrderNotional
    ? null
    : deny({ code: "ORDER_TOO_SMALL", notional: worth, limit: limits.minOrderNotional });
};

/** What an order that opens must pass, in order of precedence. Adding one is one line and a test. */
const openingChecks: readonly Check[] = [
  notClosing,
  withinLimits,
  tickerTrades,
  hasPrice,
  notStale,
  shortAllowed,
  opposesNoBook,
  withinDailyLoss,
  fewEnough,
  withinPosition,
  withinGross,
  withinBuyingPower,
  largeEnough,
];

/** An order of no shares: nobody knows what one costs, or none could be bought. */
const nothingAsked = (p: Proposal, { limits }: RiskContext): Denial =>
  p.account.price === null && !p.order.reduceOnly
    ? { code: "NO_PRICE" }
    : { code: "ORDER_TOO_SMALL", notional: money(0), limit: limits.minOrderNotional };

/** What the limits leave of what opens, and the first of them that left less than all. */
const roomOf = (
  p: Proposal,
  standing: Standing,
  context: RiskContext,
): { readonly room: Qty; readonly denial: Denial | null } => {
  const { order, account } = p;
  const open = order.cashFraction === null ? qty(Math.max(0, order.qty - standing.covers)) : NO_ROOM;
  const valuing: Valuing = { price: account.price, equity: account.equity, collar: context.limits.collar };
  const c: Case = {
    order,
    account,
    standing,
    open,
    value: openingValue(order, open, valuing),
    price: judgedPx(order, valuing),
  };
  let room: Qty = open;
  let denial: Denial | null = null;
  for (const check of openingChecks) {
    const found = check(c, context);
    if (!found) continue;
    denial ??= found.denial;
    room = qty(Math.min(room, found.room));
    if (room === 0) break;
  }
  return { room, denial };
};

/** µshare of an order that what its book holds can take: sent as an exit, it opens nothing whatever else fills. */
const closable = ({ order, account }: Proposal): Qty => {
  const against = Math.sign(account.held) === -signOf(order.side) ? Math.abs(account.held) : 0;
  return qty(order.cashFraction === null ? Math.min(order.qty, against) : 0);
};

/** While a ticker is closed, only what leaves at market passes: an order that rests would keep it from ever being done. */
const leftResting = ({ order, account }: Proposal, { killed, halted }: RiskContext): Denial | null => {
  if (order.kind === "market") return null;
  if (killed) return { code: "TRADING_HALTED", reason: halted ?? "killed" };
  return account.closing === null ? null : { code: "CLOSING", by: account.closing };
};

const passes = (granted: Qty, exits: boolean): Decision => ({ granted, denial: null, exits, waits: false });

/**
 * The verdict on a proposed order. What only reduces its book's position always passes, as an exit that cannot open: a limit must never keep anyone in.
 * What opens passes every check at the price judged, or is cut to the room the tightest one leaves (whole shares), or is denied with the numbers;
 * of a denied one the part that closes still passes. An order that passes only when exits on their way are done waits for them.
 */
export const judge = (proposal: Proposal, context: RiskContext): Decision => {
  const { order, account } = proposal;
  const bySize = order.cashFraction === null;
  if (order.qty === 0 && bySize) return { ...passes(NO_ROOM, false), denial: nothingAsked(proposal, context) };
  const closes = closable(proposal);
  const left = leftResting(proposal, context);
  if (left !== null) return { ...passes(NO_ROOM, true), denial: left };
  if (order.reduceOnly || (bySize && closes === order.qty)) return passes(order.qty, true);
  if (context.now > account.at) return { ...passes(closes, true), denial: { code: "OUTDATED", ageMs: context.now - account.at } };
  if (context.halted !== null) return { ...passes(closes, true), denial: { code: "TRADING_HALTED", reason: context.halted } };
  if (!context.limits.enabled) return passes(order.qty, false);
  if (account.now === null) throw new TypeError(`${order.id} may open, and what the limits leave is not reckoned`);
  const first = roomOf(proposal, account.now, context);
  if (first.denial === null) return passes(order.qty, false);
  const second = account.later === null ? null : roomOf(proposal, account.later, context);
  const waits = second !== null && (second.denial === null || second.room > first.room);
  const { room, denial } = waits ? second : first;
  if (denial === null) return { ...passes(order.qty, false), waits };
  if (!bySize || room === 0) return { ...passes(closes, true), denial };
  const standing = waits ? (account.later as Standing) : account.now;
  const granted = qty(Math.min(order.qty, standing.covers) + room);
  const isTooSmall = account.price !== null && worthOf(account.price, granted) < context.limits.minOrderNotional;
  return isTooSmall ? { ...passes(closes, true), denial } : { granted, denial, exits: false, waits };
};
