import { toDecimal } from "../../streams/domain/units.ts";

/** The real minus sign, as wide as a plus. */
const MINUS = "\u2212";
/** Between a number and its unit: narrow, never breaks. */
const THIN = "\u202f";
const NONE = "–";

const grouped = (digits: string): string => digits.replace(/\B(?=(\d{3})+$)/g, ",");

/**
 * "-1204.185" → "−1,204.19". Works on the digits, so no amount passes through a float; half rounds away from zero.
 * @param places decimals shown. @throws RangeError on anything but a plain decimal.
 */
export const decimal = (text: string, places = 2): string => {
  const parts = /^(-)?(\d+)(?:\.(\d+))?$/.exec(text);
  if (!parts) throw new RangeError(`not a decimal amount: ${JSON.stringify(text)}`);
  const fraction = parts[3] ?? "";
  const kept = BigInt((parts[2] ?? "0") + fraction.slice(0, places).padEnd(places, "0"));
  const rounded = (fraction.charCodeAt(places) || 48) >= 53 ? kept + 1n : kept;
  const digits = rounded.toString().padStart(places + 1, "0");
  const whole = grouped(digits.slice(0, digits.length - places));
  const sign = parts[1] && rounded !== 0n ? MINUS : "";
  return places === 0 ? sign + whole : `${sign}${whole}.${digits.slice(-places)}`;
};

/** An exact amount: a decimal string of the wire or micro-units of the domain. */
export type Amount = string | number;
const text = (amount: Amount): string => (typeof amount === "number" ? toDecimal(amount) : amount);

/** Dollars, two decimals, grouped: "104,486.22". The unit stands in the header. */
export const money = (amount: Amount, places = 2): string => decimal(text(amount), places);
/** Shares: as many decimals as there are, six at most. */
export const shares = (amount: Amount): string => {
  const t = text(amount)
    .replace(/(\.\d*?)0+$/, "$1")
    .replace(/\.$/, "");
  return decimal(t, t.split(".")[1]?.length ?? 0);
};
/** An amount without its sign; the arrow beside it carries it. */
export const unsigned = (amount: Amount, places = 2): string => decimal(text(amount).replace(/^-/, ""), places);
export const signOf = (amount: Amount): -1 | 0 | 1 => {
  const t = text(amount);
  if (/^-?0*(\.0*)?$/.test(t)) return 0;
  return t.startsWith("-") ? -1 : 1;
};
/** ▲ up, ▼ down, nothing for zero. Colour never stands alone. */
export const arrow = (sign: number): string => (sign > 0 ? "▲" : sign < 0 ? "▼" : "");
/** The class that paints money: green and red mean money and nothing else. */
export const tone = (sign: number): "up" | "down" | "" => (sign > 0 ? "up" : sign < 0 ? "down" : "");

/** An observation (float) with fixed decimals. */
export const number = (n: number, places = 2): string =>
  Number.isFinite(n) ? decimal(Math.abs(n) < 1e-9 ? "0" : plain(n, places), places) : NONE;
const plain = (n: number, places: number): string => n.toFixed(Math.min(places, 12));
/** "+0.82", "−0.64", "0.00". */
export const signed = (n: number, places = 2): string => {
  const shown = number(n, places);
  return n > 0 && /[1-9]/.test(shown) ? `+${shown}` : shown;
};
/** 0.0117 → "1.17 %". @param fraction 1 = 100 %. */
export const percent = (fraction: number, places = 2): string => `${number(fraction * 100, places)}${THIN}%`;
export const signedPercent = (fraction: number, places = 2): string => `${signed(fraction * 100, places)}${THIN}%`;
/** 1204558 → "1,204,558". */
export const count = (n: number): string => decimal(String(Math.trunc(n)), 0);
/** 4100 → "4.1k". Three figures at most, for rates. */
export const short = (n: number): string => {
  const size = Math.abs(n);
  if (size >= 999_500) return `${number(n / 1e6, size >= 9.95e6 ? 0 : 1)}M`;
  if (size >= 999.5) return `${number(n / 1e3, size >= 9950 ? 0 : 1)}k`;
  return number(n, size > 0 && size < 9.95 ? 1 : 0);
};

