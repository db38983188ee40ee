import { expect } from "vitest";
import { connect } from "../../../runtime/adapters/postgres/client.ts";
import { tapeHash } from "../../../runtime/adapters/tape/hash.ts";
import { type Finished, journalOf, tradesOf } from "../killing.ts";
import type { ChaosDeck } from "./chaosDeck.ts";

/** What a run came to that nobody disturbed. */
export interface Undisturbed extends Finished {
  readonly dataDir: string;
}

const summaryIn = (stdout: string): Finished | null => {
  const line = stdout.trim().split("\n").at(-1) ?? "";
  return line.startsWith("{") ? (JSON.parse(line) as Finished) : null;
};

/** Plays what is left as fast as it goes, until both cores have come to the end; then they go on as before. */
export const playOut = async (deck: ChaosDeck, withinMs: number): Promise<void> => {
  const ends = new Map(deck.cores.map((core) => [core, core.deaths.length]));
  for (const core of deck.cores) {
    core.use(deck.coreArgs("max", "--until-end", "--json"));
    core.start();
    core.kill();
  }
  const done = () => deck.cores.every((core) => core.deaths.slice(ends.get(core)).some(({ code }) => code === 0));
  await deck.until("both cores were at the end of the tape", done, withinMs);
  for (const core of deck.cores) core.use(deck.coreArgs("max"));
};

/** Books, decisions, orders, fills and every entry of the tape of both cores. */
export const expectTheSame = (deck: ChaosDeck, { dataDir, ...undisturbed }: Undisturbed): void => {
  const alone = tradesOf(dataDir);
  for (const core of deck.cores) {
    const end = summaryIn(core.deaths.findLast(({ code }) => code === 0)?.stdout ?? "");
    expect(end).toEqual(undisturbed);
    expect(end?.imbalance).toBe("0");
    const { orders, fills } = tradesOf(deck.dataDir(core.name));
    expect(new Set(orders).size).toBe(orders.length);
    expect(orders).toEqual(alone.orders);
    expect(fills).toEqual(alone.fills);
    expect(tapeHash(journalOf(deck.dataDir(core.name)) ?? "")).toBe(tapeHash(journalOf(dataDir) ?? ""));
  }
};

/** Each entry, order and fill once in the database. @param url of the database */
export const expectTables = async (deck: ChaosDeck, url: string, { dataDir, entries }: Undisturbed): Promise<void> => {
  const sql = connect(url, { max: 1 });
  try {
    const counts = async () => {
      const [row] = await sql<Record<string, number>[]>`
        select (select count(*)::int from events) as events, (select count(distinct seq)::int from events) as seqs,
               (select count(*)::int from orders) as orders, (select count(distinct id)::int from orders) as ids`;
      return row;
    };
    await deck.until("every entry is in the tables", async () => (await counts())?.events === entries, 60_000);
    const { orders, fills } = tradesOf(dataDir);
    expect(await counts()).toEqual({ events: entries, seqs: entries, orders: orders.length, ids: orders.length });
    expect([...(await sql`select seq::int as seq, fill_id as "fillId" from fills order by seq`)]).toEqual(fills);
  } finally {
    await sql.end();
  }
};
