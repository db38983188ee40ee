import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Command } from "commander";
import { recordedConfig } from "../../streams/domain/run.ts";
import { sha256 } from "../adapters/system/digest.ts";
import { headerOf, openSealed, sealedSeq, tornOf } from "../adapters/tape/reader.ts";
import { environment, loadConfig } from "../config.ts";
import { DECISIONS_HASH_VERSION } from "../core/decisions.ts";
import { BadInput, RunFailed } from "../failures.ts";
import { type RunFile, readRunFile } from "../live/runFolder.ts";
import { blame, Divergence } from "../replay/rehearsal.ts";
import { type Verified, verify } from "../replay/verify.ts";
import { type RunSetup, setUp } from "../runSetup.ts";
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
  const id = run ?? currentOf(current);
  const folder = id === undefined ? null : join(dataDir, "runs", id);
  if (folder === null || !existsSync(join(folder, "run.json")))
    throw new BadInput(
      `there is no run ${run ?? ""} in ${join(dataDir, "runs")}; give a run's id, its folder, or --data-dir`.replace("  ", " "),
    );
  return folder;
};

/** What replays a run is not what decided it: a difference says so, and why. @throws RunFailed */
const verified = (replay: () => Verified, file: RunFile, { configHash, listed }: RunSetup): Verified => {
  try {
    return replay();
  } catch (error) {
    if (!(error instanceof Divergence) || configHash === file.configHash) throw blame(error, listed);
    const why =
      file.version === VERSION
        ? "a strategy file it was decided with has changed since"
        : `it was recorded by version ${file.version}, this is ${VERSION}: verify it with that version, or compare the decisions by \`tapedeck tape info\``;
    throw new RunFailed(`run ${file.id} cannot be replayed here: ${why} (the first difference is at entry ${error.seq})`);
  }
};

const currentOf = (file: string): string | undefined => {
  if (!existsSync(file)) return undefined;
  try {
    return (JSON.parse(readFileSync(file, "utf8")) as { id: string }).id;
  } catch {
    throw new BadInput(`${file} cannot be read; give the id of a run, or start Tapedeck once, which writes it anew`);
  }
};

const act = async (run: string | undefined, flags: Flags): Promise<void> => {
  const { dataDir } = loadConfig({
    ...environment(),
    ...(flags.dataDir === undefined ? {} : { TAPEDECK_DATA_DIR: flags.dataDir }),
  });
  const folder = folderOf(run, dataDir);
  const file = readRunFile(join(folder, "run.json"));
  const { config, unknown } = recordedConfig(file.config);
  if (unknown.length > 0)
    process.stderr.write(`run ${file.id} has settings that this version does not know, left out here: ${unknown.join(", ")}\n`);
  const setup = await setUp(config);
  const tape = join(folder, "run.tape");
  const until = sealedSeq(tape); // the run may be on: what it writes meanwhile is left for another time
  const torn = tornOf(tape);
  if (torn !== null)
    process.stderr.write(
      `${tape} ends in ${torn.cutBytes} bytes after entry ${torn.atSeq} that are no whole entry; they are not verified\n`,
    );
  const found = verified(
    () =>
      verify(() => openSealed(tape, until), {
        config: setup.config,
        tree: deckTree(setup.config, file.id, setup.strategies, headerOf(tape).answers),
        scorer: pureScorer(),
        digest: sha256,
        escalated: (path, error) => {
          throw new RunFailed(`${path} gave up: ${error}`);
        },
      }),
    file,
    setup,
  );
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
    .option("--json", "prints one object: run, same, entries, decisions_hash, decisions_hash_version, decisions_hash_v1")
    .addHelpText("after", "\nExample:\n  npx tapedeck verify")
    .action(act);
};
