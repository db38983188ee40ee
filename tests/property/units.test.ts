import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  AmountOutOfRange,
  Money,
  money,
  notional,
  Px,
  px,
  Qty,
  ratio,
  SCALE,
  share,
  shares,
  toDecimal,
  toMicros,
  toPx,
  toQty,
  usd,
} from "../../streams/domain/units.ts";

const MAX = Number.MAX_SAFE_INTEGER;
/** Every magnitude, the edges of the exact range and whole units among them. */
const amount = fc.oneof(
  fc.maxSafeInteger(),
  fc.integer({ min: -10_000_000, max: 10_000_000 }),
  fc.integer({ min: -9_000, max: 9_000 }).map((n) => n * SCALE),
  fc.integer({ min: 0, max: 1_000_000 }).map((n) => MAX - n),
  fc.integer({ min: 0, max: 9_007_199_254 }).chain((n) => fc.constantFrom(n * SCALE, n * SCALE + 1, Math.max(0, n * SCALE - 1))),
);
const above = amount.map((n) => Math.abs(n)).filter((n) => n > 0);

/** Half away from zero, by big integers. */
const exactly = (top: bigint, under: bigint): bigint => {
  const [t, u] = [top < 0n ? -top : top, under < 0n ? -under : under];
  const whole = t / u + (2n * (t % u) >= u ? 1n : 0n);
  return top < 0n !== under < 0n ? -whole : whole;
};
/** The answer, or a refusal where the true one is past the exact range. */
const expectExactly = (compute: () => number, truth: bigint): void => {
  if (truth > BigInt(MAX) || truth < -BigInt(MAX)) expect(compute).toThrow(AmountOutOfRange);
  else expect(compute()).toBe(Number(truth));
};

describe("amounts", () => {
  it("come back from their decimal exactly, and the decimal is plain and shortest", () => {
    fc.assert(
      fc.property(amount, (n) => {
        const text = toDecimal(n);
        expect(toMicros(text)).toBe(n);
        expect(text).toMatch(/^-?(0|[1-9]\d*)(\.\d{0,5}[1-9])?$/);
        expect(Money.decode(text)).toBe(n);
        expect(Money.encode(money(n))).toBe(text);
      }),
    );
  });

  it("are read from any decimal of up to six places", () => {
    fc.assert(
      fc.property(fc.boolean(), fc.nat(9_007_199_253), fc.stringMatching(/^\d{0,6}$/), (negative, whole, places) => {
        const text = `${negative ? "-" : ""}${whole}${places === "" ? "" : `.${places}`}`;
        const size = BigInt(whole) * 1_000_000n + BigInt(places.padEnd(6, "0"));
        expect(toMicros(text)).toBe(Number(negative ? -size : size));
      }),
    );
  });

  it.each(["", " 1", "1.", ".5", "1e3", "+1", "0x1", "1,000", "1.0000001", "NaN", "--1", "１"])("refuse %j as text", (text) => {
    expect(() => toMicros(text)).toThrow(RangeError);
    expect(Money.safeParse(text).success).toBe(false);
  });

  it("past the exact range fail a parse without throwing through it", () => {
    expect(() => toMicros("9007199254.740992")).toThrow(AmountOutOfRange);
    expect(Money.safeParse("9007199254.740992").success).toBe(false);
    expect(Money.safeParse("-99999999999999999999999").success).toBe(false);
    expect(Money.parse("-9007199254.740991")).toBe(-MAX);
    expect([Px.safeParse("0").success, Qty.safeParse("-1").success, Qty.safeParse("0").success]).toEqual([false, false, true]);
  });
});

describe("price times shares", () => {
  it("is exact to half a µUSD, away from zero, on the fast ways and the slow one", () => {
    fc.assert(
      fc.property(above, amount, (p, n) => {
        expectExactly(() => notional(px(p), shares(n)), exactly(BigInt(p) * BigInt(n), 1_000_000n));
      }),
      { numRuns: 2_000 },
    );
  });

  it("mirrors: a short is worth minus the long", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e9 }), fc.integer({ min: 0, max: 1e9 }), (p, n) => {
        expect(notional(px(p), shares(-n)) + notional(px(p), shares(n))).toBe(0);
      }),
    );
  });

  it.each([
    [1, 499_999, 0],
    [1, 500_000, 1],
    [1, -500_000, -1],
    [3, 500_000, 2],
    [186_310_000, 100 * SCALE, 18_631_000_000],
  ])("%i × %i is %i", (p, n, worth) => expect(notional(px(p), shares(n))).toBe(worth));
});

