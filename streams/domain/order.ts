import { z } from "zod";
import { headOf, stamped } from "./envelope.ts";
import { Money, type Ms, OrderId, Px, Qty, Seq, Ticker } from "./units.ts";
import { VERSIONS } from "./versions.ts";

export const Side = z.enum(["buy", "sell"]);
export type Side = z.output<typeof Side>;
/** +1 for a buy, −1 for a sell. */
export const signOf = (side: Side): 1 | -1 => (side === "buy" ? 1 : -1);

export const OrderKind = z.enum(["market", "limit", "stop"]);
export type OrderKind = z.output<typeof OrderKind>;
export const TimeInForce = z.enum(["day", "gtc"]);
export type TimeInForce = z.output<typeof TimeInForce>;

/** Exits attached to an entry. They live from the entry's fill on and cancel each other. */
export const Bracket = z.object({ stopLoss: Px.nullable(), takeProfit: Px.nullable() });
export type Bracket = Readonly<z.output<typeof Bracket>>;

/** What we ask a broker to do. Complete: nothing else is needed to send it, or to send it again. */
export const Order = z.object({
  id: OrderId,
  ticker: Ticker,
  side: Side,
  kind: OrderKind,
  /** Whole order, µshare. 0 when the order is sized at the fill by `cashFraction`. */
  qty: Qty,
  /** Fraction of free cash, sized when it fills: floor(fraction × cash ÷ (price × (1 + commission))). Null: sized by `qty`. */
  cashFraction: z.number().positive().max(1).nullable(),
  limitPx: Px.nullable(),
  stopPx: Px.nullable(),
  tif: TimeInForce,
  bracket: Bracket.nullable(),
  /** An exit that may only reduce the position. */
  reduceOnly: z.boolean(),
  /** Who asked: a strategy's name, "ensemble", "risk" or "person". */
  by: z.string(),
  /** The target or signal it comes from. */
  origin: Seq,
  /**
   * Orders that must be over before this one may trade: an exit in it must have filled, a withdrawn entry must be gone without another fill. If one
   * ends otherwise, this order is cancelled.
   */
  after: z.array(OrderId).readonly().default([]),
});
export type Order = Readonly<z.output<typeof Order>>;

/** A strategy's own order before risk: no id, no run. Sized in shares or as a fraction of cash. */
export interface OrderIntent {
  readonly side: Side;
  readonly kind: OrderKind;
  readonly qty: Qty | null;
  readonly cashFraction?: number;
  readonly limitPx?: Px;
  readonly stopPx?: Px;
  readonly bracket?: Bracket;
  readonly reduceOnly?: boolean;
  readonly reason: string;
}
/**
 * What a strategy with orders of its own may ask for. `cancelAll` withdraws what it has working on its ticker, bracket legs too. `replace` moves the
 * exits of its brackets there, of those that work and of those whose entry still waits: a price that is not named stays.
 */
export type OrderAction =
  | { readonly do: "cancelAll" }
  | { readonly do: "submit"; readonly order: OrderIntent }
  | { readonly do: "replace"; readonly stopLoss?: Px; readonly takeProfit?: Px };

/**
 * What the broker knows of an order, over its life. `held`: a bracket leg whose parent has not filled. `lost`: sent, never answered, and
 * after the grace time the broker knew no order of that id; or it certainly never left.
 */
export const OrderStatus = z.enum([
  "submitted",
  "accepted",
  "held",
  "partially_filled",
  "pending_cancel",
  "filled",
  "cancelled",
  "rejected",
  "expired",
  "lost",
]);
export type OrderStatus = z.output<typeof OrderStatus>;

export type OrderStep = "accept" | "fill" | "partial" | "requestCancel" | "cancel" | "reject" | "expire" | "lose";

