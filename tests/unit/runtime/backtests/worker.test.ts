import { describe, expect, it } from "vitest";
import { MemoryJobs, MemoryJobsServer } from "../../../../runtime/adapters/memory/jobs.ts";
import { MemoryLeaseServer, MemoryLeases } from "../../../../runtime/adapters/memory/leases.ts";
import { memoryStreamServer } from "../../../../runtime/adapters/memory/streams.ts";
import { type Attempt, BACKTESTS, type BacktestJob, jobBody, type Outcome, WORKERS } from "../../../../runtime/backtests/job.ts";
import type { BacktestReport } from "../../../../runtime/backtests/report.ts";
import { finishedOf, JobResults, resultOf } from "../../../../runtime/backtests/results.ts";
import { MOST_DELIVERIES, Worker } from "../../../../runtime/backtests/worker.ts";
import { RunConfig } from "../../../../streams/domain/run.ts";
import { ManualTiming } from "../../../support/manualTiming.ts";

const ACK_WAIT_MS = 3_000;
const HASH = "a".repeat(64);

const jobNamed = (id: string): BacktestJob => ({
  id,
  tape: `/tapes/${id}.tape`,
  tapeHash: HASH,
  configHash: HASH,
  config: RunConfig.parse({ cash: "12.5" }),
});
const reportOf = (id: string) =>
  ({ decisions_hash: `of ${id}`, failures: [], throughput: { seconds: 1 } }) as unknown as BacktestReport;
const done = (id: string): Outcome => ({ is: "done", report: reportOf(id) });

/** Attempts that end when the test says so. */
class Attempts {
  readonly begun: BacktestJob[] = [];
  readonly #ends: ((outcome: Outcome) => void)[] = [];

  readonly begin = (job: BacktestJob): Attempt => {
    this.begun.push(job);
    let end: (outcome: Outcome) => void = () => {};
    const outcome = new Promise<Outcome>((resolve) => {
      end = resolve;
    });
    this.#ends.push(end);
    return { outcome, kill: () => end({ is: "killed" }) };
  };

  get ids(): readonly string[] {
    return this.begun.map(({ id }) => id);
  }

  end(outcome: Outcome): void {
    this.#ends.shift()?.(outcome);
  }
}

const deck = () => {
  const timing = new ManualTiming();
  const jobs = new MemoryJobsServer({ timing, ackWaitMs: ACK_WAIT_MS, maxDeliveries: MOST_DELIVERIES });
  const leases = new MemoryLeaseServer({ timing });
  const streams = memoryStreamServer({ now: () => timing.now() });
  const outside = { jobs: new MemoryJobs(jobs), streams: streams.connect(), leases: new MemoryLeases(leases, timing) };
  return {
    timing,
    ...outside,
    submit: (id: string) => outside.jobs.submit(BACKTESTS, id, jobBody(jobNamed(id))),
    dead: () => outside.jobs.dead(BACKTESTS, 10),
    waiting: () => outside.jobs.waiting(BACKTESTS),
    hire: (node: string) => {
      const attempts = new Attempts();
      const said: string[] = [];
      const worker = new Worker({
        jobs: new MemoryJobs(jobs),
        streams: streams.connect(),
        leases: new MemoryLeases(leases, timing),
        node,
        ackWaitMs: ACK_WAIT_MS,
        timing,
        attempt: attempts.begin,
        delay: () => Promise.resolve(),
        say: (line) => said.push(line),
      });
      return { worker, attempts, said, over: worker.run() };
    },
  };
};

