import { describe, expect, it } from "vitest";
import { SCALE } from "../../../../streams/domain/units.ts";
import { buyingPower, shareOfVolume, sharesCarried, sizedByCash } from "../../../../streams/execution/money.ts";
import { count, usd } from "../../../support/orders.ts";

const means = { equity: 10_000 * SCALE, gross: 4_000 * SCALE };

describe("money at the exchange", () => {
  it("is buying power of leverage × equity − gross", () => {
    expect(buyingPower(means, 1)).toBe(6_000 * SCALE);
    expect(buyingPower(means, 2)).toBe(16_000 * SCALE);
  });
  it("carries shares with their commission, which counts as often as equity does", () => {
    expect(sharesCarried(6_000 * SCALE, usd(100), 0, 1)).toBeCloseTo(60, 6);
    expect(sharesCarried(6_000 * SCALE, usd(100), 0.1, 2)).toBeCloseTo(50, 6);
    expect(sharesCarried(-1_000, usd(100), 0, 1)).toBe(0);
  });
  it("sizes by free money, in whole shares, commission included", () => {
    expect(sizedByCash(means, 0.5, usd(100), 0.01)).toBe(count(29));
    expect(sizedByCash({ equity: 1, gross: 5 }, 1, usd(1), 0)).toBe(0);
  });
  it("takes whole shares of a volume; no volume says nothing", () => {
    expect([shareOfVolume(59, 0.1), shareOfVolume(9, 0.1), shareOfVolume(0, 0.1)]).toEqual([
      5 * SCALE,
      0,
      Number.POSITIVE_INFINITY,
    ]);
  });
});
