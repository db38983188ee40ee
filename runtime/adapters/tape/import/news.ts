import { createHash } from "node:crypto";
import { basename, extname } from "node:path";
import { z } from "zod";
import { type NewsRaw, newsRaw } from "../../../../streams/domain/news.ts";
import { ms, type Ticker } from "../../../../streams/domain/units.ts";
import type { Gather } from "../gather.ts";
import { columnOf, momentOf, tickerFrom } from "./columns.ts";
import { delimiterOf, fieldsOf, type Line, recordsOf } from "./lines.ts";
import type { ImportReport } from "./report.ts";
import { parseStamp, type Stamp } from "./stamp.ts";
import type { Zone } from "./zone.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

export interface NewsImport {
  /** Of stamps without a zone of their own. */
  readonly zone: Zone;
  /** Added to the moment at which a headline could first be known, ms. */
  readonly latencyMs: number;
}

interface Story {
  readonly line: number;
  readonly stamp: Stamp;
  readonly tickers: readonly Ticker[];
  readonly headline: string;
  readonly url: string | null;
}
interface Cells {
  readonly moment: string;
  readonly tickers: string;
  readonly headline: string;
  readonly url: string;
}

/** Adds the headlines of CSV or NDJSON files to `gather`. Rows that cannot be used go to the report. @throws TapeUnreadable. */
export const importNews = (paths: readonly string[], options: NewsImport, gather: Gather, report: ImportReport): void => {
  for (const path of paths) {
    report.begin(path);
    const stories: Story[] = [];
    const reject = (line: Line, reason: string) => report.reject(path, line.number, reason, line.text);
    for (const [line, cells] of cellsOf(path, report)) {
      report.rows++;
      const story = typeof cells === "string" ? cells : storyOf(line.number, cells, options.zone);
      if (typeof story === "string") reject(line, story);
      else stories.push(story);
    }
    // A file whose every stamp is midnight has dates, whatever it writes after them.
    const datesOnly = stories.length > 1 && stories.every((story) => story.stamp.midnight);
    const source = basename(path, extname(path));
    for (const story of stories) gather.add(newsOf(story, source, datesOnly, options));
    report.took(stories.length);
  }
};

/** Records as cells, or as the reason why one cannot be used. */
function* cellsOf(path: string, report: ImportReport): Generator<readonly [Line, Cells | string]> {
  let read: ((line: Line) => Cells | string) | null = null;
  let first: Line | null = null;
  for (const line of recordsOf(path)) {
    report.at(line.bytesRead);
    if (!first) {
      first = line;
      if (line.text.trimStart().startsWith("{")) {
        read = jsonCells;
        yield [line, read(line)];
        continue;
      }
      const columns = csvCells(line);
      if (typeof columns === "string") {
        report.reject(path, 0, columns, line.text);
        return;
      }
      read = columns;
    } else if (read) yield [line, read(line)];
  }
  if (!first) report.reject(path, 0, "the file is empty", "");
}

const csvCells = (header: Line): ((line: Line) => Cells | string) | string => {
  const delimiter = delimiterOf(header.text);
  const names = fieldsOf(header.text, delimiter) ?? [];
  const moment = momentOf(names);
  const headline = columnOf(names, "headline");
  const tickers = columnOf(names, "tickers");
  const url = columnOf(names, "url");
  const missing = [moment ? "" : "time", headline < 0 ? "headline" : ""].filter((name) => name !== "");
  if (!moment || headline < 0) return `no column for ${missing.join(", ")} in the header: ${names.join(", ")}`;
  return (line) => {
    const row = fieldsOf(line.text, delimiter);
    if (!row) return "a quote is not closed";
    return { moment: moment(row), tickers: row[tickers] ?? "", headline: row[headline] ?? "", url: row[url] ?? "" };
  };
};

const jsonCells = (line: Line): Cells | string => {
  let raw: unknown;
  try {
    raw = JSON.parse(line.text);
  } catch {
    return "not JSON";
  }
  const parsed = z.record(z.string(), z.unknown()).safeParse(raw);
  if (!parsed.success) return "not a JSON object";
  const names = Object.keys(parsed.data);
  const texts = Object.values(parsed.data).map((v) => (Array.isArray(v) ? v.join(",") : v === null ? "" : String(v)));
  const moment = momentOf(names);
  return {
    moment: moment ? moment(texts) : "",
    tickers: texts[columnOf(names, "tickers")] ?? "",
    headline: texts[columnOf(names, "headline")] ?? "",
    url: texts[columnOf(names, "url")] ?? "",
  };
};

const storyOf = (line: number, cells: Cells, zone: Zone): Story | string => {
  const headline = cells.headline.trim().replace(/\s+/g, " ");
  if (headline === "") return "no headline";
  const stamp = parseStamp(cells.moment, zone);
  if (!stamp) return `not a date or time: ${JSON.stringify(cells.moment)}`;
  if (stamp.at < 0) return `before 1970: ${cells.moment}`;
  const tickers: Ticker[] = [];
  for (const text of cells.tickers.split(/[,;|\s[\]'"]+/)) {
    const ticker = text === "" ? null : tickerFrom(text);
    if (text !== "" && !ticker) return `not a ticker: ${JSON.stringify(text)}`;
    if (ticker && !tickers.includes(ticker)) tickers.push(ticker);
  }
  return { line, stamp, tickers, headline, url: cells.url.trim() || null };
};

/** When a headline could first have been known: the end of what its stamp leaves open, so that nothing is known too early. */
const newsOf = (story: Story, source: string, datesOnly: boolean, options: NewsImport): NewsRaw => {
  const { at, date, precision } = story.stamp;
  const open =
    datesOnly || precision === "day" ? nextMidnight(date, at, options.zone) - at : precision === "minute" ? MINUTE_MS : 0;
  const id = createHash("sha256")
    .update(`${new Date(at).toISOString()}\n${story.headline}\n${[...story.tickers].sort().join(",")}`)
    .digest("hex")
    .slice(0, 16);
  return newsRaw(
    { tEvent: ms(at), tSeen: ms(at + open + options.latencyMs) },
    { id, source, tickers: story.tickers, headline: story.headline, url: story.url },
  );
};
const nextMidnight = (date: string, at: number, zone: Zone): number =>
  Math.max(zone.toUtc(Date.parse(`${date}T00:00:00Z`) + DAY_MS), at + DAY_MS - 3_600_000);
