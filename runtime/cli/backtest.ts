import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Command } from "commander";
import { failureLine } from "../backtests/failures.ts";
import type { BacktestReport } from "../backtests/report.ts";
import { type ReadyBacktest, readyBacktest, runBacktest } from "../backtests/runBacktest.ts";
import { attemptInThread } from "../backtests/threadAttempt.ts";
import { RunFailed } from "../failures.ts";
import { printStats, titleOf } from "./backtestReport.ts";
import { progressBar } from "./progress.ts";
import { addRunOptions, type RunFlags, runConfigOf } from "./runOptions.ts";

interface Flags extends RunFlags {
  readonly out?: string;
  readonly json?: boolean;
}

const writeOut = (dir: string, report: BacktestReport): void => {
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, "result.json"), `${JSON.stringify(report, null, 1)}\n`);
  writeFileSync(
    join(dir, "equity.csv"),
    `time,equity_usd\n${report.equity.map(([at, usd]) => `${new Date(at).toISOString()},${usd}`).join("\n")}\n`,
  );
  const columns = ["ticker", "shares", "entryAt", "exitAt", "entryPx", "exitPx", "pnl", "commission"] as const;
  writeFileSync(
    join(dir, "trades.csv"),
    `${columns.join(",")}\n${report.trades.map((t) => columns.map((c) => t[c]).join(",")).join("\n")}\n`,
  );
};

type Played = { readonly report: BacktestReport } | { readonly failure: BacktestReport["failures"][number] };

/** With strategies of people's own in a thread, which can be ended when one of them does not come back. */
const played = async (ready: ReadyBacktest, progress: (inputs: number) => void): Promise<Played> => {
  const { id, tape, info, setup } = ready;
  if (setup.listed.every(({ file }) => file === undefined)) return { report: await runBacktest(ready, progress) };
  const job = { id, tape, tapeHash: info.hash, configHash: setup.configHash, config: setup.config };
  const outcome = await attemptInThread(job, dirname(tape), progress).outcome;
  if (outcome.is === "done") return outcome;
  if (outcome.is === "hung") return outcome;
  throw new RunFailed(outcome.is === "killed" ? "it was ended from outside" : outcome.why);
};

const run = async (tape: string, flags: Flags): Promise<void> => {
  const ready = await readyBacktest(tape, runConfigOf(flags));
  for (const line of ready.notes) process.stderr.write(`tapedeck: ${line}\n`);
  const bar = progressBar("playing", ready.info.entries, flags.json === true);
  const outcome = await played(ready, bar.at);
  bar.done();
  if ("failure" in outcome) {
    if (flags.json) process.stdout.write(`${JSON.stringify({ run: { id: ready.id }, failures: [outcome.failure] })}\n`);
    throw new RunFailed(failureLine(outcome.failure));
  }
  const { report } = outcome;
  if (flags.out !== undefined) writeOut(flags.out, report);
  if (flags.json) process.stdout.write(`${JSON.stringify(report)}\n`);
  else printStats(titleOf(ready), report);
  const [first, ...more] = report.failures;
  if (first === undefined) return;
  for (const failure of more) process.stderr.write(`tapedeck: ${failureLine(failure)}\n`);
  throw new RunFailed(failureLine(first));
};

export const backtestCommand = (program: Command): void => {
  addRunOptions(program.command("backtest"))
    .description("replays a tape through the production actors with the simulated broker")
    .argument("<tape>", "a tape file (see `tapedeck import`)")
    .option("--out <dir>", "writes result.json, trades.csv and equity.csv there")
    .option(
      "--json",
      "prints one object: run, decisions_hash, decisions_hash_version, decisions_hash_v1, stats, trades, equity, failures, throughput",
    )
    .addHelpText("after", '\nExample:\n  npx tapedeck backtest aapl.tape --strategy sma_cross --params \'{"fast":10,"slow":30}\'')
    .action(run);
};
