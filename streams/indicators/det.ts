/**
 * Exponentials and logarithms that are the same on every machine. The language lets an engine choose how it rounds Math.exp,
 * Math.log and Math.pow, and engines differ between versions; these use + − × ÷ alone, which IEEE 754 rounds in one way only.
 * (Math.sqrt is one instruction with one right answer, and may be used.) Relative error below 1e-14, tested at 1e-12.
 */

const { LN2, LOG2E, SQRT2 } = Math;
/** ln 2 in two parts: the first has 21 trailing zero bits, so that k × LN2_HIGH is exact for every exponent k. Ref: Cody & Waite 1980. */
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
const TWO_54 = 18014398509481984;

/** 2^k for every exponent a float has, by doubling and halving, which is exact. */
const SMALLEST = -1074;
const POWERS = new Float64Array(1024 - SMALLEST);
POWERS[-SMALLEST] = 1;
for (let k = 1; k < 1024; k++) POWERS[k - SMALLEST] = (POWERS[k - 1 - SMALLEST] ?? 0) * 2;
for (let k = -1; k >= SMALLEST; k--) POWERS[k - SMALLEST] = (POWERS[k + 1 - SMALLEST] ?? 0) / 2;

/** value × 2^k, past the largest float to infinity, below the smallest to 0. */
const scale = (value: number, k: number): number => {
  if (k > 1023) return k > 2046 ? Number.POSITIVE_INFINITY : scale(value * (POWERS[1023 - SMALLEST] ?? 0), k - 1023);
  return k < SMALLEST ? 0 : value * (POWERS[k - SMALLEST] ?? 0);
};

/** e^r for |r| ≤ ln 2 ÷ 2, by its series to the 13th power. */
const expNearZero = (r: number): number => {
  let sum = 1;
  for (let n = 13; n >= 1; n--) sum = 1 + (r * sum) / n;
  return sum;
};

/** 2^x. */
export const exp2 = (x: number): number => {
  if (Number.isNaN(x)) return x;
  if (x >= 1024) return Number.POSITIVE_INFINITY;
  if (x < -1075) return 0;
  const k = Math.floor(x + 0.5);
  return scale(expNearZero((x - k) * LN2), k);
};

/** e^x. */
export const exp = (x: number): number => {
  if (Number.isNaN(x)) return x;
  if (x > 709.8) return Number.POSITIVE_INFINITY;
  if (x < -745.2) return 0;
  const k = Math.floor(x * LOG2E + 0.5);
  return scale(expNearZero(x - k * LN2_HIGH - k * LN2_LOW), k);
};

const bits = new DataView(new ArrayBuffer(8));

/** Natural logarithm. −∞ at 0, NaN below. Ref: ln m = 2 artanh((m − 1) ÷ (m + 1)), m the mantissa brought to [√½, √2). */
export const ln = (x: number): number => {
  if (!(x > 0)) return x === 0 ? Number.NEGATIVE_INFINITY : Number.NaN;
  if (x === Number.POSITIVE_INFINITY) return x;
  if (x < 2.2250738585072014e-308) return ln(x * TWO_54) - 54 * LN2;
  bits.setFloat64(0, x);
  const high = bits.getUint32(0);
  let k = (high >>> 20) - 1023;
  bits.setUint32(0, (high & 0x000fffff) | 0x3ff00000);
  let m = bits.getFloat64(0);
  if (m > SQRT2) {
    m /= 2;
    k += 1;
  }
  const s = (m - 1) / (m + 1);
  const ss = s * s;
  let sum = 0;
  for (let n = 23; n >= 3; n -= 2) sum = ss * (1 / n + sum);
  return k * LN2_HIGH + (2 * s + (2 * s * sum + k * LN2_LOW));
};

/** base^power for a base above zero. */
export const pow = (base: number, power: number): number => exp(power * ln(base));