describe("a share of an amount", () => {
  it("is exact to half a µUSD, away from zero", () => {
    fc.assert(
      fc.property(
        amount,
        amount,
        amount.filter((n) => n !== 0),
        (sum, part, whole) => {
          expectExactly(() => share(money(sum), part, whole), exactly(BigInt(sum) * BigInt(part), BigInt(whole)));
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it("leaves a rest that adds up: parts taken one by one come to the whole", () => {
    fc.assert(
      fc.property(amount, fc.array(fc.integer({ min: 1, max: 50_000_000 }), { minLength: 1, maxLength: 20 }), (sum, parts) => {
        let [left, open, taken] = [money(sum), parts.reduce((a, b) => a + b, 0), 0];
        for (const part of parts) {
          const piece = share(left, part, open);
          [left, open, taken] = [money(left - piece), open - part, taken + piece];
        }
        expect([left, open]).toEqual([0, 0]);
        expect(taken).toBe(sum);
      }),
    );
  });
});

/** A rate of an amount by the decimal that the rate is written as, in whole numbers; written apart from the code. */
const ratioByDecimal = (sum: number, rate: number): bigint => {
  const [digits = "", exponent = "0"] = String(Math.abs(rate)).split("e");
  const [whole = "", fraction = ""] = digits.split(".");
  const shift = Number(exponent) - fraction.length;
  const top = BigInt(Math.abs(sum)) * BigInt(whole + fraction) * (shift > 0 ? 10n ** BigInt(shift) : 1n);
  const under = shift < 0 ? 10n ** BigInt(-shift) : 1n;
  const rounded = top / under + ((top % under) * 2n >= under ? 1n : 0n);
  return sum < 0 !== rate < 0 ? -rounded : rounded;
};
const LARGEST = BigInt(Number.MAX_SAFE_INTEGER);

/** Rates as people write them, a few digits and places, and any others. */
const rate = fc.oneof(
  fc
    .tuple(fc.integer({ min: -99_999, max: 99_999 }), fc.integer({ min: 0, max: 9 }))
    .map(([n, places]) => Number(`${n}e-${places}`)),
  fc.double({ min: -4, max: 4, noNaN: true }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
/** Amounts that make the product with a rate of few places end in a half, among others. */
const amountFor = fc.oneof(
  fc.integer({ min: -200_000, max: 200_000 }),
  fc.integer({ min: -2_000_000_000, max: 2_000_000_000 }).map((n) => n * 500),
  fc.maxSafeInteger(),
);

describe("a rate of an amount", () => {
  it("is rounded half away from zero, by the decimal that the rate is written as", () => {
    expect([5_000, -5_000].map((sum) => ratio(money(sum), 0.0029))).toEqual([15, -15]);
    expect([ratio(money(5_000), -0.0029), ratio(money(150), 0.07), ratio(money(50), 1.15)]).toEqual([-15, 11, 58]);
    expect([ratio(money(1), 0.49999999999999994), ratio(money(1), 0.5), ratio(money(-1), 0.5)]).toEqual([0, 1, -1]);
    expect([ratio(money(0), 0.3), ratio(money(7), 0), ratio(money(-7), 1e-300)]).toEqual([0, 0, 0]);
    fc.assert(
      fc.property(amountFor, rate, (sum, of) => {
        const exact = ratioByDecimal(sum, of);
        if (exact > LARGEST || exact < -LARGEST) expect(() => ratio(money(sum), of)).toThrow(AmountOutOfRange);
        else expect(ratio(money(sum), of)).toBe(Number(exact));
      }),
      { numRuns: 20_000 },
    );
  });

  it("is right at every half that rates of four places make", () => {
    let halves = 0;
    for (let tenThousandths = 1; tenThousandths <= 3_000; tenThousandths++)
      for (const sum of [5_000, 15_000, 25_000, 2_500, 12_345]) {
        halves += (sum * tenThousandths) % 10_000 === 5_000 ? 1 : 0;
        const expected = Math.floor((2 * sum * tenThousandths + 10_000) / 20_000); // whole numbers: exact
        expect(ratio(money(sum), tenThousandths / 10_000)).toBe(expected);
      }
    expect(halves).toBeGreaterThan(3_000);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, 1e300])("refuses %d", (of) =>
    expect(() => ratio(money(5_000), of)).toThrow(AmountOutOfRange),
  );
});

describe("observations that become amounts", () => {
  it("keep a price of up to six places, and round to the tick", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000_000_000 }), (n) => {
        expect(toPx(n / SCALE)).toBe(n);
        expect(toPx(n / SCALE, 10_000) % 10_000).toBe(0);
        expect(Math.abs(toPx(n / SCALE, 10_000) - Math.max(n, 10_000))).toBeLessThanOrEqual(5_000);
      }),
    );
  });

  it("round half away from zero, right below a half and in the last bits of the exact range", () => {
    expect(toPx(1.4999999e-6)).toBe(1);
    expect(ratio(money(1), 0.5 - Number.EPSILON / 4)).toBe(0);
    expect([usd(0.0000015), usd(-0.0000015)]).toEqual([2, -2]);
    expect(usd(4_503_599_627.370497)).toBe(4_503_599_627_370_497);
  });

  it("cut a count of shares down to the lot, never up", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e6, noNaN: true }), fc.constantFrom(1, 1_000, SCALE, 100 * SCALE), (count, lot) => {
        const cut = toQty(count, lot);
        expect(cut % lot).toBe(0);
        expect(cut).toBeLessThanOrEqual(count * SCALE + lot * 1e-8);
        expect(cut).toBeGreaterThan(count * SCALE - lot);
      }),
    );
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])("refuse %d", (n) => {
    expect(() => toPx(n)).toThrow(AmountOutOfRange);
    expect(() => usd(n)).toThrow(AmountOutOfRange);
  });
});