describe("a worker", () => {
  it("does one job at a time, in their order, and keeps each result under its id", async () => {
    const d = deck();
    for (const id of ["a", "b"]) await d.submit(id);
    const { worker, attempts, over } = d.hire("w1");
    await d.timing.pass(1);
    expect(attempts.begun).toEqual([jobNamed("a")]);
    attempts.end(done("a"));
    await d.timing.pass(1);
    expect(attempts.ids).toEqual(["a", "b"]);
    attempts.end(done("b"));
    await d.timing.pass(1);
    expect(await d.waiting()).toBe(0);
    expect(JSON.parse((await resultOf(d.streams, "b")) ?? "")).toEqual(reportOf("b"));
    const finished = (id: string) => ({ id, node: "w1", decisions_hash: `of ${id}`, seconds: 1 });
    expect(await finishedOf(d.streams, 10)).toEqual([finished("a"), finished("b")]);
    expect(await finishedOf(d.streams, 1)).toEqual([finished("b")]);
    await worker.stop();
    await over;
  });

  it("keeps a long job to itself", async () => {
    const d = deck();
    await d.submit("long");
    const first = d.hire("w1");
    await d.timing.pass(1);
    const second = d.hire("w2");
    await d.timing.pass(10 * ACK_WAIT_MS);
    first.attempts.end(done("long"));
    await d.timing.pass(10 * ACK_WAIT_MS);
    expect([first.attempts.ids, second.attempts.ids]).toEqual([["long"], []]);
    expect(await d.waiting()).toBe(0);
    for (const { worker, over } of [first, second]) {
      await worker.stop();
      await over;
    }
  });

  it("gives back what it is at when it is stopped", async () => {
    const d = deck();
    await d.submit("a");
    const first = d.hire("w1");
    await d.timing.pass(1);
    await first.worker.stop();
    await first.over;
    expect(await d.waiting()).toBe(1);
    const second = d.hire("w2");
    await d.timing.pass(1);
    expect(second.attempts.ids).toEqual(["a"]);
    await second.worker.stop();
    await second.over;
  });

  it("does not play again what another finished and could not say so", async () => {
    const d = deck();
    await new JobResults(d.streams, "w0").keep("a", reportOf("a"));
    await d.submit("a");
    const { worker, attempts, over } = d.hire("w1");
    await d.timing.pass(1);
    expect(await d.waiting()).toBe(0);
    expect(attempts.ids).toEqual([]);
    await worker.stop();
    await over;
  });

  it.each([
    ["{", /^not JSON: /],
    ["[]", /^no backtest: .*expected object/],
    [
      JSON.stringify({ id: "x", tape: "t", tapeHash: "no", configHash: HASH, config: {} }),
      /^no backtest: tapeHash: expected a sha256/,
    ],
    [JSON.stringify({ id: "x", tape: "t", tapeHash: HASH, configHash: HASH, config: { seed: -1 } }), /config\.seed: /],
    [
      JSON.stringify({ id: "x", tape: "t", tapeHash: HASH, configHash: HASH, config: { costs: { comission: 1 } } }),
      /^no backtest: config\.costs: unknown key "comission", did you mean commission\?/,
    ],
    [
      JSON.stringify({ id: "x", tape: "t", tapeHash: HASH, configHash: HASH, confg: {} }),
      /unknown key "confg", did you mean config\?/,
    ],
    [
      JSON.stringify({ id: "y", tape: "t", tapeHash: HASH, configHash: HASH, config: {} }),
      /^no backtest: id: is y, the job's is x/,
    ],
  ])("gives up at once a body that is no backtest: %s", async (body, reason) => {
    const d = deck();
    await d.jobs.submit(BACKTESTS, "x", new TextEncoder().encode(body));
    const { worker, attempts, over } = d.hire("w1");
    await d.timing.pass(1);
    expect(await d.dead()).toMatchObject([{ id: "x", reason: expect.stringMatching(reason) }]);
    expect(attempts.ids).toEqual([]);
    await worker.stop();
    await over;
  });

  const broken = {
    ...{ file: "/a/dip.ts", strategy: "dip", ticker: "AAPL", path: "deck/market/tickers/AAPL/dip" },
    ...{ bar: "2025-02-03T14:31:00.000Z", message: "boom", times: 1 },
  };
  it.each<[string, Outcome]>([
    ["has failed", { is: "done", report: { ...reportOf("a"), failures: [broken] } }],
    ["does not come back", { is: "hung", failure: broken }],
  ])("gives up at once a backtest whose strategy %s, and keeps no result", async (_how, outcome) => {
    const d = deck();
    await d.submit("a");
    const { attempts } = d.hire("w1");
    await d.timing.pass(1);
    attempts.end(outcome);
    await d.timing.pass(1);
    expect((await d.dead())[0]?.reason).toBe("strategy dip (/a/dip.ts) failed on AAPL at 2025-02-03T14:31:00.000Z: boom");
    expect(await resultOf(d.streams, "a")).toBeNull();
  });

  it("gives up at once what is refused, with its line", async () => {
    const d = deck();
    await d.submit("a");
    const { worker, attempts, over } = d.hire("w1");
    await d.timing.pass(1);
    attempts.end({ is: "refused", why: "unknown strategy" });
    await d.timing.pass(1);
    expect(await d.dead()).toMatchObject([{ id: "a", reason: "unknown strategy" }]);
    expect(await d.waiting()).toBe(0);
    await worker.stop();
    await over;
  });

  it.each([
    ["failed", 5, "failed 5 times: out of memory"],
    ["elsewhere", 9, "no worker could: out of memory"],
  ] as const)("lets others try what is %s, %i times in all, each after a longer wait", async (is, times, reason) => {
    const d = deck();
    await d.submit("a");
    const { worker, attempts, over } = d.hire("w1");
    await d.timing.pass(1);
    for (let attempt = 1; attempt < times; attempt++) {
      attempts.end({ is, why: "out of memory" });
      await d.timing.pass(0);
      const wait = Math.min(60_000, 1_000 * 2 ** (attempt - 1));
      await d.timing.pass(wait - 1);
      expect(attempts.ids.length).toBe(attempt);
      await d.timing.pass(2);
      expect(attempts.ids.length).toBe(attempt + 1);
    }
    attempts.end({ is, why: "out of memory" });
    await d.timing.pass(120_000);
    expect(attempts.ids.length).toBe(times);
    expect(await d.dead()).toMatchObject([{ id: "a", reason }]);
    await worker.stop();
    await over;
  });

  it("is seen while it runs", async () => {
    const d = deck();
    const seen = async () => (await d.leases.list(WORKERS)).map(({ holder }) => holder);
    const { worker, over } = d.hire("w1");
    await d.timing.pass(60_000);
    expect(await seen()).toEqual(["w1"]);
    await worker.stop();
    await over;
    expect(await seen()).toEqual([]);
  });

  it("goes on when the queue cannot be asked, and says so once", async () => {
    const d = deck();
    const queue = new MemoryJobs(new MemoryJobsServer({ timing: d.timing }));
    let refusals = 3;
    const jobs = {
      submit: queue.submit.bind(queue),
      waiting: queue.waiting.bind(queue),
      dead: queue.dead.bind(queue),
      close: queue.close.bind(queue),
      take: (name: string, ms: number) => (refusals-- > 0 ? Promise.reject(new Error("no such stream")) : queue.take(name, ms)),
    };
    const attempts = new Attempts();
    const said: string[] = [];
    const { streams, leases, timing } = d;
    const say = (line: string) => said.push(line);
    const delay = () => Promise.resolve();
    const worker = new Worker({ jobs, streams, leases, node: "w1", ackWaitMs: 1, timing, attempt: attempts.begin, delay, say });
    const over = worker.run();
    await queue.submit(BACKTESTS, "a", jobBody(jobNamed("a")));
    await timing.pass(1);
    expect(attempts.ids).toEqual(["a"]);
    expect(said.filter((line) => line.startsWith("jobs:"))).toEqual(["jobs: no such stream"]);
    await worker.stop();
    await over;
  });
});

describe("results", () => {
  it("forgets the oldest beyond what is kept", async () => {
    const streams = memoryStreamServer().connect();
    const results = new JobResults(streams, "w1", 3);
    for (const id of ["a", "b", "c", "d", "e"]) await results.keep(id, reportOf(id));
    expect((await finishedOf(streams, 10)).map(({ id }) => id)).toEqual(["c", "d", "e"]);
    expect(await resultOf(streams, "b")).toBeNull();
    expect(await resultOf(streams, "c")).toBe(JSON.stringify(reportOf("c")));
  });

  it("keeps the first result of a job that two workers did", async () => {
    const streams = memoryStreamServer().connect();
    await new JobResults(streams, "w1").keep("a", reportOf("a"));
    await new JobResults(streams, "w2").keep("a", reportOf("a"));
    expect((await finishedOf(streams, 10)).map(({ node }) => node)).toEqual(["w1"]);
  });
});
