import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { NatsJobs } from "../../runtime/adapters/nats/jobs.ts";
import { BACKTESTS, jobBody } from "../../runtime/backtests/job.ts";
import type { BacktestReport } from "../../runtime/backtests/report.ts";
import { readyBacktest, runBacktest } from "../../runtime/backtests/runBacktest.ts";
import { RunConfig } from "../../streams/domain/run.ts";
import { writeGeneratedTape } from "../support/generatedTape.ts";
import { type Running, start, tapedeck } from "../support/tapedeck.ts";
import { freshNamespace, link, removeNamespace, SERVER_URL, unreachable } from "./natsServer.ts";
import { REDIS_URL, redisReachable, removeUnder } from "./redisServer.ts";

interface Listed {
  readonly workers: readonly string[];
  readonly waiting: number;
  readonly done: readonly { readonly id: string; readonly node: string; readonly decisions_hash: string }[];
  readonly dead: readonly { readonly id: string; readonly reason: string }[];
}

const why = (await unreachable()) || ((await redisReachable()) ? "" : `no Redis at ${REDIS_URL}`);
describe.skipIf(why !== "")(`jobs over Redis and NATS${why && ` (not reachable: ${why})`}`, () => {
  const folder = mkdtempSync(join(tmpdir(), "tapedeck-jobs-"));
  const tape = join(folder, "jobs.tape");
  const namespace = freshNamespace();
  const settings = { NATS_URL: SERVER_URL, REDIS_URL, TAPEDECK_NAMESPACE: namespace, TAPEDECK_LEASE_MS: "2000" };
  const running: Running[] = [];

  const worker = (node: string): Running => {
    const dataDir = join(folder, node);
    const started = start(["up", "--json"], {
      ...settings,
      TAPEDECK_ROLES: "worker",
      TAPEDECK_NODE: node,
      TAPEDECK_DATA_DIR: dataDir,
    });
    running.push(started);
    return started;
  };
  const asked = async <T>(...args: string[]): Promise<T> => {
    const { code, stdout, stderr } = await tapedeck(args, settings);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    return JSON.parse(stdout) as T;
  };
  const list = () => asked<Listed>("jobs", "list", "--json");
  const listed = async (enough: (l: Listed) => boolean): Promise<Listed> => {
    const seen: Listed[] = [];
    const look = async (): Promise<boolean> => {
      seen.unshift(await list());
      return seen.slice(0, 1).some(enough);
    };
    await expect.poll(look, { timeout: 90_000, interval: 250 }).toBe(true);
    return seen[0] as Listed;
  };
  const direct = async (...flags: string[]) => asked<BacktestReport>("backtest", tape, ...flags, "--json");

  beforeAll(() =>
    writeGeneratedTape(
      tape,
      { seed: 7, start: "2025-02-03", tickers: ["AAPL", "MSFT"] as never, quotesPerBar: 0, newsPerDay: 20 },
      8_000,
    ),
  );
  afterAll(async () => {
    for (const { child, ended } of running) {
      child.kill("SIGKILL");
      await ended;
    }
    const line = await link();
    await removeNamespace(namespace, line);
    await line.close();
    await removeUnder(REDIS_URL, namespace);
    rmSync(folder, { recursive: true, force: true });
  });

  it("does each job once, as a direct backtest would, also those of a worker that was killed", async () => {
    const strategies = ["momentum", "meanReversion", "newsDriven", "sma_cross", "rsi_bracket", "channel_breakout"];
    const sent = strategies.map((name) => asked<{ id: string }>("jobs", "submit", tape, "--strategy", name, "--json"));
    const ids = (await Promise.all(sent)).map(({ id }) => id);
    const killed = worker("killed");
    await expect.poll(() => killed.stderr(), { timeout: 60_000, interval: 5 }).toMatch(/job \w+: begun/);
    killed.child.kill("SIGKILL");
    await killed.ended;
    const [, begun = ""] = /job (\w+): begun/.exec(killed.stderr()) ?? [];
    expect((await list()).waiting).toBe(6);

    worker("one");
    worker("two");
    const { done, dead, workers } = await listed((l) => l.waiting === 0);
    expect(workers).toEqual(["one", "two"]);
    expect(dead).toEqual([]);
    expect(done.map(({ id }) => id).sort()).toEqual([...ids].sort());
    expect(done.find(({ id }) => id === begun)?.node).toMatch(/one|two/);
    for (const [i, name] of strategies.entries()) {
      const config = RunConfig.parse({ strategies: [{ name }] });
      const { decisions_hash, trades } = await runBacktest(await readyBacktest(tape, config));
      expect(trades.length).toBeGreaterThan(0);
      expect(done.find(({ id }) => id === ids[i])?.decisions_hash).toBe(decisions_hash);
    }
    const result = await asked<BacktestReport>("jobs", "result", ids[0] ?? "", "--json");
    expect({ ...result, throughput: null }).toEqual({ ...(await direct("--strategy", "momentum")), throughput: null });
  });

  it("waits for a result and prints what a backtest prints, strategies of one's own included", async () => {
    const mine = join(folder, "mine.ts");
    writeFileSync(
      mine,
      `import { defineStrategy } from "tapedeck/strategy";
import { map } from "rxjs";
import { z } from "zod";
export default defineStrategy({
  name: "mine",
  params: z.object({ n: z.number().default(0.5) }),
  signals: ({ bars$ }, p) => bars$.pipe(map((bar) => ({ score: bar.close > bar.open ? p.n : -p.n, confidence: 1, reason: "mine", causes: [bar.seq] }))),
});
`,
    );
    const flags = ["--strategy", mine, "--params", '{"n":0.7}', "--cash", "5000"];
    const waited = await asked<BacktestReport>("jobs", "submit", tape, ...flags, "--wait", "--json");
    expect({ ...waited, throughput: null }).toEqual({ ...(await direct(...flags)), throughput: null });
    const people = await tapedeck(["jobs", "submit", tape, "--wait"], settings);
    expect(people.stdout).toMatch(/Sharpe .*\n(.*\n)*.*run b\w+ · decisions/);
  });

  it("gives up what nobody can do, and lists it with the reason", async () => {
    const line = await link();
    const jobs = await NatsJobs.open({ link: line, namespace, ackWaitMs: 2_000 });
    const hash = "0".repeat(64);
    const config = RunConfig.parse({ strategies: [{ name: "nonesuch" }] });
    await jobs.submit(BACKTESTS, "garbled", new TextEncoder().encode("{"));
    await jobs.submit(BACKTESTS, "nonesuch", jobBody({ id: "nonesuch", tape, tapeHash: hash, configHash: hash, config }));
    await jobs.close();
    await line.close();
    const { dead } = await listed((l) => l.dead.length === 2);
    expect(dead.find(({ id }) => id === "garbled")?.reason).toMatch(/^not JSON: /);
    expect(dead.find(({ id }) => id === "nonesuch")?.reason).toMatch(/^unknown strategy "nonesuch"/);
    expect(await tapedeck(["jobs", "result", "nonesuch"], settings)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^tapedeck: job nonesuch was given up: unknown strategy "nonesuch".*\n$/),
    });
  });

  it("gives back what a worker is at when it is stopped", async () => {
    for (const { child, ended } of running.splice(0)) {
      child.kill("SIGTERM");
      const { code, signal } = { code: (await ended).code, signal: child.signalCode };
      expect([0, "SIGKILL"]).toContain(code ?? signal);
    }
    await listed((l) => l.workers.length === 0);
    const { id } = await asked<{ id: string }>("jobs", "submit", tape, "--json");
    const stopped = worker("stopped");
    await expect.poll(() => stopped.stderr(), { timeout: 60_000, interval: 5 }).toContain(`job ${id}: begun`);
    stopped.child.kill("SIGTERM");
    expect((await stopped.ended).code).toBe(0);
    expect(await list()).toMatchObject({ workers: [], waiting: 1 });
    worker("next");
    const { done } = await listed((l) => l.waiting === 0);
    expect(done.find((one) => one.id === id)).toMatchObject({ node: "next" });
  });
});
