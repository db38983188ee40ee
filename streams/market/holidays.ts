import { dayOf, easter, lastWeekday, nthWeekday, weekday } from "./days.ts";

const [SUNDAY, MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY] = [0, 1, 2, 3, 4, 5, 6] as const;

/** Closures that no rule foretold: [year, month, day]. Ref: NYSE list of special closings. */
const CLOSURES: readonly (readonly [number, number, number])[] = [
  [1994, 4, 27], // funeral of President Nixon
  [2001, 9, 11],
  [2001, 9, 12],
  [2001, 9, 13],
  [2001, 9, 14],
  [2004, 6, 11], // funeral of President Reagan
  [2007, 1, 2], // mourning for President Ford
  [2012, 10, 29], // hurricane Sandy
  [2012, 10, 30],
  [2018, 12, 5], // mourning for President G. H. W. Bush
  [2025, 1, 9], // mourning for President Carter
];

/** The day after Christmas, twice cut to 13:00 by special order: both were Fridays. */
const SHORT_BOXING_DAYS: readonly number[] = [1997, 2003];

/** NYSE Rule 7.2: a holiday on a Saturday is kept on Friday, on a Sunday on Monday. */
const observed = (day: number): number => {
  const d = weekday(day);
  return d === SATURDAY ? day - 1 : d === SUNDAY ? day + 1 : day;
};

/** Weekdays on which the NYSE does not open in a year, as days since 1970-01-01. */
export const closedDays = (year: number): ReadonlySet<number> => {
  const newYear = dayOf(year, 1, 1);
  const closed = new Set<number>([
    // A Saturday New Year is not kept: Friday ends the accounting year.
    weekday(newYear) === SUNDAY ? newYear + 1 : newYear,
    nthWeekday(year, 2, MONDAY, 3),
    easter(year) - 2,
    lastWeekday(year, 5, MONDAY),
    observed(dayOf(year, 7, 4)),
    nthWeekday(year, 9, MONDAY, 1),
    nthWeekday(year, 11, THURSDAY, 4),
    observed(dayOf(year, 12, 25)),
  ]);
  if (year >= 1998) closed.add(nthWeekday(year, 1, MONDAY, 3));
  if (year >= 2022) closed.add(observed(dayOf(year, 6, 19)));
  for (const [y, m, d] of CLOSURES) if (y === year) closed.add(dayOf(y, m, d));
  return closed;
};

/** The short session around July 4, or null. On a Thursday the Fourth shortened the Friday after (1996–2012), since 2013 the Wednesday before. */
const independenceEve = (year: number): number | null => {
  if (year < 1995) return null;
  const fourth = dayOf(year, 7, 4);
  const d = weekday(fourth);
  if (d === THURSDAY && year < 2013) return fourth + 1;
  return d === TUESDAY || d === WEDNESDAY || d === THURSDAY || d === FRIDAY ? fourth - 1 : null;
};

/** Early closes of a year: day → New York hour of the close (13; 14 before 1993). A day may also be a holiday, which wins. */
export const earlyCloses = (year: number): ReadonlyMap<number, number> => {
  const hours = new Map<number, number>();
  const hour = year < 1993 ? 14 : 13;
  if (year >= 1992) hours.set(nthWeekday(year, 11, THURSDAY, 4) + 1, hour);
  const christmasEve = dayOf(year, 12, 24);
  if (year >= 1990 && weekday(christmasEve) >= MONDAY && weekday(christmasEve) <= THURSDAY) hours.set(christmasEve, hour);
  const july = independenceEve(year);
  if (july !== null) hours.set(july, hour);
  if (SHORT_BOXING_DAYS.includes(year)) hours.set(dayOf(year, 12, 26), hour);
  return hours;
};
