import { Worker as Thread } from "node:worker_threads";
import { lineOf } from "../failures.ts";
import type { Attempt, BacktestJob, Outcome } from "./job.ts";

/** The thread's program is built; from the sources the build beside them is taken. */
const program = new URL(
  import.meta.url.endsWith(".ts") ? "../../dist/backtestThread.js" : "./backtestThread.js",
  import.meta.url,
);

/** Plays a backtest in a thread of its own. `dataDir`: where the folder `tapes` may be. */
export const attemptInThread = (job: BacktestJob, dataDir: string): Attempt => {
  let killed = false;
  const thread = new Thread(program, { workerData: { job, dataDir } });
  const outcome = new Promise<Outcome>((resolve) => {
    thread.once("message", resolve);
    thread.once("error", (error) => resolve({ is: "failed", why: lineOf(error) }));
    thread.once("exit", (code) =>
      resolve(killed ? { is: "killed" } : { is: "failed", why: `its thread ended with ${code} and no result` }),
    );
  });
  return {
    outcome,
    kill: () => {
      killed = true;
      void thread.terminate();
    },
  };
};
