import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Command } from "commander";
import { RunConfig } from "../../streams/domain/run.ts";
import { sha256 } from "../adapters/system/digest.ts";
import { headerOf, openSealed } from "../adapters/tape/reader.ts";
import { environment, loadConfig } from "../config.ts";
import { DECISIONS_HASH_VERSION } from "../core/decisions.ts";
import { BadInput, RunFailed } from "../failures.ts";
import { readRunFile } from "../live/runFolder.ts";
import { verify } from "../replay/verify.ts";
import { setUp } from "../runSetup.ts";
import { pureScorer } from "../scorer.ts";
import { deckTree } from "../tree.ts";
import { VERSION } from "../version.ts";

interface Flags {
  readonly dataDir?: string;
  readonly json?: boolean;
}

/** The folder of a run: a path to it or to its tape, an id, or nothing for the one that is on. */
const folderOf = (run: string | undefined, dataDir: string): string => {
  if (run !== undefined && existsSync(join(run, "run.json"))) return run;
  if (run !== undefined && basename(run) === "run.tape" && existsSync(run)) return dirname(run);
  const current = join(dataDir, "current.json");
  const id = run ?? (existsSync(current) ? (JSON.parse(readFileSync(current, "utf8")) as { id: string }).id : undefined);
  const folder = id === undefined ? null : join(dataDir, "runs", id);
  if (folder === null || !existsSync(join(folder, "run.json")))
    throw new BadInput(
      `there is no run ${run ?? ""} in ${join(dataDir, "runs")}; give a run's id, its folder, or --data-dir`.replace("  ", " "),
    );
  return folder;
};

const act = async (run: string | undefined, flags: Flags): Promise<void> => {
  const { dataDir } = loadConfig({
    ...environment(),
    ...(flags.dataDir === undefined ? {} : { TAPEDECK_DATA_DIR: flags.dataDir }),
  });
  const folder = folderOf(run, dataDir);
  const file = readRunFile(join(folder, "run.json"));
  const setup = await setUp(RunConfig.parse(file.config));
  const tape = join(folder, "run.tape");
  if (file.version !== VERSION)
    process.stderr.write(
      `run ${file.id} was recorded by version ${file.version}, this is ${VERSION}: a difference may be the version's\n`,
    );
  const found = verify(() => openSealed(tape), {
    config: setup.config,
    tree: deckTree(setup.config, file.id, setup.strategies, headerOf(tape).answers),
    scorer: pureScorer(),
    digest: sha256,
    escalated: (path, error) => {
      throw new RunFailed(`${path} gave up: ${error}`);
    },
  });
  if (flags.json)
    process.stdout.write(
      `${JSON.stringify({
        run: file.id,
        same: true,
        entries: found.entries,
        decisions_hash: found.decisionsHash,
        decisions_hash_version: DECISIONS_HASH_VERSION,
        decisions_hash_v1: found.decisionsHash1,
      })}\n`,
    );
  else
    console.log(`run ${file.id}: all ${found.entries} entries came out the same · decisions ${found.decisionsHash.slice(0, 16)}`);
};

/** `tapedeck verify`: exit 1 at the first difference. */
export const verifyCommand = (program: Command): void => {
  program
    .command("verify")
    .description("replays a recorded run and compares every decision; exit 1 at the first difference")
    .argument("[run]", "a run's id, its folder or its run.tape (default: the run that is on)")
    .option("--data-dir <dir>", "where runs are kept (default ./data)")
    .option("--json", "prints one object: run, same, entries, decisions_hash, decisions_hash_version")
    .addHelpText("after", "\nExample:\n  npx tapedeck verify")
    .action(act);
};
