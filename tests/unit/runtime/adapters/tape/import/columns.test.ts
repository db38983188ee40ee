import { describe, expect, it } from "vitest";
import { columnOf, numberFrom, tickerFrom, tickerOfFile } from "../../../../../../runtime/adapters/tape/import/columns.ts";
import { delimiterOf, fieldsOf } from "../../../../../../runtime/adapters/tape/import/lines.ts";

describe("a file's own words", () => {
  it("name their columns in many ways", () => {
    const header = ["<TICKER>", "Trading Day", "1. open", "Close/Last", "VOL", "High Price", "L"];
    expect([columnOf(header, "symbol"), columnOf(header, "date"), columnOf(header, "open"), columnOf(header, "close")]).toEqual([
      0, 1, 2, 3,
    ]);
    expect([columnOf(header, "volume"), columnOf(header, "high"), columnOf(header, "low"), columnOf(header, "url")]).toEqual([
      4, 5, 6, -1,
    ]);
  });
  it("write numbers with separators and dollars, or write none", () => {
    expect(["45.07", " 12 ", "1,234,567", "$45.10", "-3", "1e3"].map(numberFrom)).toEqual([45.07, 12, 1234567, 45.1, -3, 1000]);
    expect(["", " ", "null", "1,2", "$", undefined].map(numberFrom)).toEqual(Array.from({ length: 6 }, () => Number.NaN));
  });
  it("write tickers in many ways, and names that are none", () => {
    expect(["aapl", "BRK-B", "BRK/B", " brk.b "].map(tickerFrom)).toEqual(["AAPL", "BRK.B", "BRK.B", "BRK.B"]);
    expect(["", "Apple Inc.", "TOOLONG", "^GSPC", "A1"].map(tickerFrom)).toEqual([null, null, null, null, null]);
    expect(["AAPL_data.csv", "SPY_1min_2020.csv", "BRK.B.csv", "F.csv"].map(tickerOfFile)).toEqual(["AAPL", "SPY", "BRK.B", "F"]);
    expect(["data.csv", "Apple.csv", "msft.csv", "A1.csv", "PRICES_all.csv"].map(tickerOfFile)).toEqual([
      null,
      null,
      null,
      null,
      null,
    ]);
  });
  it("separate fields by whatever the header has most of, and quote them", () => {
    expect(["a,b;c", "a;b;c,d", "a\tb", "a|b|c"].map(delimiterOf)).toEqual([",", ";", "\t", "|"]);
    expect(fieldsOf('x,"a ""b"", c",1', ",")).toEqual(["x", 'a "b", c', "1"]);
    expect(fieldsOf('x,"open', ",")).toBeNull();
  });
});
