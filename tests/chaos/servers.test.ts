import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { natsConnection } from "../../runtime/adapters/nats/connection.ts";
import { NatsFanout } from "../../runtime/adapters/nats/fanout.ts";
import { connect } from "../../runtime/adapters/postgres/client.ts";
import { ChaosDeck, type ChaosServers } from "../support/chaos/chaosDeck.ts";
import { complaintsOf } from "../support/chaos/complaints.ts";
import { type Fault, strike, type Victims } from "../support/chaos/faults.ts";
import type { Managed } from "../support/chaos/managed.ts";
import { expectTables, expectTheSame, playOut, type Undisturbed } from "../support/chaos/outcome.ts";
import { chaosNats, chaosPostgres, chaosRedis } from "../support/chaos/servers.ts";
import { writeGeneratedTape } from "../support/generatedTape.ts";
import { chance, finish, tradesOf } from "../support/killing.ts";

const SEED = 20_251_124;
const FAULTS = 200;
const LEASE_MS = 2_000;
/** Between faults, ms; some last longer and overlap with the next. */
const RHYTHM = [300, 1_000] as const;
/** Something that must happen has so long, ms: not how long it takes, but when to give up. */
const PATIENCE_MS = 120_000;

const folder = mkdtempSync(join(tmpdir(), "tapedeck-servers-"));
chmodSync(folder, 0o755); // as root the database's own user must be able to come in
const tape = join(folder, "market.tape");
let servers: ChaosServers;
let undisturbed: Undisturbed;
let deck: ChaosDeck | null = null;

beforeAll(async () => {
  const tickers = ["AAPL", "MSFT", "NVDA", "AMZN", "TSLA", "JPM"] as never;
  writeGeneratedTape(tape, { seed: 11, tickers, newsPerDay: 20, start: "2025-02-03" }, 12_000);
  const dataDir = join(folder, "undisturbed");
  const { stderr: _, ...alone } = await finish({ tape, dataDir, store: "memory" });
  undisturbed = { ...alone, dataDir };
  const [redis, nats, postgres] = await Promise.all([chaosRedis(folder), chaosNats(folder), chaosPostgres(folder)]);
  servers = { redis, nats, postgres };
}, PATIENCE_MS);
afterEach(async () => {
  await deck?.stop();
  deck = null;
}, PATIENCE_MS);
afterAll(async () => {
  for (const server of Object.values(servers ?? {})) await server.stop();
  rmSync(folder, { recursive: true, force: true });
}, PATIENCE_MS);

const deckOf = async (namespace: string, all: boolean): Promise<ChaosDeck> => {
  deck = await ChaosDeck.make({
    folder,
    tape,
    servers,
    namespace,
    database: all,
    gateways: all,
    leaseMs: LEASE_MS,
    speed: 1_200,
  });
  return deck;
};

const makeDatabase = async (name: string): Promise<void> => {
  const sql = connect(servers.postgres.url(), { max: 1 });
  await sql.unsafe(`create database ${name}`);
  await sql.end();
};

/** Draws and strikes, one after another, whatever the earlier ones still do. How many of each kind. */
const disturb = async (victims: Victims): Promise<ReadonlyMap<string, number>> => {
  const counts = new Map<string, number>();
  const faults: Fault[] = [];
  const rhythm = chance(SEED);
  for (let n = 1; n <= FAULTS; n++) {
    const fault = strike(victims, chance(SEED + n)); // of its own: what one draws later on does not shift the others
    faults.push(fault);
    fault.over.catch(() => undefined); // told below
    counts.set(fault.kind, (counts.get(fault.kind) ?? 0) + 1);
    await delay(RHYTHM[0] + rhythm() * (RHYTHM[1] - RHYTHM[0]));
  }
  await Promise.all(faults.map((fault) => fault.over));
  return counts;
};

const tell = (counts: ReadonlyMap<string, number>, on: ChaosDeck, during: number): void => {
  const kinds = [...counts].sort(([, a], [, b]) => b - a).map(([kind, n]) => `${String(n).padStart(4)} ${kind}`);
  const ends = on.roles.map(({ name, deaths }) => `${name} ${deaths.length}`).join(", ");
  const lines = [...kinds, `${during} of ${undisturbed.entries} entries were played meanwhile`, `processes that ended: ${ends}`];
  process.stdout.write(`${lines.join("\n")}\n`);
};

