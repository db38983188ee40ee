import { randomBytes } from "node:crypto";
import { resolve } from "node:path";
import type { Command } from "commander";
import { BodyTooLarge } from "../../actors/ports/fanout.ts";
import { BACKTESTS, jobBody, WORKERS } from "../backtests/job.ts";
import type { BacktestReport } from "../backtests/report.ts";
import { finishedOf, resultOf } from "../backtests/results.ts";
import { type ReadyBacktest, readyBacktest } from "../backtests/runBacktest.ts";
import { BadInput, RunFailed } from "../failures.ts";
import { printStats, titleOf } from "./backtestReport.ts";
import { type JobQueue, waitedFor, withJobQueue } from "./jobQueue.ts";
import { addRunOptions, type RunFlags, runConfigOf } from "./runOptions.ts";

interface SubmitFlags extends RunFlags {
  readonly wait?: boolean;
  readonly json?: boolean;
}
interface Json {
  readonly json?: boolean;
}

/** Jobs that `list` shows of each kind. */
const LISTED = 20;

const note = (line: string): void => {
  process.stderr.write(`tapedeck: ${line}\n`);
};
const print = (value: unknown): void => {
  process.stdout.write(`${JSON.stringify(value)}\n`);
};

/** Into the queue. Returns its id. */
const send = async ({ jobs }: JobQueue, { tape, info, setup }: ReadyBacktest): Promise<string> => {
  const id = `j${randomBytes(5).toString("hex")}`;
  const { config, configHash } = setup;
  try {
    await jobs.submit(BACKTESTS, id, jobBody({ id, tape: resolve(tape), tapeHash: info.hash, configHash, config }));
  } catch (error) {
    if (error instanceof BodyTooLarge) throw new BadInput(`the run configuration is too long for a job: ${error.message}`);
    throw error;
  }
  return id;
};

const submit = (tape: string, flags: SubmitFlags): Promise<void> =>
  withJobQueue(async (queue) => {
    const ready = await readyBacktest(tape, runConfigOf(flags));
    ready.notes.forEach(note);
    const id = await send(queue, ready);
    if (!flags.wait) {
      if (flags.json) print({ id });
      else console.log(`job ${id} is in the queue; its result: npx tapedeck jobs result ${id}`);
      return;
    }
    if ((await queue.leases.list(WORKERS)).length === 0) note(`job ${id} waits: no worker is there yet`);
    const report = JSON.parse(await waitedFor(queue, id)) as BacktestReport;
    if (flags.json) print(report);
    else printStats(titleOf(ready), report);
  });

const result = (id: string, flags: Json): Promise<void> =>
  withJobQueue(async ({ streams, jobs }) => {
    const found = await resultOf(streams, id);
    if (found !== null) {
      if (flags.json) process.stdout.write(`${found}\n`);
      else printStats(`job ${id}`, JSON.parse(found) as BacktestReport);
      return;
    }
    const dead = (await jobs.dead(BACKTESTS, 1_000)).find((one) => one.id === id);
    if (dead) throw new RunFailed(`job ${id} was given up: ${dead.reason}`);
    throw new RunFailed(
      `there is no result of job ${id}: it is not done yet, or there is no such job; see npx tapedeck jobs list`,
    );
  });

const list = (flags: Json): Promise<void> =>
  withJobQueue(async ({ streams, jobs, leases }) => {
    const workers = (await leases.list(WORKERS)).map(({ holder }) => holder);
    const waiting = await jobs.waiting(BACKTESTS);
    const done = await finishedOf(streams, LISTED);
    const dead = (await jobs.dead(BACKTESTS, LISTED)).map(({ id, reason }) => ({ id, reason }));
    if (flags.json) return print({ workers, waiting, done, dead });
    console.log(`${workers.length} workers${workers.length > 0 ? `: ${workers.join(", ")}` : ""}`);
    console.log(`${waiting} jobs waiting or worked on`);
    for (const one of done)
      console.log(`done  ${one.id}  decisions ${one.decisions_hash.slice(0, 16)}, ${one.seconds.toFixed(1)} s on ${one.node}`);
    for (const { id, reason } of dead) console.log(`dead  ${id}  ${reason}`);
  });

/** `tapedeck jobs submit | list | result`. */
export const jobsCommand = (program: Command): void => {
  const group = program
    .command("jobs")
    .description("backtests that any worker on any machine does; needs NATS_URL and REDIS_URL")
    .addHelpText("after", "\nExample:\n  npx tapedeck jobs submit aapl.tape --strategy momentum --wait");
  addRunOptions(group.command("submit"))
    .description("asks for a backtest, as `tapedeck backtest` would play it")
    .argument("<tape>", "a tape file that workers have too: under the same path, or in the folder tapes of their data directory")
    .option("--wait", "waits for the result and prints it as `tapedeck backtest` does; exit 1 when the job is given up")
    .option("--json", "prints one object: the id; with --wait what `tapedeck backtest --json` prints")
    .addHelpText("after", "\nExample:\n  npx tapedeck jobs submit aapl.tape --strategy momentum --wait --json")
    .action(submit);
  group
    .command("result")
    .description("prints the result of a job; exit 1 when it is not done, or was given up")
    .argument("<id>", "of the job")
    .option("--json", "prints what `tapedeck backtest --json` prints")
    .addHelpText("after", "\nExample:\n  npx tapedeck jobs result j0123456789 --json")
    .action(result);
  group
    .command("list")
    .description(`workers that are there, jobs not done, the last ${LISTED} done, the last ${LISTED} given up with the reason`)
    .option("--json", "prints one object: workers, waiting, done, dead")
    .addHelpText("after", "\nExample:\n  npx tapedeck jobs list")
    .action(list);
};
