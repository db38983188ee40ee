import { Worker as Thread } from "node:worker_threads";
import { PATHS } from "../../actors/topology.ts";
import { lineOf } from "../failures.ts";
import { type Heart, HeartWatch, type Hung, newHeart } from "../heart.ts";
import type { Attribution } from "../strategyGuard.ts";
import type { Attempt, BacktestJob, Outcome } from "./job.ts";

/** The thread's program is built; from the sources the build beside them is taken. */
const program = new URL(
  import.meta.url.endsWith(".ts") ? "../../dist/backtestThread.js" : "./backtestThread.js",
  import.meta.url,
);

/** What the thread begins with. */
export interface ThreadData {
  readonly job: BacktestJob;
  readonly dataDir: string;
  readonly heart: Heart;
}

export type ThreadSaid =
  | Outcome
  | { readonly is: "met"; readonly who: Attribution }
  /** Inputs so far. */
  | { readonly is: "played"; readonly inputs: number };

const STEP_MS = 250;
/** Steps without a beat, in the code of one strategy, after which it does not come back: ten seconds. */
const MOST_STEPS = 40;

const hungAs = ({ who, at }: Hung): Outcome => ({
  is: "hung",
  failure: {
    file: who.file,
    strategy: who.strategy,
    ticker: who.ticker,
    path: `${PATHS.tickers}/${who.ticker}/${who.strategy}`,
    bar: new Date(at).toISOString(),
    message: `it did not come back within ${(STEP_MS * MOST_STEPS) / 1_000} s`,
    times: 1,
  },
});

/**
 * Plays a backtest in a thread of its own, which is ended when a strategy holds it up for ever. `dataDir`: where the folder `tapes` may be.
 * @param progress is told of the inputs played so far.
 */
export const attemptInThread = (job: BacktestJob, dataDir: string, progress: (inputs: number) => void = () => {}): Attempt => {
  let killed = false;
  const heart = newHeart();
  const watch = new HeartWatch(heart);
  const data: ThreadData = { job, dataDir, heart };
  const thread = new Thread(program, { workerData: data });
  const outcome = new Promise<Outcome>((resolve) => {
    const watching = setInterval(() => {
      const hung = watch.step(MOST_STEPS);
      if (hung === null) return;
      resolve(hungAs(hung));
      void thread.terminate();
    }, STEP_MS);
    thread.on("message", (said: ThreadSaid) => {
      if (said.is === "met") watch.meet(said.who);
      else if (said.is === "played") progress(said.inputs);
      else resolve(said);
    });
    thread.once("error", (error) => resolve({ is: "failed", why: lineOf(error) }));
    thread.once("exit", (code) => {
      clearInterval(watching);
      resolve(killed ? { is: "killed" } : { is: "failed", why: `its thread ended with ${code} and no result` });
    });
  });
  return {
    outcome,
    kill: () => {
      killed = true;
      void thread.terminate();
    },
  };
};
