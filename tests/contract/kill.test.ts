import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { writeGeneratedTape } from "../support/generatedTape.ts";
import { acknowledged, finish, type Life, startAndKill, tradesOf } from "../support/killing.ts";

const folder = mkdtempSync(join(tmpdir(), "tapedeck-killed-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Fifty kills, and kills of the database's first start, are in the chaos tests. */
it("a run killed three times comes to the end that an undisturbed one comes to", async () => {
  const tape = join(folder, "market.tape");
  writeGeneratedTape(tape, { seed: 7, tickers: ["AAPL", "MSFT", "TSLA"] as never, newsPerDay: 40, start: "2025-02-03" }, 6_000);
  const life = (name: string): Life => ({ tape, dataDir: join(folder, name), store: "memory" });
  const undisturbed = finish(life("undisturbed"));
  const killed = life("killed");
  const seen = [];
  for (const ms of [20, 60, 120]) {
    await startAndKill(killed, { after: "trading", ms });
    seen.push(...acknowledged(killed.dataDir));
  }
  const end = await finish(killed);
  expect({ ...end, stderr: "" }).toEqual({ ...(await undisturbed), stderr: "" });
  expect(end).toMatchObject({ imbalance: "0" });
  expect(tradesOf(killed.dataDir).fills).toEqual(expect.arrayContaining(seen));
});
