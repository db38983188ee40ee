/**
 * Civil dates as whole days since 1970-01-01 (day 0, a Thursday), by integer arithmetic on the Gregorian calendar.
 * Ref: H. Hinnant, "chrono-compatible low-level date algorithms" (era of 146,097 days, year from March).
 */
export const DAY_MS = 86_400_000;

/** Days since 1970-01-01. @param month 1..12 @param day 1..31 */
export const dayOf = (year: number, month: number, day: number): number => {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  return era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468;
};

/** The civil date of a day as year × 10,000 + month × 100 + day: 20_241_129. */
export const civilOf = (days: number): number => {
  const z = days + 719_468;
  const era = Math.floor(z / 146_097);
  const doe = z - era * 146_097;
  const yoe = Math.floor((doe - Math.floor(doe / 1460) + Math.floor(doe / 36_524) - Math.floor(doe / 146_096)) / 365);
  const doy = doe - (365 * yoe + Math.floor(yoe / 4) - Math.floor(yoe / 100));
  const mp = Math.floor((5 * doy + 2) / 153);
  const day = doy - Math.floor((153 * mp + 2) / 5) + 1;
  const month = mp < 10 ? mp + 3 : mp - 9;
  return (yoe + era * 400 + (month <= 2 ? 1 : 0)) * 10_000 + month * 100 + day;
};

/** 0 Sunday … 6 Saturday. */
export const weekday = (days: number): number => (((days + 4) % 7) + 7) % 7;

/** The nth given weekday of a month (n from 1). */
export const nthWeekday = (year: number, month: number, wanted: number, n: number): number => {
  const first = dayOf(year, month, 1);
  return first + ((wanted - weekday(first) + 7) % 7) + (n - 1) * 7;
};

/** The last given weekday of a month of 31 or 30 days. */
export const lastWeekday = (year: number, month: number, wanted: number): number => {
  const last = (month === 12 ? dayOf(year + 1, 1, 1) : dayOf(year, month + 1, 1)) - 1;
  return last - ((weekday(last) - wanted + 7) % 7);
};

/** Easter Sunday, Gregorian. Ref: the anonymous algorithm of 1876 (Meeus/Jones/Butcher). */
export const easter = (year: number): number => {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const d = Math.floor(b / 4);
  const g = Math.floor((8 * b + 13) / 25);
  const h = (19 * a + b - d - g + 15) % 30;
  const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const sum = h + l - 7 * m + 114;
  return dayOf(year, Math.floor(sum / 31), (sum % 31) + 1);
};

const two = (n: number): string => (n < 10 ? `0${n}` : String(n));

/** "YYYY-MM-DD". */
export const isoOf = (days: number): string => {
  const civil = civilOf(days);
  const year = Math.floor(civil / 10_000);
  return `${String(year).padStart(4, "0")}-${two(Math.floor(civil / 100) % 100)}-${two(civil % 100)}`;
};

const ISO = /^(\d{4})-(\d{2})-(\d{2})$/;

/** Days since 1970-01-01 of "YYYY-MM-DD". @throws RangeError when there is no such date. */
export const parseDay = (date: string): number => {
  const m = ISO.exec(date);
  const days = m ? dayOf(Number(m[1]), Number(m[2]), Number(m[3])) : Number.NaN;
  if (!m || isoOf(days) !== date) throw new RangeError(`not a date: ${JSON.stringify(date)} (expected YYYY-MM-DD)`);
  return days;
};
