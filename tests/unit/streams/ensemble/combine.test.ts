import { describe, expect, it } from "vitest";
import { combine, nextStrength } from "../../../../streams/ensemble/combine.ts";

describe("the ensemble's arithmetic", () => {
  const weights = new Map([
    ["a", 1],
    ["b", 1],
    ["c", 1],
  ]);
  const view = (strategy: string, score: number, confidence = 1) => ({ strategy, score, confidence, signal: 1 as never });
  it("counts one voice of three as a third", () => {
    expect(combine([view("a", 1)], weights)).toBeCloseTo(1 / 3, 12);
    expect(combine([view("a", 1), view("b", -1), view("stranger", 1)], weights)).toBe(0);
    expect(combine([view("a", 1)], new Map())).toBe(0);
  });
  it("acts on turns and on moves past the hysteresis, and takes a weak view for none", () => {
    const config = { threshold: 0.1, hysteresis: 0.2 };
    expect(nextStrength(0.09, 0, config)).toBeNull();
    expect(nextStrength(0.3, 0, config)).toBe(0.3);
    expect(nextStrength(0.4, 0.3, config)).toBeNull();
    expect(nextStrength(0.5, 0.3, config)).toBe(0.5);
    expect(nextStrength(0.05, 0.3, config)).toBe(0);
    expect(nextStrength(-0.1, 0.05, config)).toBe(-0.1);
  });
});
