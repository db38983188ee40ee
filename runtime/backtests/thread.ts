import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import { TapeUnreadable } from "../adapters/tape/errors.ts";
import { exitCodeOf, lineOf } from "../failures.ts";
import { failureLine } from "./failures.ts";
import type { BacktestJob, Outcome } from "./job.ts";
import { NotAsAsked, readyBacktest, runBacktest } from "./runBacktest.ts";

// A thread of its own for one backtest: the process that started it goes on renewing leases meanwhile, and may end it at any moment.

const { job, dataDir } = workerData as { readonly job: BacktestJob; readonly dataDir: string };

const placeOf = (tape: string): string => {
  const ours = join(dataDir, "tapes", basename(tape));
  return existsSync(tape) || !existsSync(ours) ? tape : ours;
};

const outcome = async (): Promise<Outcome> => {
  const absent = job.config.strategies.find(({ file }) => file !== undefined && !existsSync(file));
  if (absent) return { is: "elsewhere", why: `strategy file ${absent.file} is not there` };
  try {
    const ready = await readyBacktest(placeOf(job.tape), job.config, job);
    const report = await runBacktest(ready);
    const [first] = report.failures;
    return first === undefined ? { is: "done", report } : { is: "refused", why: failureLine(first) };
  } catch (error) {
    const why = lineOf(error);
    if (error instanceof NotAsAsked || error instanceof TapeUnreadable) return { is: "elsewhere", why };
    return { is: exitCodeOf(error) === 2 ? "refused" : "failed", why };
  }
};

parentPort?.postMessage(await outcome());
