import { z } from "zod";

/** Micro-units in one whole unit: 1 USD = 1,000,000 µUSD, 1 share = 1,000,000 µshare. */
export const SCALE = 1_000_000;
const BIG_SCALE = 1_000_000n;

const DECIMAL = /^(-)?(\d+)(?:\.(\d{1,6}))?$/;

/** Thrown when an amount leaves the range in which integers are exact (±2^53). The ledger never rounds silently. */
export class AmountOutOfRange extends RangeError {
  constructor(what: string) {
    super(`amount out of range: ${what} is beyond ±9,007,199,254.740991; the ledger refuses to round`);
    this.name = "AmountOutOfRange";
  }
}

const safe = (n: number): number => {
  if (!Number.isSafeInteger(n)) throw new AmountOutOfRange(String(n));
  return n === 0 ? 0 : n; // no negative zero
};

/** NaN on anything but a plain decimal; past the exact range, an integer that is not safe. */
const toMicrosOrNaN = (text: string): number => {
  const m = DECIMAL.exec(text);
  if (!m) return Number.NaN;
  const micros = Number(m[2]) * SCALE + Number((m[3] ?? "").padEnd(6, "0"));
  return m[1] && micros !== 0 ? -micros : micros; // no negative zero
};

/** "-1.5" → -1_500_000. @throws RangeError on anything but a plain decimal with at most six places, AmountOutOfRange past ±2^53. */
export const toMicros = (text: string): number => {
  const micros = toMicrosOrNaN(text);
  if (Number.isNaN(micros))
    throw new RangeError(`not a decimal amount: ${JSON.stringify(text)} (expected digits with at most 6 decimals)`);
  return safe(micros);
};

/** -1_500_000 → "-1.5". The shortest exact decimal. */
export const toDecimal = (micros: number): string => {
  const abs = Math.abs(micros);
  const whole = Math.floor(abs / SCALE);
  const rest = abs - whole * SCALE;
  const text = rest === 0 ? String(whole) : `${whole}.${String(rest).padStart(6, "0").replace(/0+$/, "")}`;
  return micros < 0 ? `-${text}` : text;
};

const decimal = z.string().regex(DECIMAL, "expected a decimal with at most 6 places");
const micros = (ok: (n: number) => boolean, what: string) =>
  z.codec(decimal, z.int().refine(ok, what), {
    decode: (text, context) => {
      const micros = toMicrosOrNaN(text);
      if (Number.isSafeInteger(micros)) return micros;
      context.issues.push({ code: "custom", input: text, message: "an amount must be within ±9007199254.740991" });
      return z.NEVER;
    },
    encode: toDecimal,
  });

/** A price: µUSD per share, above zero. Decimal string outside. */
export const Px = micros((n) => n > 0, "a price must be above zero").brand<"Px">();
export type Px = z.output<typeof Px>;
/** A quantity: µshare, zero or more; the side carries the sign. Decimal string outside. */
export const Qty = micros((n) => n >= 0, "a quantity must not be negative").brand<"Qty">();
export type Qty = z.output<typeof Qty>;
/** A holding: µshare, signed (short is negative). Decimal string outside. */
export const Shares = micros(() => true, "").brand<"Shares">();
export type Shares = z.output<typeof Shares>;
/** Money: µUSD, signed. Decimal string outside. */
export const Money = micros(() => true, "").brand<"Money">();
export type Money = z.output<typeof Money>;
/** Epoch milliseconds, UTC. */
export const Ms = z.number().int().nonnegative().brand<"Ms">();
export type Ms = z.output<typeof Ms>;
/** Position in the tape: 1, 2, 3 … with no gaps. 0 means "none yet". */
export const Seq = z.number().int().nonnegative().brand<"Seq">();
export type Seq = z.output<typeof Seq>;
/** An instrument's symbol in US notation (`AAPL`, `BRK.B`). Not `Symbol`: JavaScript owns that name. */
export const Ticker = z
  .string()
  .regex(/^[A-Z]{1,5}(\.[A-Z])?$/, "expected a US ticker such as AAPL or BRK.B")
  .brand<"Ticker">();
export type Ticker = z.output<typeof Ticker>;
/** Derived from what caused the order, so that a retry is the same order. Also the broker's `client_order_id`. */
export const OrderId = z.string().min(1).max(128).brand<"OrderId">();
export type OrderId = z.output<typeof OrderId>;

// The only casts into the brands outside a parse. Each checks what is cheap to check.
export const ms = (n: number): Ms => n as Ms;
export const seq = (n: number): Seq => n as Seq;
export const px = (microUsd: number): Px => safe(microUsd) as Px;
export const qty = (microShares: number): Qty => safe(microShares) as Qty;
export const shares = (microShares: number): Shares => safe(microShares) as Shares;
export const money = (microUsd: number): Money => safe(microUsd) as Money;
export const orderId = (text: string): OrderId => text as OrderId;
/** For literals in code and tests. @throws ZodError on a bad symbol. */
export const ticker = (text: string): Ticker => Ticker.parse(text);

