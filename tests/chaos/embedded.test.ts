import { chmodSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connect } from "../../runtime/adapters/postgres/client.ts";
import { startEmbedded } from "../../runtime/adapters/postgres/embedded.ts";
import { writeGeneratedTape } from "../support/generatedTape.ts";
import { chance, type Finished, finish, type Life, type Seen, startAndKill, tradesOf } from "../support/killing.ts";

const SEED = 20_251_123;

const folder = mkdtempSync(join(tmpdir(), "tapedeck-embedded-"));
chmodSync(folder, 0o755); // as root the database's own user must be able to come in
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const tape = join(folder, "market.tape");
const life = (name: string, store: Life["store"]): Life => ({ tape, dataDir: join(folder, name), store });

let undisturbed: Finished;
beforeAll(async () => {
  const tickers = ["AAPL", "MSFT", "NVDA", "TSLA"] as never;
  writeGeneratedTape(tape, { seed: 7, tickers, newsPerDay: 40, start: "2025-02-03" }, 6_000);
  undisturbed = await finish(life("undisturbed", "memory"));
});

/** The fills in the tables. The server is left running as a killed run leaves it, unless it is to be stopped. */
const filled = async (dataDir: string, stop: boolean): Promise<{ fills: readonly Seen[]; events: number; adopted: boolean }> => {
  const server = await startEmbedded(dataDir);
  const sql = connect(server.url, { max: 1 });
  try {
    const fills = await sql<Seen[]>`select seq::int as seq, fill_id as "fillId" from fills order by seq`;
    const [count] = await sql<{ n: number }[]>`select count(*)::int as n from events`;
    return { fills: [...fills], events: count?.n ?? 0, adopted: server.adopted };
  } finally {
    await sql.end();
    if (stop) await server.stop();
  }
};

const endsWell = async (one: Life, seen: readonly Seen[]): Promise<void> => {
  const end = await finish(one);
  expect({ ...end, stderr: "" }).toEqual({ ...undisturbed, stderr: "" });
  const { fills } = tradesOf(one.dataDir);
  const tables = await filled(one.dataDir, true);
  expect(tables.adopted).toBe(false); // a good end stops the server
  expect(tables.fills).toEqual(fills);
  expect(tables.events).toBe(end.entries);
  const places = new Map(fills.map((f) => [f.fillId, f.seq]));
  expect(seen.filter((f) => places.get(f.fillId) !== f.seq)).toEqual([]);
};

describe(`the embedded database under kills drawn from seed ${SEED}`, () => {
  it("is there and complete after a run was killed while it was made for the first time", async () => {
    const draw = chance(SEED);
    const one = life("first-start", "auto");
    for (let i = 0; i < 5; i++) await startAndKill(one, { after: "start", ms: 200 + Math.floor(draw() * 1_500) });
    await endsWell(one, []);
    expect(readdirSync(join(one.dataDir, "postgres")).filter((name) => /^(cluster|pw)\./.test(name))).toEqual([]);
  });

  it("is taken over from a killed run, and has what it had, and catches up", async () => {
    const draw = chance(SEED + 1);
    const one = life("trading", "auto");
    const seen: Seen[] = [];
    for (let i = 0; i < 5; i++) {
      if (!(await startAndKill(one, { after: "trading", ms: 100 + Math.floor(draw() * 500) }))) break;
      const { fills, adopted } = await filled(one.dataDir, false);
      expect(adopted).toBe(true);
      seen.push(...fills);
    }
    await endsWell(one, seen);
  });
});
