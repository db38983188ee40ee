/**
 * How long to wait before the nth try (from 0), ms: doubling from half a second to 15 s, a random half of it cut off. A function of its own:
 * the browser cannot import `runtime`. @param chance in [0, 1).
 */
export const backoffMs = (attempt: number, chance: number): number => {
  const full = Math.min(15_000, 500 * 2 ** Math.min(attempt, 10));
  return Math.round(full * (0.5 + chance / 2));
};
