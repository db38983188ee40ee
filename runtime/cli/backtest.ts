import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { COMPANIES } from "../../streams/market/companies.ts";
import { directoryOf } from "../../streams/news/extract.ts";
import { builtinScorer } from "../../streams/news/score.ts";
import { stopwatch } from "../adapters/system/clock.ts";
import { sha256 } from "../adapters/system/digest.ts";
import { tapeInfo } from "../adapters/tape/info.ts";
import { openTape } from "../adapters/tape/reader.ts";
import { tapeNotes } from "../live/tapeNotes.ts";
import { backtest } from "../replay/backtest.ts";
import { runIdOf, setUp } from "../runSetup.ts";
import { deckTree } from "../tree.ts";
import { printStats } from "./backtestReport.ts";
import { type BacktestReport, reportOf } from "./backtestResult.ts";
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

const run = async (tape: string, flags: Flags): Promise<void> => {
  const setup = await setUp(runConfigOf(flags));
  const info = tapeInfo(tape);
  for (const line of tapeNotes(tape, info, setup.config.universe)) process.stderr.write(`tapedeck: ${line}\n`);
  const id = runIdOf("b", [info.hash, setup.configHash, setup.config.seed]);
  const bar = progressBar("playing", info.entries, flags.json === true);
  const watch = stopwatch();
  const begun = watch();
  const result = backtest({
    tape: openTape(tape),
    config: setup.config,
    tree: deckTree(setup.config, id, setup.strategies),
    scorer: builtinScorer(directoryOf(COMPANIES)),
    digest: sha256(),
    progress: bar.at,
  });
  const seconds = (watch() - begun) / 1e6;
  bar.done();
  const report = reportOf(setup, id, info.hash, result, seconds);
  if (flags.out !== undefined) writeOut(flags.out, report);
  if (flags.json) process.stdout.write(`${JSON.stringify(report)}\n`);
  else printStats(tape, setup, report);
};

export const backtestCommand = (program: Command): void => {
  addRunOptions(program.command("backtest"))
    .description("replays a tape through the production actors with the simulated broker")
    .argument("<tape>", "a tape file (see `tapedeck import`)")
    .option("--out <dir>", "writes result.json, trades.csv and equity.csv there")
    .option("--json", "prints one object: run, decisions_hash, stats, trades, equity, throughput")
    .addHelpText("after", '\nExample:\n  npx tapedeck backtest aapl.tape --strategy sma_cross --params \'{"fast":10,"slow":30}\'')
    .action(run);
};
