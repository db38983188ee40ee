import { Subject } from "rxjs";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { type BoundStrategy, bind, defineStrategy, type View } from "../../../../streams/strategies/define.ts";
import { bindAll, UnknownStrategy } from "../../../../streams/strategies/registry.ts";

const bound = (name: string, params: Record<string, unknown> = {}): BoundStrategy => {
  const [b] = bindAll([{ name, enabled: true, weight: 1, params }]);
  if (!b) throw new Error(name);
  return b;
};

describe("a strategy's definition", () => {
  it("needs a name, and one way to speak", () => {
    const params = z.object({});
    expect(() => defineStrategy({ name: "two words", params, signals: () => new Subject<View>() })).toThrow(/two words/);
    expect(() => defineStrategy({ name: "mute", params })).toThrow("strategy mute: define exactly one of signals and orders");
  });
  it("names the parameter that is wrong", () => {
    expect(() => bound("sma_cross", { fast: "x" })).toThrow(/fast/);
    expect(() => bound("sma_cross", { fast: 9, slow: 3 })).toThrow(/fast must be shorter than slow/);
    const s = defineStrategy({ name: "s", params: z.object({ n: z.int() }), signals: () => new Subject<View>() });
    expect(() => bind(s, { n: 1.5 }, 1)).toThrow(/"n"/);
  });
  it("is found by name, and the known ones are named when not", () => {
    expect(() => bound("smaCros")).toThrow(UnknownStrategy);
    expect(() => bound("smaCros")).toThrow(/sma_cross/);
    expect(bindAll([{ name: "momentum", enabled: false, weight: 1, params: {} }])).toEqual([]);
  });
});
