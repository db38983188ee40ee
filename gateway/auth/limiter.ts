/** True: one more from this address is too many. */
export type Limiter = (address: string) => boolean;

const MAX_ADDRESSES = 10_000;

/** At most `max` calls an address within any window of `windowMs` that begins with its first call. */
export const limiter = (max: number, windowMs: number, now: () => number): Limiter => {
  const windows = new Map<string, { until: number; count: number }>();
  return (address) => {
    const at = now();
    let w = windows.get(address);
    if (!w || w.until <= at) {
      if (windows.size >= MAX_ADDRESSES) windows.clear();
      w = { until: at + windowMs, count: 0 };
      windows.set(address, w);
    }
    w.count += 1;
    return w.count > max;
  };
};
