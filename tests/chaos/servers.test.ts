import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { natsConnection } from "../../runtime/adapters/nats/connection.ts";
import { NatsFanout } from "../../runtime/adapters/nats/fanout.ts";
import { connect } from "../../runtime/adapters/postgres/client.ts";
import { tapeHash } from "../../runtime/adapters/tape/hash.ts";
import { ChaosDeck, type ChaosServers } from "../support/chaos/chaosDeck.ts";
import { complaintsOf } from "../support/chaos/complaints.ts";
import { type Fault, strike, type Victims } from "../support/chaos/faults.ts";
import { chaosNats, chaosPostgres, chaosRedis } from "../support/chaos/servers.ts";
import { writeGeneratedTape } from "../support/generatedTape.ts";
import { chance, type Finished, finish, journalOf, tradesOf } from "../support/killing.ts";

const SEED = 20_251_124;
const FAULTS = Number(process.env.CHAOS_FAULTS ?? 200);
const LEASE_MS = 2_000;
/** Between faults, ms; some last longer than that and overlap with the next. */
const RHYTHM = [300, 1_000] as const;
/** After the last fault the tape is at its end within this, ms. */
const END_MS = 120_000;

const folder = mkdtempSync(join(tmpdir(), "tapedeck-servers-"));
chmodSync(folder, 0o755); // as root the database's own user must be able to come in
const tape = join(folder, "market.tape");
let servers: ChaosServers;
let undisturbed: Finished;
const alone = join(folder, "undisturbed");
let deck: ChaosDeck | null = null;

beforeAll(async () => {
  const tickers = ["AAPL", "MSFT", "NVDA", "AMZN", "TSLA", "JPM"] as never;
  writeGeneratedTape(tape, { seed: 11, tickers, newsPerDay: 60, start: "2025-02-03" }, 18_000);
  undisturbed = await finish({ tape, dataDir: alone, store: "memory" });
  const [redis, nats, postgres] = await Promise.all([chaosRedis(folder), chaosNats(folder), chaosPostgres(folder)]);
  servers = { redis, nats, postgres };
}, 120_000);
afterAll(async () => {
  await deck?.stop();
  for (const server of Object.values(servers ?? {})) await server.stop();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

const eventually = async (what: string, is: () => Promise<boolean> | boolean, withinMs: number): Promise<void> => {
  const until = performance.now() + withinMs;
  while (!(await is())) {
    if (performance.now() > until) throw new Error(`not within ${withinMs} ms: ${what}\n${await deck?.report()}`);
    await delay(50);
  }
};

/** Draws and strikes, one after another, whatever the earlier ones still do. */
const disturb = async (victims: Victims): Promise<Map<string, number>> => {
  const counts = new Map<string, number>();
  const faults: Fault[] = [];
  const rhythm = chance(SEED);
  for (let n = 0; n < FAULTS; n++) {
    const fault = strike(victims, chance(SEED + 1 + n));
    faults.push(fault);
    fault.over.catch(() => undefined); // told below
    counts.set(fault.kind, (counts.get(fault.kind) ?? 0) + 1);
    await delay(RHYTHM[0] + rhythm() * (RHYTHM[1] - RHYTHM[0]));
  }
  await Promise.all(faults.map((fault) => fault.over));
  return counts;
};

const summaryIn = (stdout: string): Finished | null => {
  const line = stdout.trim().split("\n").at(-1) ?? "";
  return line.startsWith("{") ? (JSON.parse(line) as Finished) : null;
};

/** Plays what is left as fast as it goes, on either core. */
const playOut = async (on: ChaosDeck): Promise<void> => {
  for (const core of on.cores) core.use(on.coreArgs("max", "--until-end", "--json"));
  for (const core of on.cores) core.kill();
  const done = () => on.cores.every((core) => core.deaths.some((d) => d.code === 0));
  await eventually("both cores were at the end of the tape", done, END_MS);
  for (const core of on.cores) core.use(on.coreArgs("max"));
};

const expectTheSame = (on: ChaosDeck): void => {
  for (const core of on.cores) {
    const end = summaryIn(core.deaths.findLast((d) => d.code === 0)?.stdout ?? "");
    expect(end).toEqual({ ...undisturbed, stderr: undefined });
    expect(end?.imbalance).toBe("0");
    const { orders, fills } = tradesOf(on.dataDir(core.name));
    expect(new Set(orders).size).toBe(orders.length);
    expect(fills).toEqual(tradesOf(alone).fills);
    // Every input once, every decision the same, byte for byte.
    expect(tapeHash(journalOf(on.dataDir(core.name)) ?? "")).toBe(tapeHash(journalOf(alone) ?? ""));
  }
};

const expectTables = async (): Promise<void> => {
  const sql = connect(servers.postgres.url("many"), { max: 1 });
  try {
    const all = async () => {
      const [row] = await sql<Record<string, number>[]>`
        select (select count(*)::int from events) as events, (select count(distinct seq)::int from events) as seqs,
               (select count(*)::int from orders) as orders, (select count(distinct id)::int from orders) as ids,
               (select count(*)::int from fills) as fills`;
      return row;
    };
    const { orders, fills } = tradesOf(alone);
    const events = undisturbed.entries;
    const wanted = { events, seqs: events, orders: orders.length, ids: orders.length, fills: fills.length };
    await eventually("every entry is in the tables", async () => (await all())?.events === events, 60_000);
    expect(await all()).toEqual(wanted);
  } finally {
    await sql.end();
  }
};

const makeDatabase = async (name: string): Promise<void> => {
  const sql = connect(servers.postgres.url(), { max: 1 });
  await sql.unsafe(`create database ${name}`);
  await sql.end();
};

describe(`five roles over three servers, under ${FAULTS} faults drawn from seed ${SEED}`, () => {
  it("lose nothing, send no order twice, and decide as if nothing had been", async () => {
    await makeDatabase("many");
    const common = { folder, tape, servers, leaseMs: LEASE_MS, speed: 600 };
    const on = await ChaosDeck.make({ ...common, namespace: "many", database: true, gateways: true });
    deck = on;
    const link = await natsConnection({ url: servers.nats.url(), name: "chaos", onTrouble: () => undefined });
    const fanout = new NatsFanout({ link, namespace: "many", onError: () => undefined });
    on.start();
    await eventually("the tape plays", async () => (await on.tail()) > 0, 60_000);
    const counts = await disturb({ deck: on, servers, fanout, leaseMs: LEASE_MS });
    const during = await on.tail();
    console.table(Object.fromEntries(counts));
    console.log(`${during} of ${undisturbed.entries} entries after the last fault`);
    await playOut(on);
    expectTheSame(on);
    await eventually("both gateways show the last entry", async () => (await on.shown()).every((n) => n === undisturbed.entries), 60_000);
    await expectTables();
    await fanout.close();
    await link.close();
    const complaints = on.roles.flatMap(complaintsOf);
    const ends = on.roles.map((r) => `${r.name} ${r.deaths.length}`).join(", ");
    console.log(`lives that ended: ${ends}`);
    await on.stop();
    deck = null;
    expect(complaints).toEqual([]);
    expect([...counts.values()].reduce((a, b) => a + b, 0)).toBe(FAULTS);
    expect(during).toBeGreaterThan(0);
    expect(during).toBeLessThan(undisturbed.entries);
  });
});
