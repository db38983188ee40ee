import { isLegId } from "../streams/domain/books.ts";
import type { Bracket, Order, Side } from "../streams/domain/order.ts";
import type { Px } from "../streams/domain/units.ts";
import { onTick } from "../streams/execution/ticks.ts";

export type Prices = Pick<Order, "limitPx" | "stopPx" | "bracket">;

/** The exits of an entry on this side, on the price step. */
export const exitsOnTick = ({ stopLoss, takeProfit }: Bracket, side: Side, tickSize: number | null): Bracket => {
  const out = side === "buy" ? "sell" : "buy";
  const stepped = (p: Px | null, kind: "limit" | "stop"): Px | null => (p === null ? null : onTick(p, out, kind, tickSize));
  return { stopLoss: stepped(stopLoss, "stop"), takeProfit: stepped(takeProfit, "limit") };
};

/** The prices an order is to have, on the price step of its side; null when they stay. @param tickSize µUSD; null: that of US equities */
export const repriced = (order: Order, moved: Bracket, tickSize: number | null): Prices | null => {
  const { limitPx, stopPx, bracket, side } = order;
  const entrySide = isLegId(order.id) ? (side === "buy" ? "sell" : "buy") : side;
  const { stopLoss, takeProfit } = exitsOnTick(moved, entrySide, tickSize);
  if (isLegId(order.id)) {
    const stop = order.kind === "stop" ? (stopLoss ?? stopPx) : stopPx;
    const limit = order.kind === "limit" ? (takeProfit ?? limitPx) : limitPx;
    return stop === stopPx && limit === limitPx ? null : { limitPx: limit, stopPx: stop, bracket };
  }
  if (bracket === null) return null;
  const next: Bracket = {
    stopLoss: bracket.stopLoss === null ? null : (stopLoss ?? bracket.stopLoss),
    takeProfit: bracket.takeProfit === null ? null : (takeProfit ?? bracket.takeProfit),
  };
  const same = next.stopLoss === bracket.stopLoss && next.takeProfit === bracket.takeProfit;
  return same ? null : { limitPx, stopPx, bracket: next };
};

/** Whether an order is, or will bear, one of the exits whose price is named. */
export const hasExit = ({ id, kind, bracket }: Order, { stopLoss, takeProfit }: Bracket): boolean => {
  const isStop = isLegId(id) ? kind === "stop" : bracket !== null && bracket.stopLoss !== null;
  const isTake = isLegId(id) ? kind === "limit" : bracket !== null && bracket.takeProfit !== null;
  return (stopLoss !== null && isStop) || (takeProfit !== null && isTake);
};
