import type { Bracket, Order, OrderIntent } from "../domain/order.ts";
import type { Split } from "../domain/portfolio.ts";
import { money, type Px, px, type Qty, qty, share } from "../domain/units.ts";

export type Factor = Pick<Split, "numerator" | "denominator">;

/** A quantity after a split, to the nearest µshare. */
export const splitQty = (before: Qty, { numerator, denominator }: Factor): Qty =>
  qty(share(money(before), numerator, denominator));

/** A price after a split, to the nearest µUSD, at least one. */
export const splitPx = (before: Px, { numerator, denominator }: Factor): Px =>
  px(Math.max(1, share(money(before), denominator, numerator)));

const splitPxOrNull = (before: Px | null, factor: Factor): Px | null => (before === null ? null : splitPx(before, factor));

export const splitBracket = ({ stopLoss, takeProfit }: Bracket, factor: Factor): Bracket => ({
  stopLoss: splitPxOrNull(stopLoss ?? null, factor),
  takeProfit: splitPxOrNull(takeProfit ?? null, factor),
});

/** The prices of an order after a split. */
export const splitPrices = <P extends Pick<Order, "limitPx" | "stopPx" | "bracket">>(prices: P, factor: Factor): P => ({
  ...prices,
  limitPx: splitPxOrNull(prices.limitPx, factor),
  stopPx: splitPxOrNull(prices.stopPx, factor),
  bracket: prices.bracket === null ? null : splitBracket(prices.bracket, factor),
});

/** What a strategy asked for before a split, in shares and prices of after it. */
export const splitIntent = <I extends Partial<Pick<OrderIntent, "qty" | "limitPx" | "stopPx" | "bracket">>>(
  intent: I,
  factor: Factor,
): I => {
  const { qty: size, limitPx, stopPx, bracket } = intent;
  return {
    ...intent,
    ...(size === undefined || size === null ? {} : { qty: splitQty(size, factor) }),
    ...(limitPx === undefined || limitPx === null ? {} : { limitPx: splitPx(limitPx, factor) }),
    ...(stopPx === undefined || stopPx === null ? {} : { stopPx: splitPx(stopPx, factor) }),
    ...(bracket === undefined || bracket === null ? {} : { bracket: splitBracket(bracket, factor) }),
  };
};

/** A working order after a split of its ticker: it is worth what it was. */
export const splitOrder = (order: Order, split: Factor): Order => ({
  ...splitPrices(order, split),
  qty: splitQty(order.qty, split),
});
