import type { Bar } from "../domain/market.ts";
import { type Order, signOf } from "../domain/order.ts";
import { type Px, SCALE, toPx } from "../domain/units.ts";

/** A price moved against us by a fraction of itself. */
export const slipped = (price: Px, order: Pick<Order, "side">, slippage: number): Px =>
  slippage === 0 ? price : toPx((price / SCALE) * (1 + signOf(order.side) * slippage));

/**
 * Whether the low is the first of the two extremes that the path visits: the one that hurts what is held; of a flat account the one nearer
 * to the open, the low when both are as near. @param held signed
 */
export const isLowFirst = (bar: Pick<Bar, "open" | "high" | "low">, held: number): boolean =>
  held === 0 ? toPx(bar.open) - toPx(bar.low) <= toPx(bar.high) - toPx(bar.open) : held > 0;

/**
 * The price at which an order trades while the price goes from one point to another; null when it does not. What can trade where the
 * price is trades there: a limit no worse than its price, a stop no better. @param isMarket it trades wherever the price is
 */
export const reachedAt = (
  order: Pick<Order, "side" | "kind" | "limitPx" | "stopPx">,
  isMarket: boolean,
  from: Px,
  to: Px,
): Px | null => {
  if (isMarket || order.kind === "market") return from;
  const price = order.kind === "limit" ? order.limitPx : order.stopPx;
  if (price === null) return null;
  const isBelow = (order.kind === "limit") === (order.side === "buy"); // it trades at its price and below
  if (isBelow ? from <= price : from >= price) return from;
  return (isBelow ? to <= price : to >= price) ? price : null;
};
