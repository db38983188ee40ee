import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  age,
  arrow,
  chartTime,
  clock,
  count,
  decimal,
  limitName,
  moment,
  money,
  number,
  percent,
  prose,
  shares,
  short,
  signed,
  signOf,
  took,
  unsigned,
} from "../../ui/src/format.ts";

describe("amounts", () => {
  it.each([
    ["104486.22", "104,486.22"],
    ["-1204.185", "−1,204.19"],
    ["0", "0.00"],
    ["-0.001", "0.00"],
    ["999999.995", "1,000,000.00"],
    ["9007199254.740991", "9,007,199,254.74"],
    ["0.005", "0.01"],
    ["-0.005", "−0.01"],
  ])("writes %s as %s", (text, shown) => expect(money(text)).toBe(shown));

  it("never loses a micro-dollar on the way to the screen", () =>
    fc.assert(
      fc.property(fc.maxSafeInteger(), (micros) => {
        const abs = BigInt(Math.abs(micros));
        const text = `${micros < 0 ? "-" : ""}${abs / 1_000_000n}.${String(abs % 1_000_000n).padStart(6, "0")}`;
        const shown = decimal(text, 6).replaceAll(",", "").replace("−", "-");
        expect(BigInt(shown.replace(".", ""))).toBe(BigInt(micros));
      }),
    ));

  it("takes micro-units of the domain as well as decimals of the wire", () => expect(money(-1_204_180_000)).toBe("−1,204.18"));

  it("refuses what is no decimal instead of showing NaN", () => expect(() => money("NaN")).toThrow(RangeError));

  it("shows whole shares without decimals and fractions with all of theirs", () => {
    expect(shares("120")).toBe("120");
    expect(shares("-60.500000")).toBe("−60.5");
    expect(shares("1234.000001")).toBe("1,234.000001");
  });

  it("leaves the sign to the arrow, and gives zero neither", () => {
    expect([signOf("-0.01"), signOf("0.000"), signOf("3")]).toEqual([-1, 0, 1]);
    expect(`${arrow(-1)} ${unsigned("-88.2")}`).toBe("▼ 88.20");
    expect(arrow(0)).toBe("");
  });
});

describe("observations", () => {
  it("signs a score with a real minus, and does not sign zero", () => {
    expect([signed(0.824), signed(-0.64), signed(0), signed(0.0004)]).toEqual(["+0.82", "−0.64", "0.00", "0.00"]);
  });

  it("shows what cannot be measured as a dash", () => expect(number(Number.NaN)).toBe("–"));

  it("writes a fraction as per cent, never with a negative zero", () => {
    expect(percent(0.0117)).toBe("1.17\u202f%");
    expect(percent(-0)).toBe("0.00\u202f%");
  });

  it.each([
    [0, "0"],
    [9.94, "9.9"],
    [182, "182"],
    [999.6, "1.0k"],
    [4100, "4.1k"],
    [12_345, "12k"],
    [2_000_000, "2.0M"],
  ])("shortens the rate %d to %s", (n, shown) => expect(short(n)).toBe(shown));

  it("groups counts", () => expect(count(1_204_558)).toBe("1,204,558"));
});

describe("times", () => {
  it.each([
    [300, "0.3 s"],
    [12_000, "12 s"],
    [240_000, "4 min"],
    [2 * 3_600_000, "2 h"],
    [3 * 86_400_000, "3 d"],
    [-5, "0.0 s"],
  ])("says %d ms as %s", (ms, shown) => expect(age(ms).replace("\u202f", " ")).toBe(shown));

  it("names the unit of a measured time", () => {
    expect([took(2.5), took(31), took(1200), took(null)].map((t) => t.replace("\u202f", " "))).toEqual([
      "2.5 µs",
      "31 µs",
      "1.2 ms",
      "–",
    ]);
  });

  it("tells New York time with the zone that held, in winter and in summer", () => {
    expect(moment(Date.UTC(2026, 10, 20, 15, 42, 7))).toBe("2026-11-20 10:42:07 EST");
    expect(moment(Date.UTC(2026, 5, 2, 13, 30, 0))).toBe("2026-06-02 09:30:00 EDT");
  });

  it("puts New York's wall time on a chart's axis, across the change of the clocks", () => {
    const onAxis = (at: number) => new Date(chartTime(at) * 1000).toISOString().slice(11, 19);
    for (const at of [
      Date.UTC(2026, 10, 20, 15, 42, 7),
      Date.UTC(2026, 10, 1, 5, 59),
      Date.UTC(2026, 10, 1, 6, 1),
      Date.UTC(2026, 2, 8, 7, 1),
    ])
      expect(onAxis(at)).toBe(clock(at));
  });
});

describe("the core's own words", () => {
  it("get a real minus before a number and keep their hyphens", () =>
    expect(prose("-0.55 % over 20 bars (-1.8), first-quarter")).toBe("−0.55 % over 20 bars (−1.8), first-quarter"));
  it("name a limit in plain words", () =>
    expect(["maxGrossExposure", "maxDailyLossFraction", "maxStaleMs"].map(limitName)).toEqual([
      "gross exposure",
      "daily loss",
      "stale",
    ]));
});
