export interface Waits {
  readonly firstMs: number;
  readonly longestMs: number;
}

/**
 * Wait before try `tries` + 1 (from 0), ms: doubles from the first to the longest. With a chance in [0, 1) the upper half of it is left to
 * that, so that many do not come at once.
 */
export const backoffMs = ({ firstMs, longestMs }: Waits, tries: number, chance = 1): number =>
  Math.min(longestMs, firstMs * 2 ** tries) * (0.5 + chance / 2);
