import { defer, filter, map, type OperatorFunction } from "rxjs";

/**
 * A measurement that is brought up to date by one value at a time, at a cost that does not grow with its window. It holds state:
 * one per stream. Values must be finite: what is not a number stays in it for as long as it stays in a window, or for good.
 */
export interface Indicator {
  /** Takes the next value in and gives the measurement, undefined until there are values enough. */
  next(value: number): number | undefined;
}

/** A whole number of values, at least `least`. @throws RangeError otherwise. */
export const period = (n: number, least = 1): number => {
  if (!Number.isInteger(n) || n < least) throw new RangeError(`a period must be a whole number of at least ${least}, not ${n}`);
  return n;
};

/** Values to measurements, from the first one there is. Each subscription measures for itself. */
export const measured =
  (make: () => Indicator): OperatorFunction<number, number> =>
  (values) =>
    defer(() => {
      const indicator = make();
      return values.pipe(
        map((value) => indicator.next(value)),
        filter((measurement) => measurement !== undefined),
      );
    });
