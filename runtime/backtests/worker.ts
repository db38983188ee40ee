import type { Job, Jobs } from "../../actors/ports/jobs.ts";
import type { Leases } from "../../actors/ports/leases.ts";
import type { DurableStreams } from "../../actors/ports/streams.ts";
import type { Say } from "../../actors/ports/telemetry.ts";
import type { Timing } from "../../actors/ports/timing.ts";
import { backoffMs } from "../mechanisms/backoff.ts";
import { failureLine } from "./failures.ts";
import { type Attempt, BACKTESTS, type BacktestJob, jobOf, type Outcome, WORKERS } from "./job.ts";
import { JobResults } from "./results.ts";

export interface WorkerOptions {
  readonly jobs: Jobs;
  readonly streams: DurableStreams;
  readonly leases: Leases;
  /** Names this worker; another process of the same name works too, but is not seen. */
  readonly node: string;
  /** As the jobs were opened with: a job silent for so long goes to another, ms. */
  readonly ackWaitMs: number;
  readonly timing: Timing;
  /** Begins the work beside this process's own. */
  readonly attempt: (job: BacktestJob) => Attempt;
  readonly delay: (ms: number) => Promise<void>;
  readonly say: Say;
}

/** How often work on a job ended so, in this life. */
export interface WorkerFigures {
  readonly done: number;
  /** Given back, for another attempt. */
  readonly retried: number;
  readonly givenUp: number;
  /** At a job now. */
  readonly busy: boolean;
}

/** A job waits this long for the next; a stop does not wait for it. */
const TAKE_MS = 5_000;
/** After so many attempts, whoever made them, a job that fails is given up. */
const MOST_FAILURES = 5;
/** After so many it is given up for want of its tape: below the jobs' own bound, so that the reason is kept. */
const MOST_SEARCHES = 9;
const RETRIES = { firstMs: 1_000, longestMs: 60_000 } as const;
const longer = (deliveries: number): number => backoffMs(RETRIES, deliveries - 1);

/** Deliveries after which the queue buries a job by itself: its workers died over it. */
export const MOST_DELIVERIES = 10;

class Stopping extends Error {}

/** Takes backtests out of the queue, one at a time, and keeps their results. */
export class Worker {
  readonly #options: WorkerOptions;
  readonly #results: JobResults;
  readonly #stopping = new AbortController();
  #attempt: Attempt | null = null;
  #done = 0;
  #retried = 0;
  #givenUp = 0;

  constructor(options: WorkerOptions) {
    this.#options = options;
    this.#results = new JobResults(options.streams, options.node);
  }

