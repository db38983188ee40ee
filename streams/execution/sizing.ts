import type { Sizing } from "../domain/run.ts";
import { type Money, type Px, SCALE, type Shares, shares } from "../domain/units.ts";

/** Whole shares, signed, that a view of this strength is worth. `weight` and `shares` sizing only; cash sizing is the broker's at the fill. */
export const wantedShares = (sizing: Sizing, strength: number, equity: Money, price: Px): Shares => {
  if (strength === 0) return shares(0);
  const sign = strength > 0 ? 1 : -1;
  switch (sizing.by) {
    case "shares":
      return shares(sign * sizing.shares * SCALE);
    case "weight":
      return shares(sign * Math.floor((Math.abs(strength) * sizing.maxWeight * Math.max(0, equity)) / price) * SCALE);
    case "cash":
      return shares(0);
  }
};

/** A way from what is held to what is wanted: first out of the old side, then into the new one. µshare, both zero or more. */
export interface Legs {
  readonly side: "buy" | "sell";
  readonly exit: number;
  readonly entry: number;
}

/** null when nothing is to be done. */
export const legsTo = (wanted: Shares, now: Shares): Legs | null => {
  const delta = wanted - now;
  if (delta === 0) return null;
  const side = delta > 0 ? "buy" : "sell";
  const reducible = now !== 0 && now > 0 !== delta > 0 ? Math.abs(now) : 0;
  const exit = Math.min(Math.abs(delta), reducible);
  return { side, exit, entry: Math.abs(delta) - exit };
};
