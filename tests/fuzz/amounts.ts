/** Micro-units: the fuzzer's own arithmetic, so that a fault of the system's cannot hide in it. */
export const MICROS = 1_000_000;

/** a × b ÷ c of integers, rounded half away from zero. */
export const timesOver = (a: number, b: number, c: number): number => {
  const product = a * b;
  if (Number.isSafeInteger(product) && product % c === 0) return product / c;
  const top = BigInt(a) * BigInt(b);
  const under = BigInt(c);
  const half = under / 2n;
  const rounded = top < 0n ? -((-top + half) / under) : (top + half) / under;
  return Number(rounded);
};

/** µUSD per share × µshare, µUSD. */
export const worth = (price: number, held: number): number => timesOver(price, held, MICROS);

/** An observed price in µUSD. */
export const priceOf = (usd: number): number => Math.max(1, Math.round(usd * MICROS));
