import type { Series } from "./series.ts";

export interface Drawdowns {
  readonly first: number;
  readonly last: number;
  readonly peak: number;
  readonly mean: number;
  /** Deepest fall below the peak before it, as a negative fraction; 0 when there was none. */
  readonly deepest: number;
  /** Mean over the falls of each one's deepest point; null when there was none. */
  readonly average: number | null;
  /** Longest time from a peak to the first mark that is as high again, or to the end, in ms. */
  readonly longestMs: number;
}

/** One pass over the marks. A fall begins at the last mark of its peak. Null without a finite mark above zero at the start. */
export const drawdownsOf = ({ ts, value }: Series): Drawdowns | null => {
  let start = 0;
  while (start < value.length && !Number.isFinite(value[start] as number)) start++;
  if (start === value.length || !((value[start] as number) > 0)) return null;
  const first = value[start] as number;
  let [peak, peakAt, lastAt, last] = [first, ts[start] as number, ts[start] as number, first];
  let [depth, deepest, depths, falls, longestMs] = [0, 0, 0, 0, 0];
  let [sum, count] = [0, 0];
  for (let i = start; i < value.length; i++) {
    const v = value[i] as number;
    if (!Number.isFinite(v)) continue;
    lastAt = ts[i] as number;
    last = v;
    sum += v;
    count++;
    if (v < peak) {
      depth = Math.min(depth, v / peak - 1);
      continue;
    }
    if (depth < 0) {
      longestMs = Math.max(longestMs, lastAt - peakAt);
      deepest = Math.min(deepest, depth);
      depths += depth;
      falls++;
      depth = 0;
    }
    peak = v;
    peakAt = lastAt;
  }
  if (depth < 0) {
    longestMs = Math.max(longestMs, lastAt - peakAt);
    deepest = Math.min(deepest, depth);
    depths += depth;
    falls++;
  }
  return { first, last, peak, mean: sum / count, deepest, average: falls === 0 ? null : depths / falls, longestMs };
};
