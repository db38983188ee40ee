import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { tapeHash } from "../../runtime/adapters/tape/hash.ts";
import { writeGeneratedTape } from "../support/generatedTape.ts";
import {
  acknowledged,
  chance,
  type Finished,
  finish,
  journalOf,
  type Life,
  type Moment,
  startAndKill,
  tradesOf,
} from "../support/killing.ts";
import { tapedeck } from "../support/tapedeck.ts";

const SEED = 20_251_122;
const KILLS = 50;
/** Kills in one data directory before it is run to the end. */
const KILLS_A_LIFE = 6;

const folder = mkdtempSync(join(tmpdir(), "tapedeck-kill-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const tape = join(folder, "market.tape");
const life = (name: string, store: Life["store"] = "memory"): Life => ({ tape, dataDir: join(folder, name), store });

let undisturbed: Finished;
let undisturbedTape: string;
beforeAll(async () => {
  const tickers = ["AAPL", "MSFT", "NVDA", "AMZN", "TSLA", "JPM"] as never;
  writeGeneratedTape(tape, { seed: 7, tickers, newsPerDay: 40, start: "2025-02-03" }, 12_000);
  const quiet = life("undisturbed");
  undisturbed = await finish(quiet);
  undisturbedTape = tapeHash(journalOf(quiet.dataDir) ?? "");
});

/** Of five kills one comes while the run starts or plays its own tape, the others while it trades. */
const momentFrom = (draw: () => number): Moment =>
  draw() < 0.2 ? { after: "start", ms: Math.floor(draw() * 900) } : { after: "trading", ms: Math.floor(draw() * 300) };

/** Kills a run again and again, runs it to its end, and holds it against the one that was left alone. Returns the kills. */
const liveThrough = async (one: Life, moments: readonly Moment[]): Promise<number> => {
  let kills = 0;
  const seen = new Map<string, number>();
  for (const moment of moments) {
    if (!(await startAndKill(one, moment))) break;
    kills += 1;
    for (const { fillId, seq } of acknowledged(one.dataDir)) seen.set(fillId, seq);
  }
  const end = await finish(one);
  const { orders, fills } = tradesOf(one.dataDir);
  const places = new Map(fills.map((f) => [f.fillId, f.seq]));
  expect(end.imbalance).toBe("0");
  expect(new Set(orders).size).toBe(orders.length);
  expect(places.size).toBe(fills.length);
  expect([...seen].filter(([fillId, seq]) => places.get(fillId) !== seq)).toEqual([]);
  expect({ ...end, stderr: "" }).toEqual({ ...undisturbed, stderr: "" });
  expect(tapeHash(journalOf(one.dataDir) ?? "")).toBe(undisturbedTape);
  return kills;
};

describe(`killed at ${KILLS} moments drawn from seed ${SEED}`, () => {
  it("a run loses no fill, sends no order twice, and decides as if nothing had been", async () => {
    const draw = chance(SEED);
    let kills = 0;
    let lives = 0;
    const worker = async (): Promise<void> => {
      while (kills < KILLS) {
        lives += 1;
        kills += await liveThrough(
          life(`life-${lives}`),
          Array.from({ length: KILLS_A_LIFE }, () => momentFrom(draw)),
        );
      }
    };
    await Promise.all([worker(), worker()]);
    expect(kills).toBeGreaterThanOrEqual(KILLS);
    expect(undisturbed.fills).toBeGreaterThan(100);
  });

  it("and a backtest of the tape with the same settings decides the same", async () => {
    const { code, stdout } = await tapedeck(["backtest", tape, "--slippage", "0.0002", "--json"]);
    expect(code).toBe(0);
    expect((JSON.parse(stdout) as { decisions_hash: string }).decisions_hash).toBe(undisturbed.decisionsHash);
  });
});