/** The state machine, as a table. A step that is not here did not happen: the broker and we disagree, and the executor says so. */
export const ORDER_TABLE: Readonly<Record<OrderStatus, Readonly<Partial<Record<OrderStep, OrderStatus>>>>> = {
  submitted: {
    accept: "accepted",
    reject: "rejected",
    fill: "filled",
    partial: "partially_filled",
    requestCancel: "pending_cancel",
    cancel: "cancelled",
    expire: "expired",
    lose: "lost",
  },
  accepted: {
    accept: "accepted",
    reject: "rejected",
    fill: "filled",
    partial: "partially_filled",
    requestCancel: "pending_cancel",
    cancel: "cancelled",
    expire: "expired",
    lose: "lost",
  },
  held: {
    accept: "accepted",
    reject: "rejected",
    fill: "filled",
    partial: "partially_filled",
    requestCancel: "pending_cancel",
    cancel: "cancelled",
    expire: "expired",
    lose: "lost",
  },
  partially_filled: {
    reject: "rejected",
    accept: "partially_filled",
    fill: "filled",
    partial: "partially_filled",
    requestCancel: "pending_cancel",
    cancel: "cancelled",
    expire: "expired",
    lose: "lost",
  },
  pending_cancel: {
    accept: "pending_cancel",
    fill: "filled",
    partial: "pending_cancel",
    requestCancel: "pending_cancel",
    cancel: "cancelled",
    expire: "expired",
    reject: "rejected",
    lose: "lost",
  },
  filled: {},
  cancelled: {},
  rejected: {},
  expired: {},
  lost: {},
};
export const isClosed = (s: OrderStatus): boolean =>
  s === "filled" || s === "cancelled" || s === "rejected" || s === "expired" || s === "lost";

/** The intent, on disk before it is sent. */
export const OrderSubmitted = z.object({ ...headOf("order.submitted"), ticker: Ticker, order: Order });
export type OrderSubmitted = Readonly<z.output<typeof OrderSubmitted>>;
export const OrderCancelRequested = z.object({
  ...headOf("order.cancelRequested"),
  ticker: Ticker,
  orderId: OrderId,
  reason: z.string(),
});
export type OrderCancelRequested = Readonly<z.output<typeof OrderCancelRequested>>;
/** A working order gets other prices: both are given, null where the order has none. Of an entry: the prices of its bracket. */
export const OrderReplaceRequested = z.object({
  ...headOf("order.replaceRequested"),
  ticker: Ticker,
  orderId: OrderId,
  limitPx: Px.nullable(),
  stopPx: Px.nullable(),
  bracket: Bracket.nullable(),
});
export type OrderReplaceRequested = Readonly<z.output<typeof OrderReplaceRequested>>;
/** The broker has the new prices. */
export const OrderReplaced = z.object({
  ...headOf("order.replaced"),
  ticker: Ticker,
  orderId: OrderId,
  limitPx: Px.nullable(),
  stopPx: Px.nullable(),
  bracket: Bracket.nullable(),
});
export type OrderReplaced = Readonly<z.output<typeof OrderReplaced>>;

export const OrderAccepted = z.object({
  ...headOf("order.accepted"),
  ticker: Ticker,
  orderId: OrderId,
  brokerId: z.string(),
});
export type OrderAccepted = Readonly<z.output<typeof OrderAccepted>>;
export const OrderRejected = z.object({
  ...headOf("order.rejected"),
  ticker: Ticker,
  orderId: OrderId,
  code: z.string(),
  message: z.string(),
});
export type OrderRejected = Readonly<z.output<typeof OrderRejected>>;
export const OrderCancelled = z.object({
  ...headOf("order.cancelled"),
  ticker: Ticker,
  orderId: OrderId,
  reason: z.string(),
});
export type OrderCancelled = Readonly<z.output<typeof OrderCancelled>>;
export const OrderExpired = z.object({ ...headOf("order.expired"), ticker: Ticker, orderId: OrderId });
export type OrderExpired = Readonly<z.output<typeof OrderExpired>>;

/** The broker's answer to a look-up: it knows no order of that id. An order may still be on its way to it. */
export const OrderMissing = z.object({ ...headOf("order.missing"), ticker: Ticker, orderId: OrderId });
export type OrderMissing = Readonly<z.output<typeof OrderMissing>>;
/** The executor's decision: the order is dead, nothing of it works anywhere. What is still wanted is proposed under a new id. */
export const OrderLost = z.object({
  ...headOf("order.lost"),
  ticker: Ticker,
  orderId: OrderId,
  reason: z.string(),
  /** The order, where it had been sent: it may turn up. */
  order: Order.nullable().default(null),
});
export type OrderLost = Readonly<z.output<typeof OrderLost>>;

/** One execution. `fillId` is the broker's and makes a repeated report harmless. */
export const Fill = z.object({
  ...headOf("order.filled"),
  ticker: Ticker,
  orderId: OrderId,
  fillId: z.string().min(1),
  side: Side,
  qty: Qty,
  px: Px,
  commission: Money,
  /** Still open on the order after this fill, µshare. */
  leaves: Qty,
});
export type Fill = Readonly<z.output<typeof Fill>>;

