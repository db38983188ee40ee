/** Values over time, in time order. `ts`: epoch ms. Marks that are not finite are passed over. */
export interface Series {
  readonly ts: Float64Array;
  readonly value: Float64Array;
}

/** Values at the ends of days, and which days those are. */
export interface Daily {
  readonly days: Float64Array;
  readonly value: Float64Array;
}

/** The last value of each day. @param dayOf the day a moment belongs to, as a number that grows. */
export const dayEnds = (series: Series, dayOf: (at: number) => number): Daily => {
  const days = new Float64Array(series.ts.length);
  const value = new Float64Array(series.ts.length);
  let n = 0;
  let last = Number.NaN;
  for (let i = 0; i < series.ts.length; i++) {
    const v = series.value[i] as number;
    if (!Number.isFinite(v)) continue;
    const day = dayOf(series.ts[i] as number);
    if (day !== last) n++;
    days[n - 1] = last = day;
    value[n - 1] = v;
  }
  return { days: days.slice(0, n), value: value.slice(0, n) };
};

/** Change from each value to the next as a fraction. Empty when a value is not above zero: a fraction of nothing says nothing. */
export const returnsOf = (value: Float64Array): Float64Array => {
  for (let i = 0; i < value.length; i++) if (!((value[i] as number) > 0)) return new Float64Array(0);
  const out = new Float64Array(Math.max(0, value.length - 1));
  for (let i = 0; i < out.length; i++) out[i] = (value[i + 1] as number) / (value[i] as number) - 1;
  return out;
};

/** Mean, sample deviation (n − 1), and the shape: skew m3 ÷ m2^1.5 and plain kurtosis m4 ÷ m2², m the moments over n. */
export interface Moments {
  readonly n: number;
  readonly mean: number;
  readonly deviation: number;
  readonly skew: number;
  readonly kurtosis: number;
}

/** Not a number where there are too few values or no spread: callers ask for n and spread first. */
export const momentsOf = (values: ArrayLike<number>): Moments => {
  const n = values.length;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += values[i] as number;
  const mean = sum / n;
  let [two, three, four] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    const d = (values[i] as number) - mean;
    two += d * d;
    three += d * d * d;
    four += d * d * d * d;
  }
  const m2 = two / n;
  return {
    n,
    mean,
    deviation: Math.sqrt(two / (n - 1)),
    skew: three / n / (m2 * Math.sqrt(m2)),
    kurtosis: four / n / (m2 * m2),
  };
};
