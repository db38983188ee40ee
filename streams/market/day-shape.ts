/** How a trading day breathes: busy at the open, quiet at noon, busier into the close. */
export interface DayShape {
  /** Multiplies the standard deviation of a step; its mean square over a full day is 1. */
  readonly volatility: Float64Array;
  /** Share of the day's volume that falls in a step, times the number of steps: mean 1. */
  readonly volume: Float64Array;
}

const shapes = new Map<number, DayShape>();

const curve = (x: number, morning: number, evening: number): number => {
  const early = (1 - x) * (1 - x);
  const late = x * x * x;
  return 0.62 + morning * early * early * early + evening * late * late * late;
};

/** @param steps bars in the session; 1 for daily bars. */
export const dayShape = (steps: number): DayShape => {
  const known = shapes.get(steps);
  if (known) return known;
  const volatility = new Float64Array(steps);
  const volume = new Float64Array(steps);
  let squares = 0;
  let sum = 0;
  for (let k = 0; k < steps; k++) {
    const x = (k + 0.5) / steps;
    const v = curve(x, 1.3, 0.45);
    const u = curve(x, 1.9, 2.2);
    volatility[k] = v;
    volume[k] = u;
    squares += v * v;
    sum += u;
  }
  const level = Math.sqrt(squares / steps);
  for (let k = 0; k < steps; k++) {
    volatility[k] = (volatility[k] as number) / level;
    volume[k] = ((volume[k] as number) * steps) / sum;
  }
  const shape = { volatility, volume };
  shapes.set(steps, shape);
  return shape;
};
