import type { Order } from "../domain/order.ts";
import type { Split } from "../domain/portfolio.ts";
import { money, type Px, px, qty, share } from "../domain/units.ts";

const price = (p: Px | null, { numerator, denominator }: Split): Px | null =>
  p === null ? null : px(Math.max(1, share(money(p), denominator, numerator)));

/** A working order after a split of its ticker: it keeps its worth. */
export const splitOrder = (order: Order, split: Split): Order => ({
  ...order,
  qty: qty(share(money(order.qty), split.numerator, split.denominator)),
  limitPx: price(order.limitPx, split),
  stopPx: price(order.stopPx, split),
  bracket:
    order.bracket === null
      ? null
      : { stopLoss: price(order.bracket.stopLoss, split), takeProfit: price(order.bracket.takeProfit, split) },
});

/** µshare after a split. */
export const splitQty = (leaves: number, split: Split): number => share(money(leaves), split.numerator, split.denominator);
