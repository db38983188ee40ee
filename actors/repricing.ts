import { isLegId } from "../streams/domain/books.ts";
import type { Bracket, Order } from "../streams/domain/order.ts";

export type Prices = Pick<Order, "limitPx" | "stopPx" | "bracket">;

/** The prices an order is to have; null when they stay. */
export const repriced = (order: Order, { stopLoss, takeProfit }: Bracket): Prices | null => {
  const { limitPx, stopPx, bracket } = order;
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