/** Half away from zero: 0.5 → 1, -0.5 → -1. Exact for every float: n + 0.5 would itself round, just below a half and past 2^52. */
const roundHalfAway = (n: number): number => {
  const whole = Math.trunc(n);
  const rest = n - whole;
  return rest >= 0.5 ? whole + 1 : rest <= -0.5 ? whole - 1 : whole;
};

/** a ÷ b of safe integers, rounded half away from zero, exactly. */
const divide = (a: number, b: number): number => {
  const rest = a % b;
  const whole = (a - rest) / b;
  return 2 * Math.abs(rest) < Math.abs(b) ? whole : whole + Math.sign(a) * Math.sign(b);
};

/**
 * price × shares, rounded half away from zero to whole µUSD; the sign is that of `held`.
 * The only place a price meets a quantity. @throws AmountOutOfRange past 2^53 µUSD.
 */
export const notional = (price: Px, held: Qty | Shares): Money => {
  const whole = Math.trunc(held / SCALE);
  const fraction = held - whole * SCALE;
  const exact = price * whole;
  if (fraction === 0 && exact <= Number.MAX_SAFE_INTEGER && exact >= -Number.MAX_SAFE_INTEGER)
    return (exact === 0 ? 0 : exact) as Money;
  const raw = price * held;
  if (Number.isSafeInteger(raw)) return money(divide(raw, SCALE));
  const big = BigInt(price) * BigInt(held);
  return money(Number((big + (big < 0n ? -BIG_SCALE : BIG_SCALE) / 2n) / BIG_SCALE));
};

/** part/whole of an amount, rounded half away from zero; exact when part = whole. Used to split a cost over a reduction. */
export const share = (amount: Money, part: number, whole: number): Money => {
  if (part === whole) return amount;
  const inShares = part % SCALE === 0 && whole % SCALE === 0;
  const product = amount * (inShares ? part / SCALE : part);
  if (whole !== 0 && Number.isSafeInteger(product)) return money(divide(product, inShares ? whole / SCALE : whole));
  const top = BigInt(amount) * BigInt(part);
  const under = BigInt(whole);
  const half = (under < 0n ? -under : under) / 2n;
  const negative = top < 0n !== under < 0n;
  const absTop = top < 0n ? -top : top;
  const absUnder = under < 0n ? -under : under;
  const quotient = (absTop + half) / absUnder;
  return money(Number(negative ? -quotient : quotient));
};

const RATE = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/;

/** amount × rate, in integers of the decimal that the rate is written as. */
const exactRatio = (amount: number, rate: number): number => {
  const [, sign, whole = "", fraction = "", exponent = "0"] = RATE.exec(String(rate)) ?? [];
  const places = fraction.length - Number(exponent);
  const product = BigInt(amount) * BigInt(`${sign}${whole}${fraction}`) * 10n ** BigInt(Math.max(0, -places));
  const under = 10n ** BigInt(Math.max(0, places));
  const twice = 2n * product;
  return Number((twice + (twice < 0n ? -under : under)) / (2n * under));
};

/**
 * More than the float product of an amount and a rate can be off, as a part of it: the rate is within 2^-53 of its decimal, and the product is
 * rounded once, by at most 2^-53. Twice their sum.
 */
const PRODUCT_ERROR = 2 ** -51;

/**
 * A rate (fraction, e.g. 0.001 for 10 bp) of an amount, rounded half away from zero to whole µUSD. The rate is the decimal that it is written as: 0.0029
 * is 29/10000, and 5,000 × 0.0029 is 14.5, thus 15, where the product of floats is just below. Floats decide wherever they are sure; integers only
 * near a half. @throws AmountOutOfRange past 2^53 µUSD.
 */
export const ratio = (amount: Money, rate: number): Money => {
  const near = amount * rate;
  const size = Math.abs(near);
  const rest = size - Math.floor(size);
  if (Math.abs(rest - 0.5) > size * PRODUCT_ERROR || !(size < 2 ** 54)) return money(roundHalfAway(near));
  return money(exactRatio(amount, rate));
};

/**
 * An observed price (float, USD) as an amount, rounded half away from zero to a multiple of `tick` µUSD.
 * The only place an observation becomes a price. @param tick µUSD, 10_000 = one cent.
 */
export const toPx = (usd: number, tick = 1): Px =>
  px(tick === 1 ? Math.max(1, roundHalfAway(usd * SCALE)) : Math.max(tick, roundHalfAway((usd * SCALE) / tick) * tick));

/** An observed number of shares as an amount, cut down to a multiple of `lot` µshare. @param lot 1_000_000 = whole shares. */
export const toQty = (count: number, lot = SCALE): Qty => qty(Math.max(0, Math.floor((count * SCALE) / lot + 1e-9) * lot));

/** An amount as an observation (float USD, float shares), for statistics and screens only. */
export const toFloat = (amount: Px | Qty | Shares | Money): number => amount / SCALE;

/** A float number of dollars as money, rounded half away from zero. For settings and imports; never for fills. */
export const usd = (dollars: number): Money => money(roundHalfAway(dollars * SCALE));
