import { describe, expect, it } from "vitest";
import { parseEvent, UnknownEvent, upcast } from "../../../../streams/domain/upcast.ts";

describe("events that are not of today", () => {
  it("are lifted one version at a time, without a change to the original", () => {
    const table = {
      "x.happened": {
        1: (old: Readonly<Record<string, unknown>>) => ({ ...old, price: Number(old.px) }),
        2: (old: Readonly<Record<string, unknown>>) => ({ ...old, price: Number(old.price) * 2 }),
      },
    };
    const old = Object.freeze({ type: "x.happened", v: 1, px: "1.5" });
    expect(upcast(old, table, 3)).toEqual({ type: "x.happened", v: 3, px: "1.5", price: 3 });
  });

  it.each([
    [{ type: "market.bar", v: 2 }, UnknownEvent],
    [{ type: "market.bar", v: 0 }, UnknownEvent],
    [{ type: "market.bar" }, UnknownEvent],
    [{ type: "market.rumour", v: 1 }, /type/],
    [null, /object|record/],
    ["text", /object|record/],
  ])("are refused with a reason: %j", (wire, reason) => expect(() => parseEvent(wire)).toThrow(reason));
});
