import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { BacktestJob } from "../../runtime/backtests/job.ts";
import { readyBacktest, runBacktest } from "../../runtime/backtests/runBacktest.ts";
import { attemptInThread } from "../../runtime/backtests/threadAttempt.ts";
import { RunConfig } from "../../streams/domain/run.ts";
import { writeGeneratedTape } from "../support/generatedTape.ts";

const folder = mkdtempSync(join(tmpdir(), "tapedeck-thread-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const tape = join(folder, "a.tape");
const OTHER = "0".repeat(64);

/** A strategy whose signals are the code of this expression. */
const strategy = (name: string, signals: string): string => {
  const file = join(folder, `${name}.ts`);
  writeFileSync(
    file,
    `import { defineStrategy } from "tapedeck/strategy";
import { NEVER } from "rxjs";
import { z } from "zod";
import { writeFileSync } from "node:fs";
export default defineStrategy({ name: "${name}", params: z.object({}), signals: ({ bars$ }) => { ${signals} } });
`,
  );
  return file;
};

/** The job for this config, as who asks for it comes to it. */
const jobFor = async (given: object): Promise<BacktestJob> => {
  const { setup, info } = await readyBacktest(tape, RunConfig.parse(given));
  return { id: "j1", tape, tapeHash: info.hash, configHash: setup.configHash, config: setup.config };
};
const outcome = (job: BacktestJob, dataDir = folder) => attemptInThread(job, dataDir).outcome;

describe("a backtest in a thread", () => {
  let plain: BacktestJob;
  beforeAll(async () => {
    writeGeneratedTape(tape, { seed: 5, tickers: ["AAPL", "MSFT"] as never, newsPerDay: 20, start: "2025-02-03" }, 3_000);
    plain = await jobFor({});
  });

  it("comes to what it comes to here", async () => {
    const report = await runBacktest(await readyBacktest(tape, plain.config));
    expect(report.trades.length).toBeGreaterThan(0);
    const throughput = expect.objectContaining({ events: report.throughput.events });
    expect(await outcome(plain)).toEqual({ is: "done", report: { ...report, throughput } });
  });

  it("finds a tape by its name in the data directory", async () => {
    const moved = { ...plain, tape: "/on/another/machine/b.tape" };
    expect(await outcome(moved)).toMatchObject({ is: "elsewhere", why: expect.stringContaining("/on/another/machine/b.tape") });
    mkdirSync(join(folder, "tapes"));
    copyFileSync(tape, join(folder, "tapes", "b.tape"));
    expect(await outcome(moved)).toMatchObject({ is: "done" });
  });

  it("leaves to others what is not here as it was asked for", async () => {
    expect(await outcome({ ...plain, tapeHash: OTHER })).toMatchObject({
      is: "elsewhere",
      why: expect.stringContaining("has hash"),
    });
    expect(await outcome({ ...plain, configHash: OTHER })).toMatchObject({
      is: "elsewhere",
      why: expect.stringContaining("code"),
    });
    const mine = strategy("mine", "return NEVER");
    const job = await jobFor({ strategies: [{ name: mine }] });
    expect(await outcome(job)).toMatchObject({ is: "done" });
    strategy("mine", "void bars$; return NEVER");
    expect(await outcome(job)).toMatchObject({ is: "elsewhere", why: expect.stringContaining("code") });
    rmSync(mine);
    expect(await outcome(job)).toEqual({ is: "elsewhere", why: `strategy file ${mine} is not there` });
  });

  it("refuses what would be wrong anywhere, with the line of the command", async () => {
    const unknown = { ...plain, config: RunConfig.parse({ strategies: [{ name: "momentun" }] }) };
    expect(await outcome(unknown)).toMatchObject({ is: "refused", why: expect.stringContaining("did you mean momentum?") });
  });

  it("fails when a strategy takes its thread along, which is all it takes", async () => {
    const job = await jobFor({ strategies: [{ name: strategy("leaving", "process.exit(7)") }] });
    expect(await outcome(job)).toEqual({ is: "failed", why: "its thread ended with 7 and no result" });
  });

  it("can be killed in the midst of an endless strategy, while this thread goes on", async () => {
    const begun = join(folder, "begun");
    const endless = strategy("endless", `writeFileSync(${JSON.stringify(begun)}, ""); for (;;);`);
    const attempt = attemptInThread(await jobFor({ strategies: [{ name: endless }] }), folder);
    await expect.poll(() => existsSync(begun), { timeout: 30_000 }).toBe(true);
    attempt.kill();
    expect(await attempt.outcome).toEqual({ is: "killed" });
  });
});
