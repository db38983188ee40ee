import type { Bar } from "../domain/market.ts";
import { type Order, signOf } from "../domain/order.ts";
import { type Px, px, SCALE, toPx } from "../domain/units.ts";

/** Against us by a fraction of the price. */
const slipped = (usd: number, order: Order, slippage: number): Px =>
  toPx(slippage === 0 ? usd : usd * (1 + signOf(order.side) * slippage));

/** Where the order trades at this bar's open; null if not there. @param slippage fraction, on market and stop fills */
export const priceAtOpen = (order: Order, bar: Bar, slippage: number): Px | null => {
  const open = toPx(bar.open);
  if (order.kind === "market") return slipped(bar.open, order, slippage);
  if (order.kind === "stop" && order.stopPx !== null)
    return (order.side === "buy" ? open >= order.stopPx : open <= order.stopPx) ? slipped(bar.open, order, slippage) : null;
  if (order.limitPx !== null) return (order.side === "buy" ? open <= order.limitPx : open >= order.limitPx) ? open : null;
  return null;
};

/**
 * Where it trades inside the bar, the open included (a bracket leg may be born at the open, beyond its own price); null if not
 * there. @param slippage fraction, on market and stop fills
 */
export const priceInside = (order: Order, bar: Bar, slippage: number): Px | null => {
  const open = toPx(bar.open);
  const buy = order.side === "buy";
  if (order.kind === "stop" && order.stopPx !== null) {
    if (buy ? toPx(bar.high) < order.stopPx : toPx(bar.low) > order.stopPx) return null;
    return slipped((buy ? Math.max(open, order.stopPx) : Math.min(open, order.stopPx)) / SCALE, order, slippage);
  }
  if (order.limitPx === null || (buy ? toPx(bar.low) > order.limitPx : toPx(bar.high) < order.limitPx)) return null;
  return px(buy ? Math.min(open, order.limitPx) : Math.max(open, order.limitPx));
};
