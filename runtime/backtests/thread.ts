import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import { TapeUnreadable } from "../adapters/tape/errors.ts";
import { exitCodeOf, lineOf } from "../failures.ts";
import { Beating } from "../heart.ts";
import { watchEntries } from "../strategyGuard.ts";
import type { Outcome } from "./job.ts";
import { NotAsAsked, readyBacktest, runBacktest } from "./runBacktest.ts";
import type { ThreadData, ThreadSaid } from "./threadAttempt.ts";

// A thread of its own for one backtest: the process that started it goes on renewing leases meanwhile, and may end it at any moment.

const { job, dataDir, heart } = workerData as ThreadData;
const tell = (said: ThreadSaid): void => parentPort?.postMessage(said);
const beating = new Beating(heart, (who) => tell({ is: "met", who }));
watchEntries(beating);
const played = (inputs: number): void => {
  beating.beat();
  tell({ is: "played", inputs });
};

const placeOf = (tape: string): string => {
  const ours = join(dataDir, "tapes", basename(tape));
  return existsSync(tape) || !existsSync(ours) ? tape : ours;
};

const outcome = async (): Promise<Outcome> => {
  const absent = job.config.strategies.find(({ file }) => file !== undefined && !existsSync(file));
  if (absent) return { is: "elsewhere", why: `strategy file ${absent.file} is not there` };
  try {
    const ready = await readyBacktest(placeOf(job.tape), job.config, job);
    return { is: "done", report: await runBacktest(ready, played) };
  } catch (error) {
    const why = lineOf(error);
    if (error instanceof NotAsAsked || error instanceof TapeUnreadable) return { is: "elsewhere", why };
    return { is: exitCodeOf(error) === 2 ? "refused" : "failed", why };
  }
};

tell(await outcome());
