import { sessionOn } from "../../../../streams/market/calendar.ts";
import { NEW_YORK, zoneOf } from "./zone.ts";

/** Of one day, epoch ms. */
export interface Hours {
  readonly open: number;
  readonly close: number;
}

/** When the exchange opened and closed on a date; on a day it should have been shut, 9:30 to 16:00 New York. Null before 1970. */
export const tradingDays = (): ((date: string) => Hours | null) => {
  const known = new Map<string, Hours | null>();
  const newYork = zoneOf(NEW_YORK);
  return (date) => {
    let hours = known.get(date);
    if (hours === undefined) {
      const midnight = Date.parse(`${date}T00:00:00Z`);
      const open = newYork.toUtc(midnight + 9.5 * 3_600_000);
      hours = open < 0 ? null : (sessionOn(date) ?? { open, close: newYork.toUtc(midnight + 16 * 3_600_000) });
      known.set(date, hours);
    }
    return hours;
  };
};
