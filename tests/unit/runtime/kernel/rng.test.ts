import { describe, expect, it } from "vitest";
import { createRng } from "../../../../runtime/kernel/rng.ts";

describe("seeded chance", () => {
  const draw = (seed: number, text: string, n: number) => {
    const rng = createRng(seed, text);
    return Array.from({ length: n }, () => rng.next());
  };
  it("is the same for the same seed and text, and another for another", () => {
    expect(draw(1, "a", 5)).toEqual(draw(1, "a", 5));
    expect(draw(1, "a", 5)).not.toEqual(draw(1, "b", 5));
    expect(draw(1, "a", 5)).not.toEqual(draw(2, "a", 5));
  });
  it("is uniform: every tenth of [0, 1) gets a tenth, within five deviations", () => {
    const tenths = new Array<number>(10).fill(0);
    for (const x of draw(3, "uniform", 100_000)) {
      const at = Math.floor(x * 10);
      tenths[at] = (tenths[at] ?? 0) + 1;
    }
    expect(tenths).toHaveLength(10); // nothing below 0, nothing from 1 on
    expect(tenths.reduce((a, b) => a + b)).toBe(100_000);
    for (const n of tenths) expect(Math.abs(n - 10_000)).toBeLessThan(5 * Math.sqrt(100_000 * 0.1 * 0.9));
  });
});
