import { describe, expect, it } from "vitest";
import { directoryOf, extractTickers } from "../../../../streams/news/extract.ts";

const directory = directoryOf([
  { ticker: "AAPL", name: "Apple Inc." },
  { ticker: "A", name: "Agilent Technologies, Inc." },
  { ticker: "ABBV", name: "AbbVie Inc." },
  { ticker: "IT", name: "Gartner Inc" },
  { ticker: "ALL", name: "Allstate Corp" },
  { ticker: "TGT", name: "Target Corp" },
  { ticker: "GE", name: "General Electric Co" },
  { ticker: "GM", name: "General Motors Co" },
  { ticker: "BRK.B", name: "Berkshire Hathaway Inc" },
  { ticker: "T", name: "AT&T Inc" },
  { ticker: "XYZ", name: "XYZ" },
]);
const found = (headline: string) => extractTickers(headline, directory);

describe("tickers in a headline", () => {
  it.each([
    ["$AAPL jumps, $BRK.B slips", ["AAPL", "BRK.B"]],
    ["$ZZZZ is not in the directory but says so itself", ["ZZZZ"]],
    ["Costs rise by $5M and $30B", []],
    ["Newco (NYSE: NEWC) lists", ["NEWC"]],
    ["Chips (NASDAQ:AAPL) and [NYSE: GE] rise", ["AAPL", "GE"]],
    ["Chip maker (XYZ) rises, (ABC) too", ["XYZ"]],
    ["XYZ beats estimates", ["XYZ"]],
    ["GE and GM report", ["GE", "GM"]],
    ["Why IT spending at ALL of A to Z grows", []],
    ["XYZ-backed fund", []],
    ["ALL EYES ON XYZ TODAY", []],
    ["Apple unveils a phone", ["AAPL"]],
    ["Apple's profit rises", ["AAPL"]],
    ["an apple a day", []],
    ["AbbVie, Abbvie and ABBVIE are one", ["ABBV"]],
    ["General Electric and General Motors", ["GE", "GM"]],
    ["General election", []],
    ["Price Target raised", []],
    ["Target shares fall", ["TGT"]],
    ["AT&T adds subscribers", ["T"]],
    ["Agilent Technologies beats", ["A"]],
    ["Gartner cuts its forecast", ["IT"]],
    ["", []],
  ])("%s", (headline, tickers) => {
    expect(found(headline)).toEqual(tickers);
  });

  it("are only the self-evident ones without a directory", () => {
    expect(extractTickers("$AAPL and GE and Apple (NYSE: GM)")).toEqual(["AAPL", "GM"]);
  });
});
