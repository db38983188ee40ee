const FIRST_MS = 100;
const LONGEST_MS = 5_000;

/** Wait before attempt `attempt` + 1 (from 0), ms: doubles from 100 ms to 5 s; the upper half of it is chance, so that many do not come at once. */
export const backoffMs = (attempt: number, random: () => number): number =>
  Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt, 10)) * (0.5 + random() / 2);
