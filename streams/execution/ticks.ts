import type { Side } from "../domain/order.ts";
import { type Px, px, SCALE } from "../domain/units.ts";

const CENT = 10_000;
const HUNDREDTH_OF_A_CENT = 100;

/** Price step of US equities, µUSD: a cent from 1 USD on, a hundredth of one below. Ref: SEC Rule 612. */
const usTick = (price: Px): number => (price >= SCALE ? CENT : HUNDREDTH_OF_A_CENT);

/**
 * An order's price on its price step, at least one step (a buy limit below one step stays as it is). A limit is never worsened: a buy rounds down, a sell up. A stop rounds to the
 * nearest. Of orders only: a fill has the price that it had. @param tickSize µUSD; null: that of US equities
 */
export const onTick = (price: Px, side: Side, kind: "limit" | "stop", tickSize: number | null): Px => {
  const tick = tickSize ?? usTick(price);
  const rest = price % tick;
  const under = price - rest;
  if (rest === 0) return price;
  if (under === 0 && kind === "limit" && side === "buy") return price; // no step is left that would not worsen it
  const isUp = kind === "limit" ? side === "sell" : 2 * rest >= tick;
  return px(Math.max(tick, isUp ? under + tick : under));
};
