import { type Px, px, SCALE } from "../domain/units.ts";

/** Price steps of US equities (Rule 612), µUSD: a cent from 1 USD on, a hundredth of one below. */
const CENT = 10_000;
const HUNDREDTH = 100;

/**
 * A price on a multiple of the price step, at least one step. A limit is never worsened: one to buy goes down, one to sell goes up. A stop goes to the nearest.
 * @param tickSize µUSD; null: that of US equities.
 */
export const onTick = (price: Px, side: "buy" | "sell", kind: "limit" | "stop", tickSize: number | null): Px => {
  const tick = tickSize ?? (price >= SCALE ? CENT : HUNDREDTH);
  const steps = price / tick;
  const whole = kind === "stop" ? Math.round(steps) : side === "buy" ? Math.floor(steps) : Math.ceil(steps);
  return px(Math.max(tick, whole * tick));
};
