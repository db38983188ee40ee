import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ms } from "../../../../streams/domain/units.ts";
import {
  newYorkDate,
  newYorkOffsetMs,
  nextSession,
  previousSession,
  sessionAt,
  sessionOn,
} from "../../../../streams/market/calendar.ts";
import { civilOf, dayOf, isoOf, parseDay } from "../../../../streams/market/days.ts";

const utc = (iso: string) => ms(Date.parse(`${iso}Z`));
const HOURS = join(process.env.TAPEDECK_SHARED ?? "../shared", "data/symbols/market_hours/us_equity_market_hours.json");

/** Known days of the NYSE: closed, or the New York time of the close. */
const known: readonly (readonly [string, string])[] = [
  ["1990-12-24", "14:00"],
  ["1991-11-29", "16:00"],
  ["1992-11-27", "14:00"],
  ["1993-11-26", "13:00"],
  ["1993-12-24", "closed"],
  ["1994-04-27", "closed"],
  ["1995-07-03", "13:00"],
  ["1996-07-05", "13:00"],
  ["1997-01-20", "16:00"],
  ["1998-01-19", "closed"],
  ["1997-12-26", "13:00"],
  ["1999-12-24", "closed"],
  ["1999-12-31", "16:00"],
  ["2001-09-10", "16:00"],
  ["2001-09-11", "closed"],
  ["2001-09-14", "closed"],
  ["2001-09-17", "16:00"],
  ["2002-07-03", "16:00"],
  ["2002-07-05", "13:00"],
  ["2004-06-11", "closed"],
  ["2004-12-31", "16:00"],
  ["2007-01-02", "closed"],
  ["2010-12-31", "16:00"],
  ["2012-10-29", "closed"],
  ["2012-10-31", "16:00"],
  ["2013-07-03", "13:00"],
  ["2018-12-05", "closed"],
  ["2020-07-02", "16:00"],
  ["2020-07-03", "closed"],
  ["2021-06-18", "16:00"],
  ["2022-06-20", "closed"],
  ["2024-03-29", "closed"],
  ["2024-11-28", "closed"],
  ["2024-11-29", "13:00"],
  ["2024-11-30", "closed"],
  ["2025-01-09", "closed"],
  ["2027-12-31", "16:00"],
  ["2038-12-24", "closed"],
  ["2040-03-30", "closed"],
];

const closeOn = (date: string): string => {
  const session = sessionOn(date);
  if (!session) return "closed";
  return new Date(session.close + newYorkOffsetMs(session.close)).toISOString().slice(11, 16);
};

