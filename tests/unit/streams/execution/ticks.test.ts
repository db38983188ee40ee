import { describe, expect, it } from "vitest";
import { px } from "../../../../streams/domain/units.ts";
import { onTick } from "../../../../streams/execution/ticks.ts";
import { usd } from "../../../support/orders.ts";

describe("an order's price", () => {
  it.each([
    ["a buy limit rounds down", 10.019, "buy", "limit", null, 10.01],
    ["a sell limit rounds up", 10.011, "sell", "limit", null, 10.02],
    ["a stop rounds to the nearest cent", 10.014, "sell", "stop", null, 10.01],
    ["a stop half way rounds up", 10.015, "buy", "stop", null, 10.02],
    ["a price on its step stays", 10.01, "sell", "limit", null, 10.01],
    ["below one dollar the step is a hundredth of a cent", 0.12345, "buy", "limit", null, 0.1234],
    ["a sell limit below one dollar may round up to it", 0.99995, "sell", "limit", null, 1],
    ["an explicit step wins", 10.03, "buy", "limit", 50_000, 10],
    ["a step of one millionth rounds nothing", 10.123456, "buy", "limit", 1, 10.123456],
    ["nothing rounds below one step", 0.00001, "sell", "limit", null, 0.0001],
    ["a buy limit below one step stays, since a step would worsen it", 0.00001, "buy", "limit", null, 0.00001],
    ["nor with an explicit step", 0.004, "sell", "stop", 10_000, 0.01],
  ] as const)("%s", (_what, price, side, kind, tick, want) => {
    expect(onTick(usd(price), side, kind, tick)).toBe(px(Math.round(want * 1e6)));
  });
});
