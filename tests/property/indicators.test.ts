import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decayedSum } from "../../streams/indicators/decay.ts";
import { stdev, zScore } from "../../streams/indicators/deviation.ts";
import { highest, lowest } from "../../streams/indicators/extremes.ts";
import { rsi } from "../../streams/indicators/rsi.ts";
import { sma } from "../../streams/indicators/sma.ts";

const prices = fc.array(fc.double({ min: 0.01, max: 5_000, noNaN: true }), { minLength: 1, maxLength: 80 });
const periods = fc.integer({ min: 2, max: 20 });

const mean = (w: readonly number[]): number => w.reduce((a, b) => a + b, 0) / w.length;
const deviation = (w: readonly number[]): number => Math.sqrt(w.reduce((a, b) => a + (b - mean(w)) ** 2, 0) / (w.length - 1));

describe("over any prices and any period", () => {
  it("windowed indicators say what their window says", () => {
    fc.assert(
      fc.property(prices, periods, (values, n) => {
        const all = { sma: sma(n), stdev: stdev(n), highest: highest(n), lowest: lowest(n) };
        for (const [i, value] of values.entries()) {
          const got = {
            sma: all.sma.next(value),
            stdev: all.stdev.next(value),
            highest: all.highest.next(value),
            lowest: all.lowest.next(value),
          };
          if (i < n - 1) {
            expect(Object.values(got)).toEqual([undefined, undefined, undefined, undefined]);
            continue;
          }
          const window = values.slice(i - n + 1, i + 1);
          expect(got.sma).toBeCloseTo(mean(window), 9);
          expect(got.stdev).toBeCloseTo(deviation(window), 4);
          expect([got.highest, got.lowest]).toEqual([Math.max(...window), Math.min(...window)]);
        }
      }),
    );
  });

  it("rsi stays in [0, 100]", () => {
    fc.assert(
      fc.property(prices, periods, (values, n) => {
        const indicator = rsi(n);
        for (const value of values) {
          const x = indicator.next(value);
          if (x !== undefined) expect(x >= 0 && x <= 100).toBe(true);
        }
      }),
    );
  });

  it("a window of one price has that mean, no deviation, and a z-score of 0, whatever came before", () => {
    fc.assert(
      fc.property(prices, fc.double({ min: 0.01, max: 5_000, noNaN: true }), periods, (before, price, n) => {
        const [m, s, z] = [sma(n), stdev(n), zScore(n)];
        for (const value of before) for (const one of [m, s, z]) one.next(value);
        let last: (number | undefined)[] = [];
        for (let i = 0; i < n; i++) last = [m.next(price), s.next(price), z.next(price)];
        expect(last).toEqual([price, 0, 0]);
      }),
    );
  });

  it("a decayed sum does not depend on the order its values come in", () => {
    const values = fc.array(fc.tuple(fc.integer({ min: 0, max: 100_000 }), fc.double({ min: -1, max: 1, noNaN: true })), {
      minLength: 1,
      maxLength: 20,
    });
    fc.assert(
      fc.property(values, (list) => {
        const [asIs, sorted] = [decayedSum(9_000), decayedSum(9_000)];
        for (const [at, v] of list) asIs.add(at, v);
        for (const [at, v] of [...list].sort((a, b) => a[0] - b[0])) sorted.add(at, v);
        expect(asIs.valueAt(100_000)).toBeCloseTo(sorted.valueAt(100_000), 12);
      }),
    );
  });
});

describe("over a million updates", () => {
  /** Prices around 300 with some far away, whose weight must leave with them. */
  const prices = new Float64Array(1_000_000);
  for (let i = 0, state = 7; i < prices.length; i++) {
    state = (state * 48_271) % 2_147_483_647;
    prices[i] = i % 1_000 === 999 ? 1e6 * state : 200 + state / 1e7;
  }

  it.each([5, 50, 200])("the mean and deviation of %i prices never drift from what they are", (n) => {
    const [m, s, z] = [sma(n), stdev(n), zScore(n)];
    let [worstMean, worstDeviation, worstScore] = [0, 0, 0];
    prices.forEach((price, i) => {
      const [gotMean = 0, gotDeviation = 0, gotScore = 0] = [m.next(price), s.next(price), z.next(price)];
      if (i % 7_000 !== 6_500) return; // far from the last outlier, and from the last time round
      const window = [...prices.subarray(i - n + 1, i + 1)];
      const [trueMean, trueDeviation] = [mean(window), deviation(window)];
      worstMean = Math.max(worstMean, Math.abs(gotMean / trueMean - 1));
      worstDeviation = Math.max(worstDeviation, Math.abs(gotDeviation / trueDeviation - 1));
      worstScore = Math.max(worstScore, Math.abs(gotScore - (price - trueMean) / trueDeviation));
    });
    expect(worstMean).toBeLessThan(1e-13);
    expect(worstDeviation).toBeLessThan(1e-9);
    expect(worstScore).toBeLessThan(1e-9);
  });
});
