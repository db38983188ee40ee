import { existsSync } from "node:fs";
import { basename } from "node:path";
import type { Command } from "commander";
import { EVENT_TYPES, type TapeEvent } from "../../streams/domain/event.ts";
import { sha256 } from "../adapters/system/digest.ts";
import { Gather } from "../adapters/tape/gather.ts";
import { tickerFrom } from "../adapters/tape/import/columns.ts";
import { intervalName } from "../adapters/tape/import/interval.ts";
import { parseStamp } from "../adapters/tape/import/stamp.ts";
import { NEW_YORK, zoneOf } from "../adapters/tape/import/zone.ts";
import { tapeInfo } from "../adapters/tape/info.ts";
import { openTape } from "../adapters/tape/reader.ts";
import type { TornTail } from "../adapters/tape/scan.ts";
import { wireText } from "../adapters/tape/wire.ts";
import { DECISIONS_HASH_VERSION, DecisionsHash } from "../core/decisions.ts";
import { BadInput } from "../failures.ts";

/** Characters gathered before they are written. */
const PAGE = 1 << 16;
/** Tickers listed by `info` before the rest is only counted. */
const LISTED = 30;
/** Sources listed. */
const NAMED = 5;

const iso = (at: number | null): string => (at === null ? "-" : new Date(at).toISOString());
const warnTorn = (path: string, torn: TornTail | null): void => {
  if (torn)
    process.stderr.write(
      `tapedeck: ${path} ends in ${torn.cutBytes} bytes that are no whole entry, after entry ${torn.atSeq}; they are left out\n`,
    );
};

const shortened = (names: readonly string[]): string =>
  names.length > NAMED ? `${names.slice(0, NAMED).join(", ")} and ${names.length - NAMED} more` : names.join(", ") || "-";

/** The hashes of the decisions that a run's tape holds, whichever version recorded it. */
const decisionsOn = (path: string) => {
  const hash = new DecisionsHash(sha256, true);
  const reader = openTape(path);
  try {
    for (let batch = reader.next(); batch; batch = reader.next()) for (const event of batch) hash.note(event);
  } finally {
    reader.close();
  }
  return { decisions_hash: hash.hex(), decisions_hash_version: DECISIONS_HASH_VERSION, decisions_hash_v1: hash.hex1() };
};

const info = (path: string, { json }: { readonly json?: true }): void => {
  const about = tapeInfo(path);
  const decisions = about.header.kind === "run" ? decisionsOn(path) : null;
  warnTorn(path, about.torn);
  if (json) {
    process.stdout.write(`${JSON.stringify({ path, ...about, ...decisions })}\n`);
    return;
  }
  const recorded = Object.entries(about.header.answers ?? {}).map(([port, how]) => `${port} ${how}`);
  const lines = [
    `${path}: ${about.header.kind} tape${about.header.run ? ` of run ${about.header.run}` : ""}, ${about.entries} entries, ${about.bytes} bytes`,
    `from      ${shortened(about.header.source.split(", "))}`,
    `seen      ${iso(about.firstSeen)} to ${iso(about.lastSeen)}`,
    `hash      ${about.hash}`,
    ...(decisions === null ? [] : [`decisions ${decisions.decisions_hash} (version ${decisions.decisions_hash_version})`]),
    ...(recorded.length === 0 ? [] : [`answers   ${recorded.join(", ")}`]),
    ...Object.entries(about.kinds).map(([kind, count]) => `${String(count).padStart(10)} ${kind}`),
  ];
  const tickers = Object.entries(about.tickers);
  for (const [ticker, kinds] of tickers.slice(0, LISTED)) {
    lines.push(
      `${ticker.padEnd(9)} ${Object.entries(kinds)
        .map(([kind, count]) => `${kind} ${count}`)
        .join(", ")}`,
    );
    for (const one of about.series.filter((s) => s.ticker === ticker)) {
      const gaps = one.gaps.map((g) => `${g.missing} after ${iso(g.from)}`).join(", ");
      lines.push(
        `          ${intervalName(one.barMs)} bars ${iso(one.first)} to ${iso(one.last)}, ${one.missing} missing${gaps ? `: ${gaps}` : ""}`,
      );
    }
  }
  if (tickers.length > LISTED) lines.push(`… and ${tickers.length - LISTED} more tickers; --json lists all`);
  process.stdout.write(`${lines.join("\n")}\n`);
};

interface CatOptions {
  readonly from?: string;
  readonly to?: string;
  readonly kind?: string;
  readonly ticker?: string;
  readonly limit?: string;
  readonly json?: true;
}

const momentOf = (name: string, text: string | undefined, absent: number): number => {
  if (text === undefined) return absent;
  const stamp = parseStamp(text, zoneOf(NEW_YORK));
  if (!stamp) throw new BadInput(`${name} ${text} is not a date or time; write for example 2018-02-05 or 2018-02-05T14:30:00Z`);
  return stamp.at;
};

/** "bar" or "market.bar" → whether a type is meant. @throws BadInput when no type is. */
const kindFilter = (kind: string | undefined): ((type: string) => boolean) => {
  if (kind === undefined) return () => true;
  const wanted = new Set<string>(EVENT_TYPES.filter((type) => type === kind || type.split(".").includes(kind)));
  if (wanted.size === 0) throw new BadInput(`unknown --kind ${kind}; one of ${EVENT_TYPES.join(", ")}`);
  return (type) => wanted.has(type);
};

