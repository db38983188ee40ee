import { describe, expect, it } from "vitest";
import { addRestart, backoffMs, restartsWith } from "../../../../runtime/kernel/restart.ts";
import { type Ms, ms } from "../../../../streams/domain/units.ts";

describe("restart intensity", () => {
  const three = { maxRestarts: 3, withinMs: 1000 };
  it("allows as many restarts as it says within any window, and not one more", () => {
    let past: readonly Ms[] = [];
    for (const t of [0, 10, 20]) past = addRestart(past, ms(t), three) ?? expect.fail(`refused at ${t}`);
    expect(addRestart(past, ms(1000), three)).toBeNull();
    expect(addRestart(past, ms(1001), three)).toEqual([1001, 20, 10]);
  });
  it("of zero allows none", () => {
    expect(addRestart([], ms(0), { maxRestarts: 0, withinMs: 1000 })).toBeNull();
  });
});

describe("backoff", () => {
  const b = { minMs: 100, maxMs: 1000, factor: 2, jitter: 0.2, resetAfterMs: 0 };
  it("grows by its factor up to its maximum", () => {
    expect([0, 1, 2, 3, 4, 1000].map((n) => backoffMs(b, n, 0.5))).toEqual([100, 200, 400, 800, 1000, 1000]);
  });
  it("is spread evenly by its jitter", () => {
    expect(backoffMs(b, 0, 0)).toBe(80);
    expect(backoffMs(b, 0, 0.75)).toBe(110);
  });
  it("of zero stays zero", () => {
    expect(backoffMs({ ...b, minMs: 0 }, 9, 0.9)).toBe(0);
  });
});

it("each strategy restarts its own set, left to right", () => {
  const all = ["a", "b", "c"];
  expect(restartsWith("one_for_one", all, "b")).toEqual(["b"]);
  expect(restartsWith("one_for_all", all, "b")).toEqual(["a", "b", "c"]);
  expect(restartsWith("rest_for_one", all, "b")).toEqual(["b", "c"]);
});
