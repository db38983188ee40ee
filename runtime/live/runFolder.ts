import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { Say } from "../../actors/ports/telemetry.ts";
import { unwritable } from "../adapters/tape/errors.ts";
import { FrameScan } from "../adapters/tape/scan.ts";
import { BadInput } from "../failures.ts";

/** What is known of a run beside its tape. */
const RunFile = z.object({
  id: z.string(),
  /** Of the settings that shape decisions. */
  configHash: z.string(),
  config: z.unknown(),
  seed: z.int(),
  /** What it plays: kind and a hash of what defines it. */
  source: z.object({ kind: z.enum(["generated", "tape", "feed"]), name: z.string(), hash: z.string() }),
  version: z.string(),
  /** The run whose account this one took over; null when it began afresh. */
  from: z.string().nullable().default(null),
  /** Of several runs of one kind, which. */
  number: z.int().positive(),
  /** Another node had it under way: it counts, also before anything of it is here. */
  shared: z.boolean().default(false),
});
export type RunFile = Readonly<z.output<typeof RunFile>>;

export interface RunFolder {
  readonly run: RunFile;
  readonly journal: string;
  /** True when the journal was there already. */
  readonly resumed: boolean;
}

/** @throws BadInput when it is damaged. */
export const readRunFile = (path: string): RunFile => {
  try {
    return RunFile.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch (error) {
    throw new BadInput(
      `run file ${path} cannot be read (${(error as Error).message.split("\n")[0]}); move its folder away to begin a new run`,
    );
  }
};

const write = (path: string, value: unknown): void => {
  writeFileSync(`${path}.new`, `${JSON.stringify(value, null, 1)}\n`);
  renameSync(`${path}.new`, path);
};

const Current = z.object({ id: z.string() });

/** The run that is on, by the file that says so; null when there is none that can be read. */
const currentOf = (file: string): string | null => {
  try {
    return Current.parse(JSON.parse(readFileSync(file, "utf8"))).id;
  } catch {
    return null;
  }
};

/** Every run of a data directory, oldest first. @throws BadInput when one's file cannot be read. */
const runsOf = (dataDir: string): readonly RunFile[] => {
  const runs = join(dataDir, "runs");
  if (!existsSync(runs)) return [];
  return readdirSync(runs)
    .map((id) => join(runs, id, "run.json"))
    .filter((file) => existsSync(file))
    .map(readRunFile)
    .sort((a, b) => a.number - b.number);
};

/** Whether anything of a run is on its tape: a start that failed leaves a run that never was. One that cannot be read was. */
const isBegun = (tape: string): boolean => {
  if (!existsSync(tape)) return false;
  try {
    const scan = new FrameScan(tape);
    try {
      while (scan.step()) if (scan.sealed.seq > 0) return true;
      return false;
    } finally {
      scan.close();
    }
  } catch {
    return true;
  }
};

/** The runs before one, newest first: each took over the account of the next. */
export function* runsBefore(dataDir: string, run: RunFile): Iterable<RunFile> {
  const known = new Map(runsOf(dataDir).map((r) => [r.id, r]));
  for (let from = run.from; from !== null; ) {
    const before = known.get(from);
    if (before === undefined) return;
    known.delete(from); // a circle, in files that were edited, ends
    yield before;
    from = before.from;
  }
}

/**
 * The run a data directory is to go on with: the newest one, if it was begun with the same settings and source; else a new one.
 * `anew`: a new one in any case, and nothing is taken over. `underWay`: the one that another node began with these settings. Runs are kept: `<dataDir>/runs/<id>/{run.json, run.tape}`, and `<dataDir>/current.json` names the one that is on. Without that
 * file, or when it is damaged, it is the newest.
 * @throws BadInput when the file of a run is damaged, TapeUnwritable when the disk takes nothing.
 */
export const openRunFolder = (
  dataDir: string,
  wanted: Omit<RunFile, "id" | "number" | "from" | "shared">,
  idOf: (number: number) => string,
  {
    say,
    anew,
    underWay,
  }: {
    readonly say: Say;
    readonly anew: boolean;
    readonly underWay?: { readonly id: string; readonly number: number };
  },
): RunFolder => {
  const current = join(dataDir, "current.json");
  const folderOf = (id: string): string => join(dataDir, "runs", id);
  const tapeOf = (id: string): string => join(folderOf(id), "run.tape");
  const known = runsOf(dataDir);
  const named = currentOf(current);
  const newest = known.find((r) => r.id === named) ?? known.at(-1);
  // A run that a failed start left empty counts for nothing: the account is in the one before.
  const last = newest && ([newest, ...runsBefore(dataDir, newest)].find((r) => r.shared || isBegun(tapeOf(r.id))) ?? newest);
  if (newest !== undefined && newest.id !== named) {
    say(`${current} does not name a run that is here; the newest is ${newest.id}`, {
      event: "run.misnamed",
      level: "warn",
      run: newest.id,
    });
    write(current, { id: newest.id });
  }
  const begin = (run: RunFile): RunFolder => {
    try {
      mkdirSync(folderOf(run.id), { recursive: true });
      write(join(folderOf(run.id), "run.json"), run);
      write(current, { id: run.id });
    } catch (error) {
      throw unwritable(folderOf(run.id), error);
    }
    return { run, journal: tapeOf(run.id), resumed: existsSync(tapeOf(run.id)) };
  };
  if (underWay) {
    const here = known.find((r) => r.id === underWay.id);
    return begin(here ?? { ...wanted, ...underWay, from: last?.id ?? null, shared: true });
  }
  if (!anew && last?.configHash === wanted.configHash && last.source.hash === wanted.source.hash && last.seed === wanted.seed) {
    if (last.id !== named) write(current, { id: last.id });
    return { run: last, journal: tapeOf(last.id), resumed: existsSync(tapeOf(last.id)) };
  }
  let number = (known.at(-1)?.number ?? 0) + 1;
  while (existsSync(tapeOf(idOf(number)))) number += 1; // a tape whose run file is gone is not written over
  return begin({ ...wanted, id: idOf(number), number, from: anew ? null : (last?.id ?? null), shared: false });
};
