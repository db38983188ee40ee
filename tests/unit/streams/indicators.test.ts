import { from, lastValueFrom, toArray } from "rxjs";
import { describe, expect, it } from "vitest";
import { atr } from "../../../streams/indicators/atr.ts";
import { rateOfChange, volumeRatio } from "../../../streams/indicators/change.ts";
import { decayedSum } from "../../../streams/indicators/decay.ts";
import { exp, exp2, ln, pow } from "../../../streams/indicators/det.ts";
import { stdev, zScore } from "../../../streams/indicators/deviation.ts";
import { ema } from "../../../streams/indicators/ema.ts";
import { highest, lowest } from "../../../streams/indicators/extremes.ts";
import { type Indicator, measured } from "../../../streams/indicators/indicator.ts";
import { rsi } from "../../../streams/indicators/rsi.ts";
import { sma } from "../../../streams/indicators/sma.ts";

const over = (indicator: Indicator, values: readonly number[]) => values.map((v) => indicator.next(v));
const none = undefined;

describe("indicators on a few values worked by hand", () => {
  it("sma is the mean of the last n", () => expect(over(sma(3), [1, 2, 6, 7])).toEqual([none, none, 3, 5]));
  it("ema begins with a mean and weighs the new by 2 ÷ (n + 1)", () =>
    expect(over(ema(3), [1, 2, 6, 7, 3])).toEqual([none, none, 3, 5, 4]));
  it("rsi begins with the means of the first changes and smooths as Wilder did", () => {
    const [a, b, c, d] = over(rsi(2), [10, 12, 11, 14]); // gains 2 0 3, losses 0 1 0
    expect([a, b]).toEqual([none, none]);
    expect(c).toBeCloseTo(100 - 100 / (1 + 1 / 0.5), 12);
    expect(d).toBeCloseTo(100 - 100 / (1 + 2 / 0.25), 12);
  });
  it("rsi stays in range at the ends: 100 without a loss, 0 without a gain, 50 without a move", () => {
    expect([over(rsi(2), [1, 2, 3]).at(-1), over(rsi(2), [3, 2, 1]).at(-1), over(rsi(2), [2, 2, 2]).at(-1)]).toEqual([
      100, 0, 50,
    ]);
  });
  it("stdev is that of a sample", () => expect(over(stdev(4), [2, 4, 4, 6]).at(-1)).toBeCloseTo(Math.sqrt(8 / 3), 14));
  it("z-score counts deviations from the mean, and is 0 where nothing moves", () => {
    expect(over(zScore(3), [1, 2, 3]).at(-1)).toBeCloseTo(1, 14);
    expect(over(zScore(3), [9, 0.1, 0.1, 0.1]).at(-1)).toBe(0);
  });
  it("highest and lowest look back n values", () => {
    expect(over(highest(2), [3, 1, 2, 2, 0])).toEqual([none, 3, 2, 2, 2]);
    expect(over(lowest(2), [3, 1, 2, 2, 0])).toEqual([none, 1, 1, 2, 0]);
  });
  it("atr counts gaps from the close before", () => {
    const a = atr(2);
    expect([a.next(11, 9, 10), a.next(15, 14, 14), a.next(14, 13, 13.5)]).toEqual([none, 3.5, 2.25]);
  });
  it("rate of change is a fraction", () =>
    expect(over(rateOfChange(2), [100, 5, 110, 0, 0, 3])).toEqual(
      [none, none, 0.1, -1, -1, none].map((v, i) => (i === 2 ? 110 / 100 - 1 : v)),
    ));
  it("volume ratio leaves the newest out of the usual", () =>
    expect(over(volumeRatio(2), [10, 30, 40, 0, 0, 7])).toEqual([none, none, 2, 0, 0, none]));

  it.each([sma, ema, rsi, highest, lowest, rateOfChange, volumeRatio, stdev, zScore])(
    "%o refuses a period that is none",
    (make) => {
      for (const n of [0, -1, 1.5, Number.NaN]) expect(() => make(n)).toThrow(RangeError);
    },
  );
});

describe("a decayed sum", () => {
  it("halves every half-life of event time", () => {
    const mood = decayedSum(1_000);
    expect(mood.add(5_000, 1)).toBe(1);
    expect(mood.valueAt(6_000)).toBe(0.5);
    expect(mood.add(7_000, -1)).toBe(-0.75);
    expect(mood.valueAt(1)).toBe(-0.75);
  });
  it("takes a late value as decayed as it is old", () => {
    const inOrder = decayedSum(300);
    const late = decayedSum(300);
    inOrder.add(100, 2);
    late.add(700, 1);
    expect(late.add(100, 2)).toBeCloseTo(inOrder.add(700, 1), 14);
  });
  it("refuses a half-life that is none", () => expect(() => decayedSum(0)).toThrow(RangeError));
});

describe("deterministic exponentials and logarithms", () => {
  const close = (ours: number, theirs: number) => expect(Math.abs(ours - theirs)).toBeLessThanOrEqual(1e-12 * Math.abs(theirs));
  it("agree with the engine's to 1e-12 over their whole range", () => {
    for (let i = -2_000; i <= 2_000; i++) {
      close(exp2(i * 0.5107), 2 ** (i * 0.5107));
      close(exp(i * 0.3519), Math.exp(i * 0.3519));
      if (i !== 0) close(ln(2 ** (i * 0.5)), Math.log(2 ** (i * 0.5)));
      close(ln(1.5 + i / 1_400), Math.log(1.5 + i / 1_400));
      close(pow(1.5 + i / 1_400, 7.25), (1.5 + i / 1_400) ** 7.25);
    }
  });
  it("are exact where the answer is", () => {
    expect([exp2(0), exp2(10), exp2(-1), exp2(-1074), exp(0), ln(1)]).toEqual([1, 1024, 0.5, 5e-324, 1, 0]);
  });
  it("end where floats do", () => {
    expect([exp2(1024), exp2(-1100), exp(710), exp(-746)]).toEqual([Number.POSITIVE_INFINITY, 0, Number.POSITIVE_INFINITY, 0]);
    expect([ln(0), ln(-1), ln(Number.POSITIVE_INFINITY), exp2(Number.NaN), exp(Number.NaN), ln(Number.NaN)]).toEqual([
      Number.NEGATIVE_INFINITY,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      Number.NaN,
      Number.NaN,
      Number.NaN,
    ]);
    close(ln(5e-324), Math.log(5e-324));
    close(exp2(1023.999), 2 ** 1023.999);
  });
  it("do not lose digits next to 1", () => close(ln(1 + 2 ** -40), Math.log1p(2 ** -40)));
});

describe("as an operator", () => {
  it("gives measurements from the first there is, and measures anew for each subscriber", async () => {
    const means = from([1, 2, 3]).pipe(
      measured(() => sma(2)),
      toArray(),
    );
    expect(await lastValueFrom(means)).toEqual([1.5, 2.5]);
    expect(await lastValueFrom(means)).toEqual([1.5, 2.5]);
  });
});