  get figures(): WorkerFigures {
    return { done: this.#done, retried: this.#retried, givenUp: this.#givenUp, busy: this.#attempt !== null };
  }

  /** Until it is stopped. */
  async run(): Promise<void> {
    const shown = this.#show();
    let told = "";
    while (!this.#stopped) {
      try {
        const job = await this.#options.jobs.take(BACKTESTS, TAKE_MS);
        if (job !== null) await this.#serve(job);
        told = "";
      } catch (error) {
        if (this.#stopped) break;
        const why = error instanceof Error ? error.message : String(error);
        if (why !== told) this.#options.say(`jobs: ${why}`, { event: "jobs.troubled", level: "warn", why });
        told = why;
        await this.#options.delay(1_000);
      }
    }
    await shown;
  }

  /** What it is at goes back, for another. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#attempt?.kill();
    await this.#options.jobs.close();
  }

  get #stopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  async #serve(job: Job): Promise<void> {
    const callOff = this.#beat(job);
    try {
      await this.#end(job, await this.#outcome(job));
    } catch (error) {
      if (!(error instanceof Stopping)) throw error; // by its silence it goes to another
      await job.retry(0);
    } finally {
      callOff();
    }
  }

  async #outcome(job: Job): Promise<Outcome | null> {
    const order = jobOf(job.id, job.body);
    if (typeof order === "string") return { is: "refused", why: order };
    if (await this.#unlessStopped(this.#results.has(job.id))) return null;
    this.#options.say(`job ${job.id}: begun on ${order.tape}`, { event: "job.begun", job: job.id, tape: order.tape });
    this.#attempt = this.#options.attempt(order);
    if (this.#stopped) this.#attempt.kill();
    const outcome = unlessFailed(await this.#attempt.outcome);
    this.#attempt = null;
    return outcome;
  }

  /** `null`: it was done before, by a worker that could not say so. */
  async #end(job: Job, outcome: Outcome | null): Promise<void> {
    switch (outcome?.is) {
      case undefined:
        return job.done();
      case "done":
        await this.#unlessStopped(this.#results.keep(job.id, outcome.report));
        await job.done();
        this.#done += 1;
        return this.#options.say(`job ${job.id}: done, decisions ${outcome.report.decisions_hash.slice(0, 16)}`, {
          event: "job.done",
          job: job.id,
          decisionsHash: outcome.report.decisions_hash,
        });
      case "refused":
        return this.#giveUp(job, outcome.why);
      case "elsewhere":
        if (job.deliveries >= MOST_SEARCHES) return this.#giveUp(job, `no worker could: ${outcome.why}`);
        return this.#giveBack(job, longer(job.deliveries));
      case "failed":
        if (job.deliveries >= MOST_FAILURES) return this.#giveUp(job, `failed ${job.deliveries} times: ${outcome.why}`);
        this.#options.say(`job ${job.id}: failed, another may try: ${outcome.why}`, {
          event: "job.failed",
          level: "warn",
          job: job.id,
          why: outcome.why,
        });
        return this.#giveBack(job, longer(job.deliveries));
      case "killed":
        return this.#giveBack(job, 0);
      case "hung":
        return this.#giveUp(job, failureLine(outcome.failure));
    }
  }

  async #giveBack(job: Job, afterMs: number): Promise<void> {
    await job.retry(afterMs);
    this.#retried += 1;
  }

  async #giveUp(job: Job, why: string): Promise<void> {
    await job.giveUp(why);
    this.#givenUp += 1;
    this.#options.say(`job ${job.id}: given up: ${why}`, { event: "job.given_up", level: "warn", job: job.id, why });
  }

  /** Says three times a period that the job is still worked on. */
  #beat(job: Job): () => void {
    let callOff = (): void => {};
    const next = (): void => {
      callOff = this.#options.timing.after(this.#options.ackWaitMs / 3, () => {
        job.working();
        next();
      });
    };
    next();
    return () => callOff();
  }

  /** Streams wait for a lost server as long as it takes; a stop does not. */
  #unlessStopped<T>(promised: Promise<T>): Promise<T> {
    const { signal } = this.#stopping;
    return new Promise((resolve, reject) => {
      const stop = (): void => reject(new Stopping("the worker stops"));
      if (signal.aborted) stop();
      signal.addEventListener("abort", stop);
      promised.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
    });
  }

  /** That it is there, for people: as long as it runs. */
  async #show(): Promise<void> {
    const { leases, node } = this.#options;
    const { signal } = this.#stopping;
    while (!this.#stopped) {
      const lease = await leases.wait(`${WORKERS}${node}`, node, signal, BACKTESTS);
      if (lease === null) return;
      await new Promise<void>((resolve) => {
        lease.onLost(() => resolve());
        signal.addEventListener("abort", () => resolve(), { once: true });
        if (signal.aborted) resolve();
      });
      if (this.#stopped) await lease.release().catch(() => undefined); // it runs out by itself
    }
  }
}

/** A backtest whose strategy failed is a failed one, wherever it is tried again. */
const unlessFailed = (outcome: Outcome): Outcome => {
  const first = outcome.is === "done" ? outcome.report.failures[0] : undefined;
  return first === undefined ? outcome : { is: "refused", why: failureLine(first) };
};
