import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chance } from "../support/killing.ts";
import { ChildLife, prepare } from "../support/outside/lives.ts";
import { FAULTS } from "../support/outside/orderDesk.ts";
import { OutsideWorld } from "../support/outside/outsideWorld.ts";
import { type BrokerAsk, MarketClock } from "../support/outside/protocol.ts";
import { IntentsOnDisk, onTape, verified } from "../support/outside/runOnDisk.ts";

const SEED = 20_260_602;
/** Of a test that a person waits for; the whole of it on demand. */
const KILLS = process.env.TAPEDECK_FULL ? 60 : 12;
const FACTOR = 30;
/** Tuesday, 2 June 2026, 10:00 in New York: the market is open. */
const TEN = 1_780_408_800_000;
/** Longest time of the quiet end until all agree, ms of this machine: ten minutes of the market. */
const CALM_MS = 20_000;

const folder = mkdtempSync(join(tmpdir(), "tapedeck-outside-"));
const clock = new MarketClock({ from: TEN, wall0: Date.now(), factor: FACTOR });
const intents = new IntentsOnDisk(folder);
/** Ids that came to the broker without an intent on the tape, or before the disk had it. */
const early: { readonly id: string; readonly end: number | null; readonly synced: number }[] = [];
let world: OutsideWorld;
let current: ChildLife | null = null;

const onAsk = (ask: BrokerAsk): void => {
  if (ask.do !== "submit") return;
  const end = intents.endOf(ask.order.id);
  if (end === null || end > ask.syncedBytes) early.push({ id: ask.order.id, end, synced: ask.syncedBytes });
};

beforeAll(async () => {
  await prepare(folder);
  world = await OutsideWorld.open(SEED, clock, onAsk);
});
afterAll(async () => {
  await current?.remove();
  world.close();
  rmSync(folder, { recursive: true, force: true });
});

const begin = (): ChildLife => {
  intents.forget();
  current = new ChildLife({ port: world.port, dataDir: folder, seed: SEED, clock: clock.settings });
  return current;
};

/** Kills lives at drawn moments: one of five while it starts, the others while it trades. */
const killAll = async (): Promise<readonly ChildLife[]> => {
  const draw = chance(SEED);
  const lives: ChildLife[] = [];
  while (lives.length < KILLS) {
    const life = begin();
    lives.push(life);
    if (lives.length > 1 && draw() < 0.2) await delay(draw() * 900);
    else {
      await life.until("up");
      await delay(200 + draw() * 4_000);
    }
    await life.kill();
  }
  return lives;
};

/** The broker answers promptly, then no prices come any more, until the tape knows what the broker knows and nothing happens any more. */
const calmDown = async (): Promise<ChildLife> => {
  world.desk.calm = true;
  const life = begin();
  await life.until("up");
  await delay(4_000);
  world.feed.stop();
  let before = 0;
  for (const end = performance.now() + CALM_MS; performance.now() < end; ) {
    await delay(1_000);
    const { entries, open, raw, scored } = onTape(folder);
    const isStill = entries.length === before;
    if (isStill && scored.length === raw.size && open.join() === world.desk.open.toSorted().join()) break;
    before = entries.length;
  }
  return life;
};

const repeated = (ids: readonly string[]): readonly string[] => {
  const seen = new Set<string>();
  return ids.filter((id) => seen.size === seen.add(id).size);
};

const table = (kills: number, tape: ReturnType<typeof onTape>): string => {
  const { desk } = world;
  const rows: readonly (readonly [string, number])[] = [
    ["kills", kills],
    ["entries on the tape", tape.entries.length],
    ["orders on the tape", tape.countOf("order.submitted")],
    ["orders that came to the broker", desk.submits.length],
    ["cancels asked for", tape.countOf("order.cancelRequested")],
    ["fills", desk.fills],
    ["orders lost", tape.countOf("order.lost")],
    ["headlines", tape.raw.size],
    ["of them scored by the fallback", tape.scored.filter((e) => e.scorer === "builtin").length],
    ["requests that failed", tape.countOf("request.failed")],
    ...[...desk.counts].sort(([, a], [, b]) => b - a),
  ];
  return rows.map(([what, n]) => `${String(n).padStart(7)} ${what}\n`).join("");
};

describe(`a broker, a feed and a model outside with faults of every kind, ${KILLS} kills drawn from seed ${SEED}`, () => {
  it("leave no order sent twice or before its intent was on the disk, and books that agree", async () => {
    const lives = await killAll();
    const last = await calmDown();
    const code = await last.stop();
    const tape = onTape(folder);
    process.stdout.write(table(lives.length, tape));

    expect({ code, stderr: last.stderr }).toEqual({ code: 0, stderr: "" });
    expect(early).toEqual([]);
    expect(repeated(world.desk.submits)).toEqual([]);
    expect(repeated(tape.entries.flatMap((e) => (e.type === "order.submitted" ? [e.order.id] : [])))).toEqual([]);
    expect(repeated(tape.entries.flatMap((e) => (e.type === "order.filled" ? [e.fillId] : [])))).toEqual([]);

    expect(tape.scored.map((e) => e.id).sort()).toEqual([...tape.raw].sort());
    expect(tape.scored.filter((e) => !(e.score >= -1 && e.score <= 1 && e.confidence >= 0 && e.confidence <= 1))).toEqual([]);
    expect(tape.open).toEqual(world.desk.open.toSorted());
    expect(tape.positions).toEqual(world.desk.positions);

    const runs = readdirSync(join(folder, "runs"));
    expect(runs).toHaveLength(1);
    const up = [...lives.slice(1), last].filter((life) => life.heard("up"));
    expect(up.map((life) => life.heard("run.resumed")?.run)).toEqual(up.map(() => runs[0]));
    expect([...lives, last].flatMap((life) => life.said.filter((s) => s.level === "error" || s.level === "fatal"))).toEqual([]);

    expect((await verified(tape.path)).entries).toBe(tape.entries.length);
    expect(FAULTS.filter((fault) => !world.desk.counts.has(fault))).toEqual([]);
    expect(tape.countOf("order.lost")).toBeGreaterThan(0);
    expect(tape.countOf("order.submitted")).toBeGreaterThan(200);
  });
});