/** A sentence of the core's with real minus signs before its numbers. */
export const prose = (sentence: string): string => sentence.replace(/(^|[\s(])-(?=\d)/g, `$1${MINUS}`);

/** "maxGrossExposure" → "gross exposure", "maxStaleMs" → "stale". */
export const limitName = (name: string): string =>
  name
    .replace(/^max/, "")
    .replace(/(Fraction|Ms)$/, "")
    .replace(/([A-Z])/g, " $1")
    .trim()
    .toLowerCase();

/** How old: "0.3 s", "12 s", "4 min", "2 h", "3 d". @param ms milliseconds. */
export const age = (ms: number): string => {
  if (!Number.isFinite(ms)) return NONE;
  const s = Math.max(0, ms) / 1000;
  if (s < 9.95) return `${s.toFixed(1)}${THIN}s`;
  if (s < 99.5) return `${Math.round(s)}${THIN}s`;
  if (s < 99.5 * 60) return `${Math.round(s / 60)}${THIN}min`;
  if (s < 48 * 3600) return `${Math.round(s / 3600)}${THIN}h`;
  return `${Math.round(s / 86_400)}${THIN}d`;
};
/** A measured time: "35 µs", "1.2 ms", "2.0 s". @param us microseconds. */
export const took = (us: number | null): string => {
  if (us === null) return NONE;
  if (us < 999.5) return `${us < 9.95 ? us.toFixed(1) : Math.round(us)}${THIN}µs`;
  return us < 999_500 ? `${(us / 1000).toFixed(1)}${THIN}ms` : `${(us / 1e6).toFixed(1)}${THIN}s`;
};

const newYork = (options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat("en-US", { timeZone: "America/New_York", hourCycle: "h23", ...options });
const clockFormat = newYork({ hour: "2-digit", minute: "2-digit", second: "2-digit" });
const minuteFormat = newYork({ hour: "2-digit", minute: "2-digit" });
const dayFormat = new Intl.DateTimeFormat("en-CA", { timeZone: "America/New_York" });
const weekdayFormat = newYork({ weekday: "short" });
const zoneFormat = newYork({ timeZoneName: "short" });

/** New York time of day, "10:42:07". @param at epoch ms. */
export const clock = (at: number): string => clockFormat.format(at);
export const minute = (at: number): string => minuteFormat.format(at);
/** New York date, "2026-11-20". */
export const day = (at: number): string => dayFormat.format(at);
export const weekday = (at: number): string => weekdayFormat.format(at);
/** "EST" or "EDT", whichever held at that moment. */
export const zone = (at: number): string => zoneFormat.formatToParts(at).find((p) => p.type === "timeZoneName")?.value ?? "ET";
/** "2026-11-20 10:42:07 EST": for titles, where the whole truth belongs. */
export const moment = (at: number): string => `${day(at)} ${clock(at)} ${zone(at)}`;
/** New York wall time as if it were UTC, in seconds: charts draw UTC, traders read New York. */
export const chartTime = (at: number): number => {
  const parts = new Date(at).getTime();
  return Math.floor((parts + offsetMs(at)) / 1000);
};
const offsets = new Map<number, number>();
/** New York's offset from UTC, ms; it changes twice a year, on the hour. */
const offsetMs = (at: number): number => {
  const hour = Math.floor(at / 3_600_000);
  const known = offsets.get(hour);
  if (known !== undefined) return known;
  const start = hour * 3_600_000;
  const [y, mo, d] = day(start).split("-").map(Number) as [number, number, number];
  const [h, mi] = minute(start).split(":").map(Number) as [number, number];
  const offset = Date.UTC(y, mo - 1, d, h, mi) - start;
  offsets.set(hour, offset);
  return offset;
};
