import type { Zone } from "./zone.ts";

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const HOUR_MS = 3_600_000;
/** Names of fixed offsets that American sources write, hours. */
const NAMED_OFFSETS: Readonly<Record<string, number>> = {
  z: 0,
  utc: 0,
  gmt: 0,
  est: -5,
  edt: -4,
  cst: -6,
  cdt: -5,
  mst: -7,
  mdt: -6,
  pst: -8,
  pdt: -7,
};

const TIME = String.raw`(\d{1,2}):?(\d{2})(?::?(\d{2})(?:[.,](\d{1,9}))?)?\s*([AaPp][Mm])?`;
const ZONE = String.raw`(Z|[A-Za-z]{3}|[+-]\d{2}(?::?\d{2})?)?`;
const YEAR_FIRST = new RegExp(String.raw`^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T\s]\s*${TIME}\s*${ZONE})?$`);
const COMPACT = new RegExp(String.raw`^(\d{4})(\d{2})(\d{2})(?:[T\s]\s*${TIME}\s*${ZONE})?$`);
const MONTH_FIRST = new RegExp(String.raw`^(\d{1,2})/(\d{1,2})/(\d{4})(?:,?\s+${TIME}\s*${ZONE})?$`);
const MONTH_NAMED = new RegExp(
  String.raw`^(?:[A-Za-z]{3},?\s+)?(\d{1,2})[\s-]([A-Za-z]{3})[A-Za-z]*[\s-](\d{4})(?:,?\s+${TIME}\s*${ZONE})?$`,
);
const EPOCH = /^\d{10}(?:\.\d+)?$|^\d{13}$|^\d{16}$|^\d{19}$/;

/** A moment as a file writes it. */
export interface Stamp {
  /** Epoch ms, UTC. */
  readonly at: number;
  /** The date as it is written, in the stamp's own zone, YYYY-MM-DD. */
  readonly date: string;
  /** Nothing finer is written. A time of day with seconds 00 counts as a minute. */
  readonly precision: "day" | "minute" | "fine";
  /** Written (or implied) time of day is 00:00:00. */
  readonly midnight: boolean;
}

const two = (n: number): string => (n < 10 ? `0${n}` : String(n));

const offsetOf = (text: string): number | null => {
  const named = NAMED_OFFSETS[text.toLowerCase()];
  if (named !== undefined) return named * HOUR_MS;
  const m = /^([+-])(\d{2}):?(\d{2})?$/.exec(text);
  if (!m) return null;
  const size = Number(m[2]) * HOUR_MS + Number(m[3] ?? 0) * 60_000;
  return m[1] === "-" ? -size : size;
};

/** 10, 13, 16 or 19 digits: seconds, milliseconds, microseconds, nanoseconds. */
const fromEpoch = (text: string): Stamp => {
  const whole = text.indexOf(".") < 0 ? text.length : text.indexOf(".");
  const at = Math.floor(whole === 10 ? Number(text) * 1000 : whole === 13 ? Number(text) : Number(text.slice(0, 13)));
  const precision = at % 60_000 === 0 ? "minute" : "fine";
  return { at, date: new Date(at).toISOString().slice(0, 10), precision, midnight: at % (24 * HOUR_MS) === 0 };
};

const stampOf = (year: number, month: number, day: number, m: RegExpExecArray, zone: Zone): Stamp | null => {
  const midday = m[8]?.toLowerCase();
  const written = Number(m[4] ?? 0);
  if (midday && (written < 1 || written > 12)) return null;
  const hour = midday ? (written % 12) + (midday === "pm" ? 12 : 0) : written;
  const minute = Number(m[5] ?? 0);
  const second = Number(m[6] ?? 0);
  const milli = m[7] ? Math.floor(Number(`0.${m[7]}`) * 1000 + 1e-6) : 0;
  if (month < 1 || month > 12 || hour > 23 || minute > 59 || second > 59) return null;
  const midnight = Date.UTC(year, month - 1, day);
  if (day < 1 || new Date(midnight).getUTCDate() !== day) return null;
  const wall = midnight + hour * HOUR_MS + minute * 60_000 + second * 1000 + milli;
  const offset = m[9] ? offsetOf(m[9]) : undefined;
  if (offset === null) return null;
  return {
    at: offset === undefined ? zone.toUtc(wall) : wall - offset,
    date: `${year}-${two(month)}-${two(day)}`,
    precision: m[4] === undefined ? "day" : wall % 60_000 === 0 ? "minute" : "fine",
    midnight: wall === midnight,
  };
};

/**
 * Reads a moment: ISO 8601 and its relatives, 20201215, 12/15/2020 (month first), 15 Dec 2020, with or without a time of day,
 * AM/PM and a zone; or epoch seconds to nanoseconds. Without a zone it is a wall clock in `zone`. Null when it is none of these.
 */
export const parseStamp = (raw: string, zone: Zone): Stamp | null => {
  const text = raw.trim();
  let m = YEAR_FIRST.exec(text) ?? COMPACT.exec(text);
  if (m) return stampOf(Number(m[1]), Number(m[2]), Number(m[3]), m, zone);
  if (EPOCH.test(text)) return fromEpoch(text);
  m = MONTH_FIRST.exec(text);
  if (m) return stampOf(Number(m[3]), Number(m[1]), Number(m[2]), m, zone);
  m = MONTH_NAMED.exec(text);
  const month = m ? MONTHS.indexOf((m[2] as string).toLowerCase()) + 1 : 0;
  return m && month > 0 ? stampOf(Number(m[3]), month, Number(m[1]), m, zone) : null;
};
