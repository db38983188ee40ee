import { entryOf, isLegId } from "../../streams/domain/books.ts";
import type { EventOf } from "../../streams/domain/event.ts";
import { isClosed, ORDER_TABLE, type Order, type OrderStatus, type OrderStep } from "../../streams/domain/order.ts";
import { notional, type OrderId, orderId, type Px, qty, SCALE, toDecimal } from "../../streams/domain/units.ts";
import { Denial, type Verdict } from "../../streams/domain/verdict.ts";
import type { OrderItem, VerdictView } from "../contract/items.ts";
import { type Keyed, keyed, type Rec } from "./keyed.ts";

export interface OrderRec extends Rec {
  readonly ticker: string;
  order: Order | null;
  verdict: Verdict | null;
  status: OrderStatus | "denied";
  /** µshare, and µUSD without the sign. */
  filled: number;
  paid: number;
  commission: number;
  reason: string | null;
  readonly at: number;
  updatedAt: number;
  seq: number;
}

export interface Orders {
  readonly view: Keyed<OrderRec>;
  verdict(e: Verdict): void;
  submitted(e: EventOf<"order.submitted">): void;
  /** Returns who asked for the order, "" when it is not known. */
  filled(e: EventOf<"order.filled">): string;
  /** The broker has new prices for it; of an entry those of its bracket, and of its legs. */
  replaced(e: EventOf<"order.replaced">): void;
  step(step: OrderStep, e: { readonly orderId: string; readonly tSeen: number }, reason?: string): void;
}

const verdictView = (v: Verdict): VerdictView => ({
  outcome: v.outcome,
  asked: toDecimal(v.asked),
  granted: toDecimal(v.granted),
  denial: v.denial === null ? null : (Denial.encode(v.denial) as VerdictView["denial"]),
  seq: v.seq,
});
const dec = (amount: number | null | undefined): string | null =>
  amount === null || amount === undefined ? null : toDecimal(amount);

const toItem = (r: OrderRec): OrderItem => ({
  id: r.key,
  ticker: r.ticker,
  side: r.order?.side ?? null,
  kind: r.order?.kind ?? null,
  qty: toDecimal(r.order?.qty ?? r.verdict?.asked ?? 0),
  cashFraction: r.order?.cashFraction ?? null,
  limitPx: dec(r.order?.limitPx),
  stopPx: dec(r.order?.stopPx),
  tif: r.order?.tif ?? null,
  bracket: r.order?.bracket ? { stopLoss: dec(r.order.bracket.stopLoss), takeProfit: dec(r.order.bracket.takeProfit) } : null,
  reduceOnly: r.order?.reduceOnly ?? false,
  by: r.order?.by ?? "",
  origin: r.order?.origin ?? r.verdict?.cause ?? 0,
  status: r.status,
  filled: toDecimal(r.filled),
  avgPx: r.filled === 0 ? null : toDecimal(Math.round((r.paid / r.filled) * SCALE)),
  commission: toDecimal(r.commission),
  verdict: r.verdict ? verdictView(r.verdict) : null,
  reason: r.reason,
  at: r.at,
  updatedAt: r.updatedAt,
  seq: r.seq,
});

/** The leg of an entry's bracket, as the order that it is from the entry's first fill on. */
const legOf = (entry: Order, suffix: "sl" | "tp", at: Px, filled: number): Order => ({
  ...entry,
  id: orderId(`${entry.id}.${suffix}`),
  side: entry.side === "buy" ? "sell" : "buy",
  kind: suffix === "sl" ? "stop" : "limit",
  qty: qty(filled),
  cashFraction: null,
  limitPx: suffix === "tp" ? at : null,
  stopPx: suffix === "sl" ? at : null,
  tif: "gtc",
  bracket: null,
  reduceOnly: true,
  after: [],
});

/** The last 500 orders, denied ones and bracket legs too. A step that the order's table does not know changes nothing. */
export const orders = (): Orders => {
  const view = keyed<OrderRec>(500, toItem);
  const open = (id: string, ticker: string, e: { readonly tSeen: number; readonly seq: number }): OrderRec => {
    const known = view.get(id);
    if (known) return known;
    const rec: OrderRec = {
      key: id,
      dirty: false,
      ticker,
      order: null,
      verdict: null,
      status: "submitted",
      filled: 0,
      paid: 0,
      commission: 0,
      reason: null,
      at: e.tSeen,
      updatedAt: e.tSeen,
      seq: e.seq,
    };
    view.add(rec);
    return rec;
  };
  const move = (rec: OrderRec, step: OrderStep, at: number): boolean => {
    const next = rec.status === "denied" || isClosed(rec.status) ? undefined : ORDER_TABLE[rec.status][step];
    if (next === undefined) return false;
    rec.status = next;
    rec.updatedAt = at;
    view.touch(rec);
    return true;
  };
  /** The legs of an entry that has filled a part or more: each covers what has filled so far. */
  const protect = (entry: OrderRec, e: EventOf<"order.filled">): void => {
    const order = entry.order;
    if (order === null || order.bracket === null) return;
    for (const [suffix, at] of [
      ["sl", order.bracket.stopLoss],
      ["tp", order.bracket.takeProfit],
    ] as const) {
      if (at === null) continue;
      const leg = open(orderId(`${order.id}.${suffix}`), order.ticker, e);
      if (leg.status === "submitted") leg.status = "accepted";
      leg.order = legOf(order, suffix, at, entry.filled);
      leg.updatedAt = e.tSeen;
      view.touch(leg);
    }
  };
  const reprice = (id: OrderId | string, at: number, change: (order: Order) => Order): void => {
    const rec = view.get(id);
    if (!rec || rec.order === null || (rec.status !== "denied" && isClosed(rec.status) && isLegId(rec.order.id))) return;
    rec.order = change(rec.order);
    rec.updatedAt = at;
    view.touch(rec);
  };
  return {
    view,
    verdict: (e) => {
      const rec = open(e.orderId, e.ticker, e);
      rec.verdict = e;
      if (e.outcome === "denied" && rec.order === null) rec.status = "denied";
      rec.updatedAt = e.tSeen;
      view.touch(rec);
    },
    submitted: (e) => {
      const rec = open(e.order.id, e.ticker, e);
      rec.order = e.order;
      rec.seq = e.seq;
      if (rec.status === "denied") rec.status = "submitted";
      rec.updatedAt = e.tSeen;
      view.touch(rec);
    },
    filled: (e) => {
      const rec = view.get(e.orderId);
      if (!rec) return "";
      rec.filled += e.qty;
      rec.paid += notional(e.px, e.qty);
      rec.commission += e.commission;
      move(rec, e.leaves === 0 ? "fill" : "partial", e.tSeen);
      view.touch(rec);
      protect(rec, e);
      return rec.order?.by ?? "";
    },
    replaced: ({ orderId: id, limitPx, stopPx, bracket, tSeen }) => {
      reprice(id, tSeen, (order) => ({ ...order, limitPx, stopPx, bracket }));
      if (entryOf(id) !== id || bracket === null) return;
      reprice(`${id}.sl`, tSeen, (leg) => ({ ...leg, stopPx: bracket.stopLoss ?? leg.stopPx }));
      reprice(`${id}.tp`, tSeen, (leg) => ({ ...leg, limitPx: bracket.takeProfit ?? leg.limitPx }));
    },
    step: (step, e, reason) => {
      const rec = view.get(e.orderId);
      if (rec && move(rec, step, e.tSeen) && reason !== undefined) rec.reason = reason;
    },
  };
};
