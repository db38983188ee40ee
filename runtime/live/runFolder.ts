import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { BadInput } from "../cli/exit.ts";

/** What is known of a run beside its tape. */
const RunFile = z.object({
  id: z.string(),
  /** Of the settings that shape decisions. */
  configHash: z.string(),
  config: z.unknown(),
  seed: z.int(),
  /** What it plays: kind and a hash of what defines it. */
  source: z.object({ kind: z.enum(["generated", "tape"]), name: z.string(), hash: z.string() }),
  version: z.string(),
  /** Of several runs of one kind, which. */
  number: z.int().positive(),
});
export type RunFile = Readonly<z.output<typeof RunFile>>;

export interface RunFolder {
  readonly run: RunFile;
  readonly journal: string;
  /** True when the journal was there already. */
  readonly resumed: boolean;
}

/** @throws BadInput when it is not a run file. */
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

/**
 * The run a data directory is to go on with: the newest one, if it was begun with the same settings and source; else a new one.
 * Runs are kept: `<dataDir>/runs/<id>/{run.json, run.tape}`, and `<dataDir>/current.json` names the one that is on.
 */
export const openRunFolder = (
  dataDir: string,
  wanted: Omit<RunFile, "id" | "number">,
  idOf: (number: number) => string,
): RunFolder => {
  const current = join(dataDir, "current.json");
  const folderOf = (id: string): string => join(dataDir, "runs", id);
  let number = 1;
  if (existsSync(current)) {
    const { id } = z.object({ id: z.string() }).parse(JSON.parse(readFileSync(current, "utf8")));
    const run = readRunFile(join(folderOf(id), "run.json"));
    if (run.configHash === wanted.configHash && run.source.hash === wanted.source.hash && run.seed === wanted.seed)
      return { run, journal: join(folderOf(id), "run.tape"), resumed: existsSync(join(folderOf(id), "run.tape")) };
    number = run.number + 1;
  }
  const run: RunFile = { ...wanted, id: idOf(number), number };
  mkdirSync(folderOf(run.id), { recursive: true });
  write(join(folderOf(run.id), "run.json"), run);
  write(current, { id: run.id });
  return { run, journal: join(folderOf(run.id), "run.tape"), resumed: false };
};