describe("the NYSE calendar", () => {
  it.each(known)("on %s has the close %s", (date, close) => {
    expect(closeOn(date)).toBe(close);
  });

  it("opens at 9:30 New York time in winter and in summer", () => {
    expect(sessionOn("2024-01-02")).toEqual({
      date: "2024-01-02",
      open: utc("2024-01-02T14:30:00"),
      close: utc("2024-01-02T21:00:00"),
    });
    expect(sessionOn("2024-07-03")).toEqual({
      date: "2024-07-03",
      open: utc("2024-07-03T13:30:00"),
      close: utc("2024-07-03T17:00:00"),
    });
  });

  it("counts the open as in the session and the close as out of it", () => {
    const open = utc("2024-07-05T13:30:00");
    const close = utc("2024-07-05T20:00:00");
    expect(sessionAt(ms(open - 1))).toBeNull();
    expect(sessionAt(open)?.date).toBe("2024-07-05");
    expect(sessionAt(ms(close - 1))?.date).toBe("2024-07-05");
    expect(sessionAt(close)).toBeNull();
  });

  it("walks to the next and the previous session over holidays, weekends and years", () => {
    expect(nextSession(utc("2024-07-03T13:30:00")).date).toBe("2024-07-03");
    expect(nextSession(utc("2024-07-03T13:30:00.001")).date).toBe("2024-07-05");
    expect(nextSession(utc("2024-12-31T21:00:00")).date).toBe("2025-01-02");
    expect(previousSession(utc("2024-07-05T19:59:59")).date).toBe("2024-07-03");
    expect(previousSession(utc("2024-07-05T20:00:00")).date).toBe("2024-07-05");
    expect(previousSession(utc("2025-01-01T12:00:00")).date).toBe("2024-12-31");
  });

  it("changes to daylight time by the rule of the year", () => {
    const hours = (iso: string) => newYorkOffsetMs(utc(iso)) / 3_600_000;
    expect([hours("2024-03-10T06:59:59"), hours("2024-03-10T07:00:00")]).toEqual([-5, -4]);
    expect([hours("2024-11-03T05:59:59"), hours("2024-11-03T06:00:00")]).toEqual([-4, -5]);
    expect([hours("2006-04-02T06:59:59"), hours("2006-04-02T07:00:00")]).toEqual([-5, -4]);
    expect([hours("2006-10-29T05:59:59"), hours("2006-10-29T06:00:00")]).toEqual([-4, -5]);
  });

  it("dates a moment by the New York calendar", () => {
    expect(newYorkDate(utc("2024-01-01T04:59:59"))).toBe("2023-12-31");
    expect(newYorkDate(utc("2024-07-01T04:00:00"))).toBe("2024-07-01");
  });

  it("agrees with the platform's own time zone data hour by hour", () => {
    const wall = new Intl.DateTimeFormat("en-CA", { timeZone: "America/New_York", dateStyle: "short" });
    for (let at = utc("1990-01-01T00:30:00") as number; at < utc("2040-12-31T00:00:00"); at += 23 * 3_600_000 + 1)
      if (newYorkDate(ms(at)) !== wall.format(at)) expect(newYorkDate(ms(at)), String(at)).toBe(wall.format(at));
    expect(newYorkDate(utc("2030-06-01T12:00:00"))).toBe("2030-06-01");
  });

  it("refuses what is not a date", () => {
    expect(() => sessionOn("2024-02-30")).toThrow("not a date");
    expect(() => sessionOn("24-2-3")).toThrow("not a date");
  });

  it("turns days into dates and back", () => {
    for (const date of ["1970-01-01", "1999-12-31", "2000-02-29", "2100-03-01"]) expect(isoOf(parseDay(date))).toBe(date);
    expect(dayOf(1970, 1, 1)).toBe(0);
    expect(civilOf(dayOf(2024, 2, 29))).toBe(20_240_229);
  });
});

describe.skipIf(!existsSync(HOURS))("the NYSE calendar against recorded market hours (needs the shared data folder)", () => {
  type Recorded = { holidays: string[]; earlyCloses: Record<string, string> };
  const iso = (us: string) => {
    const [m, d, y] = us.split("/") as [string, string, string];
    return `${y}-${m.padStart(2, "0")}-${d.padStart(2, "0")}`;
  };

  it("has the same closed days and early closes from 1998 to 2028, but for two early closes of 1998 that the record lacks", () => {
    const recorded = (JSON.parse(readFileSync(HOURS, "utf8")) as Record<string, Recorded>)["Equity-usa-[*]"] as Recorded;
    const holidays = new Set(recorded.holidays.map(iso));
    const early = new Map(Object.entries(recorded.earlyCloses).map(([d, t]) => [iso(d), t.slice(0, 5)]));
    const differences: string[] = [];
    for (let day = parseDay("1998-01-01"); day <= parseDay("2028-12-31"); day++) {
      const date = isoOf(day);
      const weekend = [0, 6].includes(new Date(day * 86_400_000).getUTCDay());
      const wanted = weekend || holidays.has(date) ? "closed" : (early.get(date) ?? "16:00");
      if (closeOn(date) !== wanted) differences.push(`${date} ours ${closeOn(date)} theirs ${wanted}`);
    }
    expect(differences).toEqual(["1998-11-27 ours 13:00 theirs 16:00", "1998-12-24 ours 13:00 theirs 16:00"]);
  });
});