describe(`the roles apart over three servers, ${FAULTS} faults drawn from seed ${SEED}`, () => {
  it("lose nothing, send no order twice, and decide as if nothing had been", async () => {
    await makeDatabase("many");
    const on = await deckOf("many", true);
    const link = await natsConnection({ url: servers.nats.url(), name: "chaos", onTrouble: () => undefined });
    const fanout = new NatsFanout({ link, namespace: "many", onError: () => undefined });
    on.start();
    await on.until("the tape plays", async () => (await on.tail()) > 0, PATIENCE_MS);
    const counts = await disturb({ deck: on, servers, fanout, leaseMs: LEASE_MS });
    const during = await on.tail();
    await fanout.close();
    await link.close();

    await playOut(on, PATIENCE_MS);
    tell(counts, on, during);
    expectTheSame(on, undisturbed);
    const shown = async () => (await on.shown()).every((seq) => seq === undisturbed.entries);
    await on.until("both gateways show the last entry", shown, PATIENCE_MS);
    await expectTables(on, servers.postgres.url("many"), undisturbed);
    expect(on.roles.flatMap(complaintsOf)).toEqual([]);
    expect([...counts.values()].reduce((sum, n) => sum + n, 0)).toBe(FAULTS);
    expect(during).toBeGreaterThan(0);
    expect(during).toBeLessThan(undisturbed.entries);
  });
});

/** A core that writes the tape, orders on it too, and the one that stands by. */
const underWay = async (on: ChaosDeck) => {
  on.start();
  await on.until("the tape plays", async () => (await on.tail()) > 800, PATIENCE_MS);
  const active = await on.active();
  const standby = on.cores.find((core) => core !== active);
  if (!active || !standby) throw new Error("no core says that it writes");
  return { active, standby };
};

const takenOver = (on: ChaosDeck, by: Managed, from: number): Promise<void> =>
  on.until(
    `${by.name} goes on after entry ${from}`,
    async () => (await on.active()) === by && (await on.tail()) > from,
    PATIENCE_MS,
  );

describe("one core of two", () => {
  it("that is killed is followed by the other, and nothing is lost", async () => {
    const on = await deckOf("killed", false);
    const { active, standby } = await underWay(on);
    active.last();
    active.kill();
    await takenOver(on, standby, await on.tail());
    await playOut(on, PATIENCE_MS);
    expectTheSame(on, undisturbed);
    expect(on.roles.flatMap(complaintsOf)).toEqual([]);
  });

  it("that is paused and wakes up after the other has taken over can neither append nor trade, and says so and ends", async () => {
    const on = await deckOf("paused", false);
    const { active, standby } = await underWay(on);
    active.last();
    const wake = active.pause();
    const before = tradesOf(on.dataDir(active.name));
    await takenOver(on, standby, await on.tail());
    const awake = await on.tail();
    wake?.();
    await on.until("the core that woke up has ended", () => active.pid === null, PATIENCE_MS);
    await takenOver(on, standby, awake);

    const death = active.deaths.at(-1);
    expect(death).toMatchObject({ code: 1, signal: null });
    expect(death?.stderr.trim().split("\n").at(-1)).toMatch(
      /^tapedeck: (the lease of account\.main is lost|account\.main is held)/,
    );
    expect(tradesOf(on.dataDir(active.name))).toEqual(before);
    const entries = await on.tapeEntries();
    const epochs = entries.map(({ headers }) => Number(headers.epoch));
    expect(epochs).toEqual(epochs.toSorted((a, b) => a - b));
    expect(new Set(epochs).size).toBeGreaterThan(1);
    for (const [i, { headers }] of entries.entries())
      if (i > 0) expect(Number(headers.from)).toBe(Number(entries[i - 1]?.headers.to) + 1);

    await playOut(on, PATIENCE_MS);
    expectTheSame(on, undisturbed);
    expect(on.roles.flatMap(complaintsOf)).toEqual([]);
  });
});
