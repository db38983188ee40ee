import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { openTape } from "../../runtime/adapters/tape/reader.ts";
import { FrameScan } from "../../runtime/adapters/tape/scan.ts";
import type { UpSummary } from "../../runtime/live/summary.ts";
import type { TapeEvent } from "../../streams/domain/event.ts";
import { type Ended, start } from "./tapedeck.ts";

/** A fill that the outside could have seen. */
export interface Seen {
  readonly seq: number;
  readonly fillId: string;
}

export interface Life {
  readonly tape: string;
  readonly dataDir: string;
  readonly store: "memory" | "auto";
}

/** The tape of the one run in a data directory, or null before there is one. */
export const journalOf = (dataDir: string): string | null => {
  const runs = join(dataDir, "runs");
  const [id] = existsSync(runs) ? readdirSync(runs) : [];
  const path = join(runs, id ?? "", "run.tape");
  return id !== undefined && existsSync(path) ? path : null;
};

const sizeOf = (dataDir: string): number => {
  const path = journalOf(dataDir);
  return path === null ? 0 : statSync(path).size;
};

const begin = ({ tape, dataDir, store }: Life) =>
  start(["up", "--tape", tape, "--speed", "max", "--headless", "--store", store, "--data-dir", dataDir, "--until-end", "--json"]);

/** When a run is killed: so many ms after it was started, or after it put something new on its tape. */
export interface Moment {
  readonly after: "start" | "trading";
  readonly ms: number;
}

/** Starts a run and kills it. False: it came to its end before that. */
export const startAndKill = async (life: Life, moment: Moment): Promise<boolean> => {
  const before = sizeOf(life.dataDir);
  const { child, ended } = begin(life);
  let over = false;
  void ended.then(() => {
    over = true;
  });
  if (moment.after === "trading") while (!over && sizeOf(life.dataDir) <= before) await delay(5);
  await delay(moment.ms);
  child.kill("SIGKILL");
  const { code, stderr } = await ended;
  if (code !== null && code !== 0) throw new Error(`a run failed before it was killed: ${stderr}`);
  return code === null;
};

export interface Finished extends UpSummary {
  readonly run: string;
}

/** Runs to the end of the tape. */
export const finish = async (life: Life): Promise<Finished & Pick<Ended, "stderr">> => {
  const { code, stdout, stderr } = await begin(life).ended;
  if (code !== 0) throw new Error(`the last run failed: ${stderr}`);
  return { ...(JSON.parse(stdout) as Finished), stderr };
};

/** The fills on the sealed part of a run's tape: what was told, or could have been. */
export const acknowledged = (dataDir: string): readonly Seen[] => {
  const path = journalOf(dataDir);
  if (path === null) return [];
  const scan = new FrameScan(path);
  while (scan.step());
  scan.close();
  return fillsOf(path).filter((f) => f.seq <= scan.sealed.seq);
};

const fillsOf = (path: string): readonly Seen[] =>
  select(path, (e) => (e.type === "order.filled" ? { seq: e.seq, fillId: e.fillId } : null));

/** Order ids in the order in which they were submitted, and fills, of a whole run. */
export const tradesOf = (dataDir: string): { readonly orders: readonly string[]; readonly fills: readonly Seen[] } => {
  const path = journalOf(dataDir) ?? "";
  return { orders: select(path, (e) => (e.type === "order.submitted" ? e.order.id : null)), fills: fillsOf(path) };
};

/** What is picked of the entries of a tape. */
export const select = <T>(path: string, pick: (e: TapeEvent) => T | null): readonly T[] => {
  const reader = openTape(path);
  const found: T[] = [];
  for (let batch = reader.next(); batch !== null; batch = reader.next())
    for (const event of batch) {
      const one = pick(event);
      if (one !== null) found.push(one);
    }
  reader.close();
  return found;
};

/** Numbers in [0, 1) from a seed. Ref: mulberry32. */
export const chance = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
};
