import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { readAll } from "../../../../runtime/adapters/tape/reader.ts";
import { createTape } from "../../../../runtime/adapters/tape/writer.ts";
import { importCommand } from "../../../../runtime/cli/import.ts";
import { tapeCommand } from "../../../../runtime/cli/tape.ts";
import { exitCodeOf } from "../../../../runtime/failures.ts";
import type { Bar } from "../../../../streams/domain/market.ts";
import type { NewsRaw } from "../../../../streams/domain/news.ts";
import { parseEvent } from "../../../../streams/domain/upcast.ts";
import { sessionOn } from "../../../../streams/market/calendar.ts";

const root = mkdtempSync(join(tmpdir(), "tape-import-"));
let folder = root;
let out = "";
let err = "";
beforeEach(() => {
  folder = mkdtempSync(join(root, "case-"));
  out = "";
  err = "";
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    out += text;
    return true;
  });
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    err += text;
    return true;
  });
});
afterEach(() => vi.restoreAllMocks());
afterAll(() => rmSync(root, { recursive: true, force: true }));

const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const tape = () => join(folder, "t.tape");
/** Runs a command in this process; its exit code as the shell would see it. */
const tapedeck = async (...args: string[]): Promise<number> => {
  const program = new Command().exitOverride();
  importCommand(program);
  tapeCommand(program);
  try {
    await program.parseAsync(args, { from: "user" });
    return 0;
  } catch (error) {
    err += error instanceof Error ? error.message : "";
    return exitCodeOf(error);
  }
};
const result = () =>
  JSON.parse(out) as Record<string, unknown> & { rejected: { count: number; first: { line: number; reason: string }[] } };
const iso = (at: number) => new Date(at).toISOString();