const filterOf = (options: CatOptions): ((event: TapeEvent) => boolean) => {
  const isKind = kindFilter(options.kind);
  const ticker = options.ticker === undefined ? null : tickerFrom(options.ticker);
  if (options.ticker !== undefined && !ticker)
    throw new BadInput(`--ticker ${options.ticker} is not a US ticker such as AAPL or BRK.B`);
  return (event) =>
    isKind(event.type) &&
    (ticker === null || ("ticker" in event && event.ticker === ticker) || ("tickers" in event && event.tickers.includes(ticker)));
};

/** One line for people: seq, when it was seen, kind, and what it says. */
const plainLine = (event: TapeEvent): string => {
  const { seq, tSeen, type, v: _v, tEvent: _tEvent, cause, ...rest } = JSON.parse(wireText(event)) as Record<string, unknown>;
  const said = Object.entries(rest).map(([key, value]) => `${key}=${typeof value === "string" ? value : JSON.stringify(value)}`);
  return `${seq} ${iso(tSeen as number)} ${type}${cause === 0 ? "" : ` cause=${cause}`} ${said.join(" ")}`;
};

const cat = async (path: string, options: CatOptions): Promise<void> => {
  const from = momentOf("--from", options.from, Number.NEGATIVE_INFINITY);
  const to = momentOf("--to", options.to, Number.POSITIVE_INFINITY);
  const wanted = filterOf(options);
  const limit = options.limit === undefined ? Number.POSITIVE_INFINITY : Number(options.limit);
  if (!(limit >= 0)) throw new BadInput(`--limit ${options.limit} is not a number of entries`);
  const lineOf = options.json ? wireText : plainLine;
  const out = new Pager();
  const reader = openTape(path);
  try {
    let left = limit;
    read: for (let batch = reader.next(); batch && left > 0; batch = reader.next())
      for (const event of batch) {
        if (event.tSeen >= to || left <= 0) break read;
        if (event.tSeen < from || !wanted(event)) continue;
        left--;
        const open = out.line(lineOf(event));
        if (open === false || (open !== true && !(await open))) return;
      }
    await out.flush();
    warnTorn(path, reader.torn);
  } finally {
    reader.close();
  }
};

/** Writes lines to stdout at the pace of whoever reads them; ends quietly when they have seen enough (`| head`). */
class Pager {
  #page = "";
  #closed = false;
  /** Goes on with what waits for the reader. */
  #resume = (): void => {};
  constructor() {
    process.stdout.on("drain", () => this.#resume());
    process.stdout.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") {
        process.stderr.write(`tapedeck: cannot write the output: ${error.message}\n`);
        process.exitCode = 1;
      }
      this.#closed = true;
      this.#resume();
    });
  }
  /** False when nobody reads any more. A promise only when a page is full. */
  line(text: string): boolean | Promise<boolean> {
    this.#page += `${text}\n`;
    return this.#page.length < PAGE ? !this.#closed : this.flush();
  }
  async flush(): Promise<boolean> {
    const page = this.#page;
    this.#page = "";
    if (page !== "" && !this.#closed && !process.stdout.write(page))
      await new Promise<void>((resolve) => {
        this.#resume = resolve;
      });
    return !this.#closed;
  }
}

const merge = (paths: readonly string[], { out, json }: { readonly out: string; readonly json?: true }): void => {
  const gather = new Gather();
  const sources = new Set<string>();
  const inputs = existsSync(out) && !paths.includes(out) ? null : paths;
  if (!inputs) throw new BadInput(`${out} is there already; name it as an input too, or choose another`);
  for (const path of new Set(inputs)) {
    const reader = openTape(path);
    for (const source of (reader.header.source || basename(path)).split(", ")) sources.add(source);
    gather.addTape(reader);
    warnTorn(path, reader.torn);
  }
  const entries = gather.writeTo(out, [...sources].sort().join(", "));
  const result = { out, tapes: paths, entries, duplicates: gather.duplicates };
  if (json) process.stdout.write(`${JSON.stringify(result)}\n`);
  else process.stdout.write(`${entries} entries to ${out}, ${gather.duplicates} duplicates dropped\n`);
};

/** `tapedeck tape info | cat | merge`. */
export const tapeCommand = (program: Command): void => {
  const group = program
    .command("tape")
    .description("looks into tapes and joins them")
    .addHelpText("after", "\nExample:\n  npx tapedeck tape info market.tape");
  group
    .command("info")
    .description("counts by kind and ticker, span, missing sessions and bars, content hash")
    .argument("<tape>", "a tape file")
    .option("--json", "print one JSON object")
    .addHelpText("after", "\nExample:\n  npx tapedeck tape info market.tape")
    .action(info);
  group
    .command("cat")
    .description("prints entries in order")
    .argument("<tape>", "a tape file")
    .option("--from <time>", "seen at or after; a date is midnight in New York")
    .option("--to <time>", "seen before")
    .option("--kind <kind>", "market.bar, or a part of the name: bar, news, order")
    .option("--ticker <ticker>", "only what is about it")
    .option("--limit <count>", "stop after so many")
    .option("--json", "one JSON object a line, amounts as decimal strings")
    .addHelpText("after", "\nExample:\n  npx tapedeck tape cat market.tape --kind news --ticker AAPL --from 2018-01-01")
    .action(cat);
  group
    .command("merge")
    .description("joins market tapes into one, in the order in which things were seen, each only once")
    .argument("<tape...>", "tape files of markets, not of runs")
    .requiredOption("--out <tape>", "the tape to make")
    .option("--json", "print the result as one JSON object")
    .addHelpText("after", "\nExample:\n  npx tapedeck tape merge 2017.tape 2018.tape --out both.tape")
    .action(merge);
};
