import { describe, expect, it } from "vitest";
import { canonicalText, idsOf, SameStrategyTwice } from "../../../../streams/strategies/ids.ts";
import { BadParameters, bindAll, listAll } from "../../../../streams/strategies/registry.ts";

const listed = (name: string, params: Record<string, unknown> = {}, enabled = true) => ({ name, enabled, weight: 1, params });
const A = listed("sma_cross", { fast: 5, slow: 20 });
const B = listed("sma_cross", { fast: 10, slow: 50 });
const names = (...configs: Parameters<typeof bindAll>[0]) => bindAll(configs).map((s) => s.name);

describe("the id of a strategy", () => {
  it("is its name while no other has it", () => expect(names(A, listed("momentum"))).toEqual(["sma_cross", "momentum"]));

  it("is name and hash of the parameters for each of several of one name, in whatever order they are listed", () => {
    const [a, b] = names(A, B);
    expect([a, b]).toEqual([expect.stringMatching(/^sma_cross~[0-9a-f]{8}$/), expect.stringMatching(/^sma_cross~[0-9a-f]{8}$/)]);
    expect(a).not.toBe(b);
    expect(names(B, listed("momentum"), A)).toEqual([b, "momentum", a]);
  });

  it("counts parameters as the strategy sees them: defaults filled in, keys in any order", () => {
    expect(names(listed("sma_cross", { slow: 20, fast: 5 }), B)).toEqual(names(A, B));
    expect(names(listed("sma_cross", { ...A.params, long_only: false }), B)).toEqual(names(A, B));
    expect(() => bindAll([listed("sma_cross"), listed("sma_cross", { fast: 20, slow: 50 })])).toThrow(SameStrategyTwice);
  });

  it("is refused where name and parameters are the same", () =>
    expect(() => bindAll([A, listed("momentum"), listed("sma_cross", { slow: 20, fast: 5 })])).toThrow(
      'strategy sma_cross is listed twice with the same parameters, {"fast":5,"long_only":false,"slow":20}; list',
    ));

  it("stays what it is when another of the name is turned off", () => {
    const off = { ...B, enabled: false };
    expect(names(A, off)).toEqual([names(A, B)[0]]);
    expect(listAll([A, off]).map(({ id, bound }) => [id, bound !== null])).toEqual([
      [names(A, B)[0], true],
      [names(A, B)[1], false],
    ]);
    expect(() => bindAll([A, { ...off, params: { fast: "x" } }])).toThrow(BadParameters);
  });

  it("tells values apart that JSON writes alike, and none that are equal", () => {
    const values = [
      Number.NaN,
      null,
      Number.POSITIVE_INFINITY,
      0,
      1n,
      "1n",
      new Set([1]),
      new Map([[1, 2]]),
      [1],
      {},
      new Date(0),
      /a/,
    ];
    expect(new Set(values.map(canonicalText)).size).toBe(values.length);
    expect(canonicalText({ b: 1, a: [{ d: undefined, c: -0 }] })).toBe('{"a":[{"c":0}],"b":1}');
    expect(idsOf([1, 2].map((n) => ({ name: "x", params: { at: new Date(n) } })))).toHaveLength(2);
  });
});