export const orderSubmitted = (order: Order): OrderSubmitted => ({
  type: "order.submitted",
  seq: stamped.seq,
  v: VERSIONS["order.submitted"],
  tEvent: stamped.at,
  tSeen: stamped.at,
  cause: stamped.seq,
  ticker: order.ticker,
  order,
});
export const orderCancelRequested = (ticker: Ticker, id: OrderId, reason: string): OrderCancelRequested => ({
  type: "order.cancelRequested",
  seq: stamped.seq,
  v: VERSIONS["order.cancelRequested"],
  tEvent: stamped.at,
  tSeen: stamped.at,
  cause: stamped.seq,
  ticker,
  orderId: id,
  reason,
});
export const orderReplaceRequested = (
  ticker: Ticker,
  id: OrderId,
  prices: Pick<OrderReplaceRequested, "limitPx" | "stopPx" | "bracket">,
): OrderReplaceRequested => ({
  type: "order.replaceRequested",
  seq: stamped.seq,
  v: VERSIONS["order.replaceRequested"],
  tEvent: stamped.at,
  tSeen: stamped.at,
  cause: stamped.seq,
  ticker,
  orderId: id,
  limitPx: prices.limitPx,
  stopPx: prices.stopPx,
  bracket: prices.bracket,
});
export const orderReplaced = (
  ticker: Ticker,
  id: OrderId,
  prices: Pick<OrderReplaced, "limitPx" | "stopPx" | "bracket">,
  at: Ms,
  cause: Seq,
): OrderReplaced => ({
  type: "order.replaced",
  seq: stamped.seq,
  v: VERSIONS["order.replaced"],
  tEvent: at,
  tSeen: at,
  cause,
  ticker,
  orderId: id,
  limitPx: prices.limitPx,
  stopPx: prices.stopPx,
  bracket: prices.bracket,
});
export const orderAccepted = (ticker: Ticker, id: OrderId, brokerId: string, at: Ms, cause: Seq): OrderAccepted => ({
  type: "order.accepted",
  seq: stamped.seq,
  v: VERSIONS["order.accepted"],
  tEvent: at,
  tSeen: at,
  cause,
  ticker,
  orderId: id,
  brokerId,
});
export const orderRejected = (ticker: Ticker, id: OrderId, code: string, message: string, at: Ms, cause: Seq): OrderRejected => ({
  type: "order.rejected",
  seq: stamped.seq,
  v: VERSIONS["order.rejected"],
  tEvent: at,
  tSeen: at,
  cause,
  ticker,
  orderId: id,
  code,
  message,
});
export const orderCancelled = (ticker: Ticker, id: OrderId, reason: string, at: Ms, cause: Seq): OrderCancelled => ({
  type: "order.cancelled",
  seq: stamped.seq,
  v: VERSIONS["order.cancelled"],
  tEvent: at,
  tSeen: at,
  cause,
  ticker,
  orderId: id,
  reason,
});
export const orderExpired = (ticker: Ticker, id: OrderId, at: Ms, cause: Seq): OrderExpired => ({
  type: "order.expired",
  seq: stamped.seq,
  v: VERSIONS["order.expired"],
  tEvent: at,
  tSeen: at,
  cause,
  ticker,
  orderId: id,
});
export const orderMissing = (ticker: Ticker, id: OrderId, at: Ms, cause: Seq): OrderMissing => ({
  type: "order.missing",
  seq: stamped.seq,
  v: VERSIONS["order.missing"],
  tEvent: at,
  tSeen: at,
  cause,
  ticker,
  orderId: id,
});
export const orderLost = (ticker: Ticker, id: OrderId, reason: string, order: Order | null = null): OrderLost => ({
  type: "order.lost",
  seq: stamped.seq,
  v: VERSIONS["order.lost"],
  tEvent: stamped.at,
  tSeen: stamped.at,
  cause: stamped.seq,
  ticker,
  orderId: id,
  reason,
  order,
});
export const fill = (
  f: Pick<Fill, "ticker" | "orderId" | "fillId" | "side" | "qty" | "px" | "commission" | "leaves" | "tEvent" | "tSeen" | "cause">,
): Fill => ({
  type: "order.filled",
  seq: stamped.seq,
  v: VERSIONS["order.filled"],
  tEvent: f.tEvent,
  tSeen: f.tSeen,
  cause: f.cause,
  ticker: f.ticker,
  orderId: f.orderId,
  fillId: f.fillId,
  side: f.side,
  qty: f.qty,
  px: f.px,
  commission: f.commission,
  leaves: f.leaves,
});
