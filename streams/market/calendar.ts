import { type Ms, ms } from "../domain/units.ts";
import { civilOf, DAY_MS, dayOf, isoOf, lastWeekday, nthWeekday, parseDay, weekday } from "./days.ts";
import { closedDays, earlyCloses } from "./holidays.ts";

const HOUR_MS = 3_600_000;
const STANDARD_MS = -5 * HOUR_MS;
const DAYLIGHT_MS = -4 * HOUR_MS;

/** One regular NYSE session: its New York date, and from when to when, open ≤ t < close. */
export interface Session {
  readonly date: string;
  readonly open: Ms;
  readonly close: Ms;
}

interface Daylight {
  /** The UTC span for which this rule was computed: the calendar year. */
  readonly from: number;
  readonly to: number;
  readonly start: number;
  readonly end: number;
}

interface YearOfSessions {
  readonly sessions: readonly Session[];
  /** Day of the year (0 = January 1) → index in `sessions` of the first session on or after it. */
  readonly firstFrom: Int16Array;
}

// Memo of pure functions of the year: the same whatever the order of the questions.
const daylights = new Map<number, Daylight>();
const years = new Map<number, YearOfSessions>();

/**
 * US daylight saving time in UTC: from 2:00 standard to 2:00 daylight time, New York.
 * Since 2007 second Sunday of March to first of November; 1987–2006 first of April to last of October; before, last of April.
 */
const daylightOf = (year: number): Daylight => {
  const known = daylights.get(year);
  if (known) return known;
  const start = year >= 2007 ? nthWeekday(year, 3, 0, 2) : year >= 1987 ? nthWeekday(year, 4, 0, 1) : lastWeekday(year, 4, 0);
  const end = year >= 2007 ? nthWeekday(year, 11, 0, 1) : lastWeekday(year, 10, 0);
  const rule: Daylight = {
    from: dayOf(year, 1, 1) * DAY_MS,
    to: dayOf(year + 1, 1, 1) * DAY_MS,
    start: start * DAY_MS + 7 * HOUR_MS,
    end: end * DAY_MS + 6 * HOUR_MS,
  };
  daylights.set(year, rule);
  return rule;
};

const yearOf = (day: number): number => Math.floor(civilOf(day) / 10_000);
let recent: Daylight = daylightOf(2024);

/** New York minus UTC in milliseconds: −5 h in winter, −4 h in summer. */
export const newYorkOffsetMs = (at: Ms): number => {
  if (at < recent.from || at >= recent.to) recent = daylightOf(yearOf(Math.floor(at / DAY_MS)));
  return at >= recent.start && at < recent.end ? DAYLIGHT_MS : STANDARD_MS;
};

const newYorkDay = (at: Ms): number => Math.floor((at + newYorkOffsetMs(at)) / DAY_MS);

/** The date on a New York wall calendar, "YYYY-MM-DD". */
export const newYorkDate = (at: Ms): string => isoOf(newYorkDay(at));

const buildYear = (year: number): YearOfSessions => {
  const first = dayOf(year, 1, 1);
  const days = dayOf(year + 1, 1, 1) - first;
  const closed = closedDays(year);
  const early = earlyCloses(year);
  const sessions: Session[] = [];
  const firstFrom = new Int16Array(days);
  for (let i = 0; i < days; i++) {
    const day = first + i;
    firstFrom[i] = sessions.length;
    const d = weekday(day);
    if (d === 0 || d === 6 || closed.has(day)) continue;
    const midnight = day * DAY_MS - newYorkOffsetMs(ms(day * DAY_MS + 12 * HOUR_MS));
    sessions.push({
      date: isoOf(day),
      open: ms(midnight + 9.5 * HOUR_MS),
      close: ms(midnight + (early.get(day) ?? 16) * HOUR_MS),
    });
  }
  return { sessions, firstFrom };
};

const sessionsOf = (year: number): YearOfSessions => {
  let built = years.get(year);
  if (!built) {
    built = buildYear(year);
    years.set(year, built);
  }
  return built;
};

/** The first session on or after a day. */
const onOrAfter = (day: number): Session => {
  const year = yearOf(day);
  const { sessions, firstFrom } = sessionsOf(year);
  return (sessions[firstFrom[day - dayOf(year, 1, 1)] ?? sessions.length] ?? sessionsOf(year + 1).sessions[0]) as Session;
};

/** The last session before a day. */
const before = (day: number): Session => {
  const year = yearOf(day);
  const { sessions, firstFrom } = sessionsOf(year);
  const index = (firstFrom[day - dayOf(year, 1, 1)] ?? 0) - 1;
  return (index >= 0 ? sessions[index] : sessionsOf(year - 1).sessions.at(-1)) as Session;
};

/**
 * The regular session of a New York date, or null when the NYSE is closed that day. By rule: exact from 1990 on (late opens and
 * halts of the whole market within a day aside); later years as today's rules have it.
 * @throws RangeError when `date` is not "YYYY-MM-DD".
 */
export const sessionOn = (date: string): Session | null => {
  const session = onOrAfter(parseDay(date));
  return session.date === date ? session : null;
};

let current: Session = onOrAfter(dayOf(2024, 1, 2));

/** The session that is open at a moment (open ≤ at < close), or null. */
export const sessionAt = (at: Ms): Session | null => {
  if (at >= current.open && at < current.close) return current;
  const session = onOrAfter(newYorkDay(at));
  if (at < session.open || at >= session.close) return null;
  current = session;
  return session;
};

/** When the New York day of a moment ends: the next midnight there. */
export const newYorkDayEnd = (at: Ms): Ms => {
  const offset = newYorkOffsetMs(at);
  return ms((Math.floor((at + offset) / DAY_MS) + 1) * DAY_MS - offset);
};

/** The first session that opens at or after a moment. */
export const nextSession = (after: Ms): Session => {
  const day = newYorkDay(after);
  const session = onOrAfter(day);
  return session.open >= after ? session : onOrAfter(day + 1);
};

/** How long the exchange was open between two moments, ms. Counted no further than past `most`. */
export const openMs = (from: Ms, to: Ms, most = Number.POSITIVE_INFINITY): number => {
  let sum = 0;
  let session = onOrAfter(newYorkDay(from));
  while (session.open < to && sum <= most) {
    sum += Math.max(0, Math.min(to, session.close) - Math.max(from, session.open));
    session = nextSession(session.close);
  }
  return sum;
};

/** The last session that closed at or before a moment. */
export const previousSession = (moment: Ms): Session => {
  const day = newYorkDay(moment);
  const session = before(day + 1);
  return session.close <= moment ? session : before(day);
};
