import { describe, expect, it } from "vitest";
import { isLowFirst, reachedAt, slipped } from "../../../../streams/execution/path.ts";
import { order, usd } from "../../../support/orders.ts";

describe("the path within a bar", () => {
  const bar = { open: 100, high: 104, low: 97 };
  it("visits the extreme first that hurts what is held", () => {
    expect([isLowFirst(bar, 5), isLowFirst(bar, -5)]).toEqual([true, false]);
  });
  it("of a flat account visits the nearer extreme first, and the low when both are as near", () => {
    expect(isLowFirst(bar, 0)).toBe(true);
    expect(isLowFirst({ open: 102, high: 104, low: 97 }, 0)).toBe(false);
    expect(isLowFirst({ open: 100, high: 103, low: 97 }, 0)).toBe(true);
  });
});

describe("an order on a piece of the path", () => {
  it.each([
    ["a buy limit on the way down", "buy", "limit", 100, 95, 98, 98],
    ["a buy limit on the way up, above the price", "buy", "limit", 95, 100, 98, 95],
    ["a buy limit that is not reached", "buy", "limit", 100, 99, 98, null],
    ["a sell limit on the way up", "sell", "limit", 95, 100, 98, 98],
    ["a sell limit below the price", "sell", "limit", 100, 95, 98, 100],
    ["a sell stop on the way down", "sell", "stop", 100, 95, 98, 98],
    ["a sell stop above the price", "sell", "stop", 95, 100, 98, 95],
    ["a buy stop on the way up", "buy", "stop", 95, 100, 98, 98],
    ["a buy stop below the price", "buy", "stop", 100, 95, 98, 100],
    ["a buy stop that is not reached", "buy", "stop", 95, 97, 98, null],
  ] as const)("%s", (_what, side, kind, from, to, at, want) => {
    const o = order({ side, kind, limitPx: kind === "limit" ? usd(at) : null, stopPx: kind === "stop" ? usd(at) : null });
    expect(reachedAt(o, false, usd(from), usd(to))).toBe(want === null ? null : usd(want));
  });
  it("trades where the price is when it is a market order, or a stop that was reached", () => {
    expect(reachedAt(order(), false, usd(100), usd(90))).toBe(usd(100));
    expect(reachedAt(order({ kind: "stop", stopPx: usd(120) }), true, usd(100), usd(90))).toBe(usd(100));
  });
  it("slips against its side", () => {
    expect(slipped(usd(100), { side: "buy" }, 0.01)).toBe(usd(101));
    expect(slipped(usd(100), { side: "sell" }, 0.01)).toBe(usd(99));
  });
});
