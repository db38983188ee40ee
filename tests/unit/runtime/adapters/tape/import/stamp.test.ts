import { describe, expect, it } from "vitest";
import { parseStamp } from "../../../../../../runtime/adapters/tape/import/stamp.ts";
import { NEW_YORK, zoneOf } from "../../../../../../runtime/adapters/tape/import/zone.ts";

const newYork = zoneOf(NEW_YORK);
const at = (text: string, zone = newYork): string | null => {
  const stamp = parseStamp(text, zone);
  return stamp && new Date(stamp.at).toISOString();
};

describe("a stamp", () => {
  it.each([
    ["2020-12-15 09:30", "2020-12-15T14:30:00.000Z"],
    ["2020-07-15T09:30:05.25", "2020-07-15T13:30:05.250Z"],
    ["2020/7/5 9:30:05", "2020-07-05T13:30:05.000Z"],
    ["20201215", "2020-12-15T05:00:00.000Z"],
    ["20201215 093000", "2020-12-15T14:30:00.000Z"],
    ["12/15/2020 4:05 PM", "2020-12-15T21:05:00.000Z"],
    ["12/15/2020 12:05:01 am", "2020-12-15T05:05:01.000Z"],
    ["1/2/1990", "1990-01-02T05:00:00.000Z"],
    ["2013-02-08T11:39:00Z", "2013-02-08T11:39:00.000Z"],
    ["2020-06-05 10:30:54-04:00", "2020-06-05T14:30:54.000Z"],
    ["2020-06-05 10:30:54 +0530", "2020-06-05T05:00:54.000Z"],
    ["2020-06-05 10:30 EDT", "2020-06-05T14:30:00.000Z"],
    ["Fri, 05 Jun 2020 10:30:54 GMT", "2020-06-05T10:30:54.000Z"],
    ["5-Jun-2020", "2020-06-05T04:00:00.000Z"],
    ["1360323540", "2013-02-08T11:39:00.000Z"],
    ["1360323540123", "2013-02-08T11:39:00.123Z"],
    ["1360323540123456", "2013-02-08T11:39:00.123Z"],
    ["1360323540123456789", "2013-02-08T11:39:00.123Z"],
  ])("%s is %s for a clock in New York", (text, instant) => expect(at(text)).toBe(instant));

  it.each([
    "",
    "n/a",
    "2020-13-01",
    "2020-02-30",
    "2021-02-29",
    "25/12/2020",
    "2020-12-15 24:00",
    "2020-12-15 13:00 PM",
    "12345",
    "2020-12-15 10:00 XYZ",
  ])("%j is none", (text) => expect(parseStamp(text, newYork)).toBeNull());
  it("knows how fine it is", () => {
    const precision = (text: string) => parseStamp(text, newYork)?.precision;
    expect(precision("2020-12-15")).toBe("day");
    expect(precision("2020-12-15 09:30")).toBe("minute");
    expect(precision("2020-12-15 09:30:00")).toBe("minute");
    expect(precision("2020-12-15 09:30:01")).toBe("fine");
    expect(precision("2020-12-15 09:30:00.5")).toBe("fine");
  });
  it("takes the later of an hour that comes twice, and moves on through an hour that never is", () => {
    for (const zone of [newYork, zoneOf("US/Eastern")]) {
      expect(at("2020-11-01 00:30", zone)).toBe("2020-11-01T04:30:00.000Z");
      expect(at("2020-11-01 01:30", zone)).toBe("2020-11-01T06:30:00.000Z");
      expect(at("2020-11-01 02:30", zone)).toBe("2020-11-01T07:30:00.000Z");
      expect(at("2020-03-08 01:59", zone)).toBe("2020-03-08T06:59:00.000Z");
      expect(at("2020-03-08 02:30", zone)).toBe("2020-03-08T07:30:00.000Z");
      expect(at("2020-03-08 03:00", zone)).toBe("2020-03-08T07:00:00.000Z");
    }
  });
  it("is read in any zone there is, and in no other", () => {
    expect(at("2020-07-15 09:30", zoneOf("UTC"))).toBe("2020-07-15T09:30:00.000Z");
    expect(at("2020-07-15 09:30", zoneOf("Asia/Kolkata"))).toBe("2020-07-15T04:00:00.000Z");
    expect(() => zoneOf("Mars/Olympus")).toThrow(/unknown time zone "Mars\/Olympus"/);
  });
});
