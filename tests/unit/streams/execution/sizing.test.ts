import { describe, expect, it } from "vitest";
import { type Money, money, SCALE, shares } from "../../../../streams/domain/units.ts";
import { legsTo, wantedShares } from "../../../../streams/execution/sizing.ts";
import { usd } from "../../../support/orders.ts";

describe("sizing", () => {
  const equity = money(100_000 * SCALE);
  it.each([
    [{ by: "weight", maxWeight: 0.1 }, 0.5, 100, 50],
    [{ by: "weight", maxWeight: 0.1 }, -1, 99, -101],
    [{ by: "shares", shares: 7 }, -0.2, 100, -7],
    [{ by: "shares", shares: 7 }, 0, 100, 0],
  ] as const)("by %o of a view of %d at %d is %d whole shares", (sizing, strength, price, want) => {
    expect(wantedShares(sizing, strength, equity, usd(price)) / SCALE).toBe(want);
  });
  it("of an account under water is none", () => {
    expect(wantedShares({ by: "weight", maxWeight: 0.1 }, 1, money(-5) as Money, usd(1))).toBe(0);
  });
  it.each([
    [10, 0, { side: "buy", exit: 0, entry: 10 }],
    [4, 10, { side: "sell", exit: 6, entry: 0 }],
    [-5, 10, { side: "sell", exit: 10, entry: 5 }],
    [5, -10, { side: "buy", exit: 10, entry: 5 }],
    [3, 3, null],
  ] as const)("leads to %d from %d by %o", (want, now, legs) => {
    expect(legsTo(shares(want), shares(now))).toEqual(legs);
  });
});
