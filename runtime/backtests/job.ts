import { z } from "zod";
import { RunConfig } from "../../streams/domain/run.ts";
import { namingKeys } from "../../streams/domain/unknownKeys.ts";
import { faultsOf } from "../failures.ts";
import type { BacktestReport } from "./report.ts";

/** The queue of backtests. */
export const BACKTESTS = "backtests";
/** Leases of the workers that are there, by node. */
export const WORKERS = "worker.";

/** A backtest that somebody asked for. */
export const BacktestJob = z.strictObject({
  id: z.string().min(1).max(64),
  /** Where its tape lies on a worker's disk; else by its name in the folder `tapes` of the worker's data. */
  tape: z.string().min(1),
  /** sha256 of the tape's content. */
  tapeHash: z.string().regex(/^[0-9a-f]{64}$/, "expected a sha256 in hex"),
  /** Of the config and of the code of strategies read from files. */
  configHash: z.string().regex(/^[0-9a-f]{64}$/, "expected a sha256 in hex"),
  config: RunConfig,
});
export type BacktestJob = z.output<typeof BacktestJob>;

export const jobBody = (job: BacktestJob): Uint8Array => new TextEncoder().encode(JSON.stringify(z.encode(BacktestJob, job)));

/** The job, or why it is none. */
export const jobOf = (id: string, body: Uint8Array): BacktestJob | string => {
  let given: unknown;
  try {
    given = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch (error) {
    return `not JSON: ${(error as Error).message}`;
  }
  const parsed = BacktestJob.safeParse(given, namingKeys);
  if (!parsed.success) return `no backtest: ${faultsOf(parsed.error)}`;
  return parsed.data.id === id ? parsed.data : `no backtest: id: is ${parsed.data.id}, the job's is ${id}`;
};

/** How an attempt at a job ended. */
export type Outcome =
  | { readonly is: "done"; readonly report: BacktestReport }
  /** Nobody can do it: wrong input. */
  | { readonly is: "refused"; readonly why: string }
  /** Not on this machine: its tape, or the code of its strategies, is not here. */
  | { readonly is: "elsewhere"; readonly why: string }
  | { readonly is: "failed"; readonly why: string }
  /** A strategy did not come back. */
  | { readonly is: "hung"; readonly failure: BacktestReport["failures"][number] }
  | { readonly is: "killed" };

/** An attempt that is on. */
export interface Attempt {
  /** Never rejects. */
  readonly outcome: Promise<Outcome>;
  /** Ends it now, as "killed" unless it has ended. */
  kill(): void;
}
