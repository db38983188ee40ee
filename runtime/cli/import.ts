import { existsSync, rmSync, statSync, writeFileSync } from "node:fs";
import { SingleBar } from "cli-progress";
import { type Command, Option } from "commander";
import { unwritable } from "../adapters/tape/errors.ts";
import { Gather } from "../adapters/tape/gather.ts";
import { importBars } from "../adapters/tape/import/bars.ts";
import { tickerFrom } from "../adapters/tape/import/columns.ts";
import { INTERVAL_NAMES, intervalMs } from "../adapters/tape/import/interval.ts";
import { importNews } from "../adapters/tape/import/news.ts";
import { ImportReport } from "../adapters/tape/import/report.ts";
import { NEW_YORK, zoneOf } from "../adapters/tape/import/zone.ts";
import { openTape } from "../adapters/tape/reader.ts";
import { BadInput } from "../failures.ts";

/** Refused rows named on stderr; all of them are in the file of refused rows. */
const SHOWN = 20;

interface Options {
  readonly out: string;
  readonly tz: string;
  readonly json?: true;
}
interface BarOptions extends Options {
  readonly symbol?: string;
  readonly interval?: string;
}
interface NewsOptions extends Options {
  readonly latency: string;
}
/** Reads the files into the gather, telling the report. */
type Reader = (gather: Gather, report: ImportReport) => void;

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** "90s" → 90_000. @throws BadInput. */
const durationMs = (text: string): number => {
  const m = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text);
  if (!m) throw new BadInput(`--latency ${text} is not a duration; write for example 0s, 250ms, 30s or 5m`);
  return Math.round(Number(m[1]) * (UNIT_MS[m[2] as string] as number));
};

/** Bytes of all files. @throws BadInput when one is not there. */
const sizeOf = (files: readonly string[]): number =>
  files.reduce((sum, file) => {
    const stat = statSync(file, { throwIfNoEntry: false });
    if (!stat?.isFile()) throw new BadInput(`no such file: ${file}`);
    return sum + stat.size;
  }, 0);

const showRejected = (report: ImportReport): void => {
  for (const { file, line, reason } of report.rejected.slice(0, SHOWN))
    process.stderr.write(`${line > 0 ? `${file}:${line}` : file}: ${reason}\n`);
  if (report.rejectedCount > SHOWN) process.stderr.write(`… and ${report.rejectedCount - SHOWN} more\n`);
};

/** The refused rows beside the tape, for a look; what an earlier import left there goes. Null when there are none. */
const keepRejected = (out: string, report: ImportReport): string | null => {
  const path = `${out}.rejected.ndjson`;
  try {
    rmSync(path, { force: true });
    if (report.rejectedCount === 0) return null;
    writeFileSync(path, report.rejected.map((one) => `${JSON.stringify(one)}\n`).join(""));
    return path;
  } catch (error) {
    throw unwritable(path, error);
  }
};

const runImport = (files: readonly string[], { out, json }: Options, what: string, read: Reader): void => {
  const size = sizeOf(files);
  const bar = process.stderr.isTTY
    ? new SingleBar({ format: "{bar} {percentage}% of {total} bytes, {eta_formatted} to go" })
    : null;
  const gather = new Gather();
  let sources: readonly string[] = [];
  let before = 0;
  if (existsSync(out)) {
    const tape = openTape(out);
    sources = tape.header.source.split(", ");
    before = gather.addTape(tape);
  }
  const report = new ImportReport((bytes) => bar?.update(bytes));
  bar?.start(size, 0);
  try {
    read(gather, report);
    bar?.update(size);
  } finally {
    bar?.stop();
  }
  showRejected(report);
  if (report.usable === 0) {
    const [first] = report.rejected;
    throw new BadInput(`nothing usable in ${files.join(", ")}${first ? `: ${first.reason}` : ""}; ${out} is as it was`);
  }
  const entries = gather.writeTo(
    out,
    [...new Set([...sources, ...report.sources])]
      .filter((s) => s !== "")
      .sort()
      .join(", "),
  );
  const rejectedFile = keepRejected(out, report);
  const result = {
    out,
    files: report.files,
    rows: report.rows,
    imported: entries - before,
    duplicates: gather.duplicates,
    rejected: { count: report.rejectedCount, file: rejectedFile, first: report.rejected.slice(0, SHOWN) },
    entries,
  };
  if (json) process.stdout.write(`${JSON.stringify(result)}\n`);
  else
    process.stdout.write(
      `${result.imported} ${what} from ${report.rows} rows to ${out} (${entries} entries)` +
        `${result.duplicates > 0 ? `, ${result.duplicates} duplicates dropped` : ""}` +
        `${rejectedFile ? `, ${report.rejectedCount} rows refused: see ${rejectedFile}` : ""}\n`,
    );
};

