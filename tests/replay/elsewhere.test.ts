import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeGeneratedTape } from "../support/generatedTape.ts";
import type { Finished } from "../support/killing.ts";
import { start } from "../support/tapedeck.ts";

const folder = mkdtempSync(join(tmpdir(), "tapedeck-elsewhere-"));
const tape = join(folder, "market.tape");
beforeAll(() => {
  // Over the change to summer time in New York, where local days differ most.
  writeGeneratedTape(
    tape,
    { seed: 11, tickers: ["AAPL", "MSFT", "TSLA"] as never, newsPerDay: 30, start: "2025-03-05", barMs: 300_000 },
    3_000,
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const OTHER_CLOCK = ["--import", join(import.meta.dirname, "../support/otherClock.mjs")];

interface Report {
  readonly run: { readonly id: string };
  readonly decisions_hash: string;
  readonly stats: { readonly trades: number };
}
const backtest = async (settings: Readonly<Record<string, string>>, node: readonly string[]) => {
  const { code, stdout, stderr } = await start(["backtest", tape, "--slippage", "0.0002", "--json"], settings, node).ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const { throughput: _, ...rest } = JSON.parse(stdout) as Report & { throughput: unknown };
  return rest;
};
const live = async (settings: Readonly<Record<string, string>>, node: readonly string[]) => {
  const args = ["up", "--tape", tape, "--speed", "max", "--headless", "--store", "memory", "--until-end", "--json"];
  const dataDir = mkdtempSync(join(folder, "data-"));
  const { code, stdout, stderr } = await start([...args, "--data-dir", dataDir], settings, node).ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return JSON.parse(stdout) as Finished;
};

describe("one tape", () => {
  it("gives one backtest, whatever the machine's time zone, language, clock and chance", async () => {
    const [here, auckland, otherClock, turkish] = await Promise.all([
      backtest({ TZ: "UTC" }, []),
      backtest({ TZ: "Pacific/Auckland" }, []),
      backtest({ TZ: "America/St_Johns" }, OTHER_CLOCK),
      backtest({ LANG: "tr_TR.UTF-8", LC_ALL: "tr_TR.UTF-8" }, ["--max-old-space-size=256"]),
    ]);
    expect(here?.stats.trades).toBeGreaterThan(20);
    expect(auckland).toEqual(here);
    expect(otherClock).toEqual(here);
    expect(turkish).toEqual(here);
  });

  it("gives one live run, whatever the machine's time zone and clock, and it decides as the backtest does", async () => {
    const [here, there, tested] = await Promise.all([
      live({ TZ: "UTC" }, []),
      live({ TZ: "Asia/Kathmandu" }, OTHER_CLOCK),
      backtest({}, []),
    ]);
    expect(there).toEqual(here);
    expect(here.decisionsHash).toBe(tested.decisions_hash);
  });
});
