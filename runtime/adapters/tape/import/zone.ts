import { ms } from "../../../../streams/domain/units.ts";
import { newYorkOffsetMs } from "../../../../streams/market/calendar.ts";
import { TapeUnreadable } from "../errors.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Turns what a wall clock in one place showed into epoch milliseconds. */
export interface Zone {
  readonly name: string;
  /**
   * @param wall the wall clock's reading as if it were UTC, epoch ms. Of an hour that comes twice the later is taken, so that
   * nothing is known too early; an hour that is skipped is read as the clock before the change would have shown it.
   */
  toUtc(wall: number): number;
}

const zoned = (name: string, offsetAt: (utc: number) => number): Zone => {
  let hour = Number.NaN;
  let offset = 0;
  const offsetOf = (wall: number): number => {
    const before = offsetAt(wall - DAY_MS);
    const after = offsetAt(wall + DAY_MS);
    if (before === after) return before;
    const later = Math.min(before, after);
    const earlier = Math.max(before, after);
    if (offsetAt(wall - later) === later) return later;
    return offsetAt(wall - earlier) === earlier ? earlier : before;
  };
  return {
    name,
    toUtc(wall) {
      const at = Math.floor(wall / HOUR_MS);
      if (at !== hour) {
        hour = at;
        offset = offsetOf(wall);
      }
      return wall - offset;
    },
  };
};

/** UTC offset of any IANA zone, ms, remembered by the hour: asking the platform takes microseconds. */
const platformOffset = (name: string): ((utc: number) => number) => {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: name,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  const known = new Map<number, number>();
  return (utc) => {
    const hour = Math.floor(utc / HOUR_MS);
    let offset = known.get(hour);
    if (offset === undefined) {
      const part: Record<string, number> = {};
      for (const { type, value } of format.formatToParts(hour * HOUR_MS)) part[type] = Number(value);
      const { year = 0, month = 1, day = 1, hour: h = 0, minute = 0, second = 0 } = part;
      offset = Date.UTC(year, month - 1, day, h, minute, second) - hour * HOUR_MS;
      known.set(hour, offset);
    }
    return offset;
  };
};

export const NEW_YORK = "America/New_York";

/** @throws TapeUnreadable on a name that is no time zone. */
export const zoneOf = (name: string): Zone => {
  if (name === NEW_YORK) return zoned(name, (utc) => newYorkOffsetMs(ms(utc)));
  try {
    return zoned(name, platformOffset(name));
  } catch {
    throw new TapeUnreadable(`unknown time zone ${JSON.stringify(name)}; give an IANA name such as America/New_York or UTC`);
  }
};