describe("import bars", () => {
  it("makes daily bars last from the open to the close of the exchange, early closes too", async () => {
    const csv = file(
      "AAPL_data.csv",
      "\ufeffDate,Open,High,Low,Close,Volume\r\n2020-11-25,10,12,9,11,100\r\n2020-11-27,11,12,10,11,50\r\n",
    );
    expect(await tapedeck("import", "bars", csv, "--out", tape(), "--json")).toBe(0);
    const bars = readAll(tape()) as Bar[];
    expect(bars.map((b) => [b.seq, b.ticker, iso(b.tEvent), iso(b.tSeen), b.close, b.volume, b.barMs])).toEqual([
      [1, "AAPL", "2020-11-25T14:30:00.000Z", "2020-11-25T21:00:00.000Z", 11, 100, 86_400_000],
      [2, "AAPL", "2020-11-27T14:30:00.000Z", "2020-11-27T18:00:00.000Z", 11, 50, 86_400_000],
    ]);
    expect(result()).toMatchObject({ rows: 2, imported: 2, duplicates: 0, entries: 2, rejected: { count: 0 } });
  });
  it("takes a day on which the exchange was shut as 9:30 to 16:00 New York", async () => {
    const csv = file("odd.csv", "date,open,high,low,close\n2020-12-25,1,1,1,1\n");
    expect(await tapedeck("import", "bars", csv, "--out", tape(), "--symbol", "BRK-B")).toBe(0);
    expect(sessionOn("2020-12-25")).toBeNull();
    expect((readAll(tape()) as Bar[]).map((b) => [b.ticker, iso(b.tEvent), iso(b.tSeen), b.volume])).toEqual([
      ["BRK.B", "2020-12-25T14:30:00.000Z", "2020-12-25T21:00:00.000Z", 0],
    ]);
  });
  it("reads the day a source means, whether it writes midnight in New York, in UTC, or an instant", async () => {
    const rows = ["2020-11-25 00:00:00-05:00", "2020-11-26T00:00:00Z", "2020-11-27T05:00:00Z"].map((t) => `${t},1,1,1,1,1`);
    const csv = file("SPY.csv", `timestamp,o,h,l,c,v\n${rows.join("\n")}\n`);
    expect(await tapedeck("import", "bars", csv, "--out", tape(), "--interval", "1d")).toBe(0);
    expect((readAll(tape()) as Bar[]).map((b) => iso(b.tEvent).slice(0, 10))).toEqual(["2020-11-25", "2020-11-26", "2020-11-27"]);
  });
  it("tells the bar length from the times, newest first or not, and begins a bar at its stamp", async () => {
    const rows = Array.from(
      { length: 6 },
      (_, i) => `2020-12-15,${9 + Math.floor((55 - i * 5) / 60)}:${String(55 - i * 5).padStart(2, "0")},2,3,1,2,7`,
    );
    const csv = file("MSFT_5min.csv", `Date;Time;Open;High;Low;Close;Volume\n${rows.join("\n").replaceAll(",", ";")}\n`);
    expect(await tapedeck("import", "bars", csv, "--out", tape())).toBe(0);
    const bars = readAll(tape()) as Bar[];
    expect(bars.map((b) => b.barMs)).toEqual(Array.from({ length: 6 }, () => 300_000));
    expect([iso(bars[0]?.tEvent as number), iso(bars[0]?.tSeen as number)]).toEqual([
      "2020-12-15T14:30:00.000Z",
      "2020-12-15T14:35:00.000Z",
    ]);
  });
  it("asks for the interval where one row cannot tell it", async () => {
    const csv = file("MSFT.csv", "time,open,high,low,close,volume\n2020-12-15 09:30,2,3,1,2,7\n");
    expect(await tapedeck("import", "bars", csv, "--out", tape())).toBe(2);
    expect(err).toMatch(/give --interval/);
    expect(await tapedeck("import", "bars", csv, "--out", tape(), "--interval", "1h", "--tz", "UTC")).toBe(0);
    expect((readAll(tape()) as Bar[]).map((b) => [iso(b.tEvent), b.tSeen - b.tEvent])).toEqual([
      ["2020-12-15T09:30:00.000Z", 3_600_000],
    ]);
  });
  it("keeps what is good, and names file, line and reason of the rest", async () => {
    const csv = file(
      "mixed.csv",
      'date,open,high,low,close,volume,Name\n2020-11-25,10,12,9,11,100,AAPL\n2020-11-26,10,8,9,11,100,AAPL\n\nsoon,1,1,1,1,1,AAPL\n2020-11-27,1,1,1,"1,1,AAPL\n2020-11-30,10,12,9,11,,AAPL\n2020-12-01,10,12,9,11,100,Apple Inc\n1969-12-01,1,1,1,1,1,AAPL\n2020-12-02,10,"12",9,11,"1,000",AAPL\n',
    );
    expect(await tapedeck("import", "bars", csv, "--out", tape(), "--json")).toBe(0);
    expect(readAll(tape()).map((e) => iso(e.tSeen).slice(0, 10))).toEqual(["2020-11-25", "2020-12-02"]);
    expect(result().rejected.first.map(({ line, reason }) => `${line} ${reason}`)).toEqual([
      "3 high 8 is below low 9",
      '5 not a date or time: "soon"',
      "6 a quote is not closed",
      "7 volume is missing or negative",
      '8 not a ticker: "Apple Inc"',
      "9 before 1970: 1969-12-01",
    ]);
    expect(err).toContain("mixed.csv:3: high 8 is below low 9\n");
    const kept = readFileSync(`${tape()}.rejected.ndjson`, "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { text: string });
    expect(kept).toHaveLength(6);
    expect(kept[2]?.text).toBe('2020-11-27,1,1,1,"1,1,AAPL');
  });
  it("exits 2 and leaves the tape as it was when nothing is usable", async () => {
    const good = file("A.csv", "date,open,high,low,close\n2020-11-25,1,1,1,1\n");
    await tapedeck("import", "bars", good, "--out", tape());
    const before = readFileSync(tape());
    const cases = [
      file("bad.csv", "date,open,high,low,close\n2020-11-25,1,1,1,1\n"),
      file("B.csv", "a,b\n1,2\n"),
      file("C.csv", ""),
      file("D.csv", "date,open,high,low,close\n"),
      file("E.csv", "\ufffd\ufffd"),
    ];
    for (const bad of cases) expect(await tapedeck("import", "bars", bad, "--out", tape())).toBe(2);
    expect(await tapedeck("import", "bars", join(folder, "none.csv"), "--out", tape())).toBe(2);
    expect(await tapedeck("import", "bars", good, "--out", good)).toBe(2);
    expect(await tapedeck("import", "bars", good, "--out", tape(), "--symbol", "not one")).toBe(2);
    expect(await tapedeck("import", "bars", good, "--out", tape(), "--tz", "Mars")).toBe(2);
    expect(readFileSync(tape()).equals(before)).toBe(true);
    expect(err).toMatch(/no symbol.*give --symbol/);
    expect(err).toMatch(/no column for date, open, high, low, close in the header: a, b/);
  });
});

describe("import news", () => {
  it("lets a headline be seen when it was certainly out", async () => {
    const csv = file(
      "wire.csv",
      'ts,ticker,headline\n2013-02-08T11:39:00Z,AAP,"Raises, ""again"""\n2013-02-08T11:39:07Z,"AAP, a|BRK-B",b\n2013-02-08,,day\n2013-02-08 09:30,A,clock\n',
    );
    expect(await tapedeck("import", "news", csv, "--out", tape(), "--latency", "1.5s")).toBe(0);
    expect((readAll(tape()) as NewsRaw[]).map((n) => [n.headline, n.tickers, iso(n.tEvent), iso(n.tSeen), n.source])).toEqual([
      ["b", ["AAP", "A", "BRK.B"], "2013-02-08T11:39:07.000Z", "2013-02-08T11:39:08.500Z", "wire"],
      ['Raises, "again"', ["AAP"], "2013-02-08T11:39:00.000Z", "2013-02-08T11:40:01.500Z", "wire"],
      ["clock", ["A"], "2013-02-08T14:30:00.000Z", "2013-02-08T14:31:01.500Z", "wire"],
      ["day", [], "2013-02-08T05:00:00.000Z", "2013-02-09T05:00:01.500Z", "wire"],
    ]);
  });
  it("takes a file whose every stamp is midnight for one of dates", async () => {
    const csv = file("dates.csv", "date,title\n2013-02-08 00:00:00,a\n2013-02-09 00:00:00,b\n");
    expect(await tapedeck("import", "news", csv, "--out", tape())).toBe(0);
    expect(readAll(tape()).map((e) => iso(e.tSeen))).toEqual(["2013-02-09T05:00:00.000Z", "2013-02-10T05:00:00.000Z"]);
  });
  it("reads JSON lines with the same words, and headlines over several lines", async () => {
    const json = file(
      "a.ndjson",
      '{"created_at":"2020-06-05T10:30:54Z","headline":"one","symbols":["A","MSFT"],"url":"http://x"}\n{"headline":1}\nnot json\n',
    );
    const csv = file(
      "b.csv",
      'headline,time\n"two\nlines",2020-06-05T10:30:55Z\n"never closed,2020-06-05T10:30:56Z\nthree,2020-06-05T10:30:57Z\n',
    );
    expect(await tapedeck("import", "news", json, csv, "--out", tape(), "--json")).toBe(0);
    expect((readAll(tape()) as NewsRaw[]).map((n) => [n.headline, n.tickers, n.url])).toEqual([
      ["one", ["A", "MSFT"], "http://x"],
      ["two lines", [], null],
      ["three", [], null],
    ]);
    expect(result().rejected.first.map(({ line, reason }) => `${line} ${reason}`)).toEqual([
      '2 not a date or time: ""',
      "3 not JSON",
      "4 a quote is not closed",
    ]);
  });
});

describe("several imports into one tape", () => {
  const bars = "date,open,high,low,close,volume,ticker\n2020-11-27,1,1,1,1,5,B\n2020-11-25,1,1,1,1,5,B\n2020-11-25,1,1,1,1,5,A\n";
  const more = "date,open,high,low,close,volume,ticker\n2020-11-25,1,2,1,1,9,A\n2020-11-27,1,1,1,1,5,B\n2020-11-30,1,1,1,1,5,A\n";
  const news =
    "time,ticker,headline\n2020-11-25T20:59:00Z,A,at the close\n2020-11-25T12:00:01Z,B,before\n2020-11-25T12:00:01Z,A,before\n";

  it("end the same whatever came first, each entry once, in the order in which things were seen", async () => {
    const inputs = [
      ["bars", file("bars.csv", bars)],
      ["bars", file("more.csv", more)],
      ["news", file("news.csv", news)],
    ] as const;
    const contents: Buffer[] = [];
    for (const order of [
      [0, 1, 2],
      [2, 1, 0],
      [1, 0, 2, 0, 1],
    ]) {
      rmSync(tape(), { force: true });
      for (const i of order) {
        const [kind, path] = inputs[i] as (typeof inputs)[number];
        expect(await tapedeck("import", kind, path, "--out", tape())).toBe(0);
      }
      contents.push(readFileSync(tape()));
    }
    expect(contents.every((bytes) => bytes.equals(contents[0] as Buffer))).toBe(true);
    expect(
      readAll(tape()).map((e) =>
        e.type === "market.bar" ? `${e.seq} ${e.ticker} ${e.volume}` : e.type === "news.raw" ? `${e.seq} ${e.headline}` : "",
      ),
    ).toEqual([
      "1 before",
      "2 before",
      "3 A 9", // of two bars of one day the one with more volume
      "4 B 5",
      "5 at the close", // seen at 21:00 as the bars are: prices first
      "6 B 5",
      "7 A 5",
    ]);
    expect(existsSync(`${tape()}.partial`)).toBe(false);
  });
  it("are the same as a merge of their tapes", async () => {
    const [a, b, c] = [join(folder, "a.tape"), join(folder, "b.tape"), join(folder, "c.tape")];
    await tapedeck("import", "bars", file("bars.csv", bars), "--out", a);
    await tapedeck("import", "news", file("news.csv", news), "--out", b);
    await tapedeck("import", "bars", file("bars.csv", bars), "--out", tape());
    await tapedeck("import", "news", file("news.csv", news), "--out", tape());
    expect(await tapedeck("tape", "merge", a, b, "--out", c)).toBe(0);
    expect(readFileSync(c).equals(readFileSync(tape()))).toBe(true);
    expect(await tapedeck("tape", "merge", a, b, "--out", c)).toBe(2);
    const run = join(folder, "run.tape");
    createTape(run, { kind: "run", source: "", run: "r1" }).close();
    expect(await tapedeck("tape", "merge", a, run, "--out", join(folder, "d.tape"))).toBe(2);
    expect(err).toMatch(/the tape of run r1 cannot be joined/);
  });
});

describe("tape cat and info", () => {
  const lines = () => out.split("\n").filter((line) => line !== "");
  beforeEach(async () => {
    await tapedeck(
      "import",
      "bars",
      file("AAPL.csv", "date,open,high,low,close,volume\n2020-11-25,1,1,1,1,5\n2020-11-27,1,1,1,1,5\n2020-12-02,1,1,1,1,5\n"),
      "--out",
      tape(),
    );
    await tapedeck(
      "import",
      "news",
      file("n.csv", "time,ticker,headline\n2020-11-26T12:00:01Z,AAPL,hello\n2020-11-26T12:00:01Z,,nobody\n"),
      "--out",
      tape(),
    );
    out = "";
  });
  it("prints what is asked for, as text or as JSON that reads back", async () => {
    expect(await tapedeck("tape", "cat", tape(), "--json")).toBe(0);
    expect(lines().map((line) => parseEvent(JSON.parse(line)))).toEqual(readAll(tape()));
    const asked = async (...args: string[]) => {
      out = "";
      expect(await tapedeck("tape", "cat", tape(), ...args)).toBe(0);
      return lines().map((line) => Number(line.split(" ")[0]));
    };
    expect(await asked("--kind", "news")).toEqual([2, 3]);
    expect(await asked("--kind", "market.bar", "--limit", "2")).toEqual([1, 4]);
    expect(await asked("--ticker", "aapl", "--from", "2020-11-26", "--to", "2020-11-28")).toEqual([3, 4]);
    expect(await asked("--limit", "0")).toEqual([]);
  });
  it("refuses a kind, a ticker or a time that is none", async () => {
    expect(await tapedeck("tape", "cat", tape(), "--kind", "bars")).toBe(2);
    expect(await tapedeck("tape", "cat", tape(), "--ticker", "1")).toBe(2);
    expect(await tapedeck("tape", "cat", tape(), "--from", "soon")).toBe(2);
    expect(await tapedeck("tape", "cat", tape(), "--limit", "-1")).toBe(2);
    expect(await tapedeck("tape", "info", join(folder, "none.tape"))).toBe(2);
  });
  it("says what is on a tape and that its end is torn", async () => {
    writeFileSync(tape(), Buffer.concat([readFileSync(tape()), Buffer.from("torn")]));
    expect(await tapedeck("tape", "info", tape(), "--json")).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      path: tape(),
      entries: 5,
      kinds: { "market.bar": 3, "news.raw": 2 },
      series: [{ ticker: "AAPL", bars: 3, missing: 2 }],
      torn: { cutBytes: 4, atSeq: 5 },
    });
    expect(err).toMatch(/ends in 4 bytes that are no whole entry, after entry 5/);
    out = "";
    expect(await tapedeck("tape", "info", tape())).toBe(0);
    expect(out).toMatch(
      /1d bars 2020-11-25T14:30:00.000Z to 2020-12-02T14:30:00.000Z, 2 missing: 2 after 2020-11-27T14:30:00.000Z/,
    );
  });
});
