import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { Trade } from "../../streams/domain/portfolio.ts";
import { COMPANIES } from "../../streams/market/companies.ts";
import { directoryOf } from "../../streams/news/extract.ts";
import { builtinScorer } from "../../streams/news/score.ts";
import { stopwatch } from "../adapters/system/clock.ts";
import { sha256 } from "../adapters/system/digest.ts";
import { tapeInfo } from "../adapters/tape/info.ts";
import { openTape } from "../adapters/tape/reader.ts";
import { type BacktestResult, backtest } from "../replay/backtest.ts";
import { type RunSetup, runIdOf, setUp } from "../runSetup.ts";
import { deckTree } from "../tree.ts";
import { VERSION } from "../version.ts";
import { printStats } from "./backtestReport.ts";
import { progressBar } from "./progress.ts";
import { addRunOptions, type RunFlags, runConfigOf } from "./runOptions.ts";

interface Flags extends RunFlags {
  readonly out?: string;
  readonly json?: boolean;
}

/** Points of the equity curve that are printed; a longer curve is thinned evenly. The statistics use every mark. */
const MOST_POINTS = 20_000;

const thinned = ({ ts, value }: BacktestResult["equity"]): [number, number][] => {
  const step = Math.max(1, Math.ceil(ts.length / MOST_POINTS));
  const points: [number, number][] = [];
  for (let i = 0; i < ts.length; i += step) points.push([ts[i] as number, value[i] as number]);
  const last = ts.length - 1;
  if (last >= 0 && last % step !== 0) points.push([ts[last] as number, value[last] as number]);
  return points;
};

const reportOf = (setup: RunSetup, id: string, tapeHash: string, result: BacktestResult, seconds: number) => ({
  run: { id, tape_hash: tapeHash, config_hash: setup.configHash, seed: setup.config.seed, version: VERSION },
  decisions_hash: result.decisionsHash,
  stats: result.stats,
  trades: result.trades.map((t) => Trade.encode(t)),
  equity: thinned(result.equity),
  throughput: {
    events: result.events,
    bars: result.bars,
    seconds,
    bars_per_second: seconds > 0 ? Math.round(result.bars / seconds) : null,
  },
});
export type BacktestReport = ReturnType<typeof reportOf>;

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
    .addHelpText(
      "after",
      '\nExample:\n  tapedeck backtest aapl.tape --strategy sma_cross --params \'{"fast":10,"slow":30}\' --commission 0.001',
    )
    .action(run);
};