const barReader = (files: readonly string[], options: BarOptions): Reader => {
  const zone = zoneOf(options.tz);
  const symbol = options.symbol === undefined ? null : tickerFrom(options.symbol);
  if (options.symbol !== undefined && !symbol)
    throw new BadInput(`--symbol ${options.symbol} is not a US ticker such as AAPL or BRK.B`);
  const barMs = options.interval === undefined ? null : (intervalMs(options.interval) ?? null);
  return (gather, report) => importBars(files, { zone, symbol, barMs }, gather, report);
};
const newsReader = (files: readonly string[], options: NewsOptions): Reader => {
  const zone = zoneOf(options.tz);
  const latencyMs = durationMs(options.latency);
  return (gather, report) => importNews(files, { zone, latencyMs }, gather, report);
};

const BARS_HELP = `
Columns are found by name in any case: date or timestamp (or date and time),
open, high, low, close, volume, symbol. Without a symbol column the name of the
file tells it (AAPL_data.csv), or --symbol.
A daily bar lasts from the open to the close of the NYSE that day; a shorter bar
begins at its stamp. It is seen when it ends.
An existing tape is added to. Rows that cannot be used are named, kept in
TAPE.rejected.ndjson, and the rest is imported.

Example:
  npx tapedeck import bars prices/AAPL.csv prices/MSFT.csv --out market.tape`;
const NEWS_HELP = `
CSV, or one JSON object a line: a time, a headline, and if known ticker(s)
(several with , ; | or a space between) and a url.
A headline is seen when it was certainly out: a stamp to the minute (seconds 00)
counts as the end of that minute, 60 s later, a date alone as the end of that
day; --latency is added to it.
An existing tape is added to, in the order in which things were seen.

Example:
  npx tapedeck import news headlines.csv --out market.tape --latency 5s`;

/** `tapedeck import bars | news`. */
export const importCommand = (program: Command): void => {
  const group = program
    .command("import")
    .description("brings recorded bars and headlines onto a tape")
    .addHelpText("after", "\nExample:\n  npx tapedeck import bars AAPL.csv --out market.tape");
  const tz = () => new Option("--tz <zone>", "time zone of stamps that name none").default(NEW_YORK);
  group
    .command("bars")
    .description("imports price bars from CSV files")
    .argument("<file...>", "CSV files")
    .requiredOption("--out <tape>", "the tape to make or add to")
    .option("--symbol <ticker>", "the ticker of every row")
    .addOption(tz())
    .addOption(new Option("--interval <length>", "length of a bar, when the times do not tell it").choices(INTERVAL_NAMES))
    .option("--json", "print the result as one JSON object")
    .addHelpText("after", BARS_HELP)
    .action((files: string[], options: BarOptions) => runImport(files, options, "bars", barReader(files, options)));
  group
    .command("news")
    .description("imports headlines from CSV or NDJSON files")
    .argument("<file...>", "CSV or NDJSON files")
    .requiredOption("--out <tape>", "the tape to make or add to")
    .addOption(tz())
    .option("--latency <duration>", "time until a headline reaches you: 250ms, 30s, 5m", "0s")
    .option("--json", "print the result as one JSON object")
    .addHelpText("after", NEWS_HELP)
    .action((files: string[], options: NewsOptions) => runImport(files, options, "headlines", newsReader(files, options)));
};
