import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ListQuery } from "../../actors/ports/store.ts";
import { PostgresHistory } from "../../runtime/adapters/postgres/history.ts";
import { curve, listing } from "../../runtime/adapters/postgres/listing.ts";
import { BIG, COMMON, fillManyEvents, partsOf, START } from "../support/manyEvents.ts";
import { KINDS, queriesOf } from "../support/manyQueries.ts";
import { dropTemplates, migratedDatabase, reachable, SERVER_URL, type TestDatabase } from "./postgresServer.ts";

const up = await reachable();
const EVENTS = 200_000;
const RUNS = partsOf(EVENTS).length;
const BIG_EVENTS = partsOf(EVENTS).find((part) => part.run === BIG)?.events ?? 0;

interface Node {
  readonly "Node Type": string;
  readonly "Relation Name"?: string;
  readonly "Actual Rows": number;
  readonly "Actual Loops": number;
  readonly "Rows Removed by Filter"?: number;
  readonly "Rows Removed by Index Recheck"?: number;
  readonly "Shared Hit Blocks": number;
  readonly "Shared Read Blocks": number;
  readonly Plans?: readonly Node[];
}
const nodesOf = (node: Node): readonly Node[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];
/** Rows taken from tables and indexes, also those thrown away at once; blocks touched; tables read from end to end. */
const costOf = (plan: Node) => {
  const scans = nodesOf(plan).filter((node) => node["Relation Name"] !== undefined);
  const readBy = (node: Node) =>
    (node["Actual Rows"] + (node["Rows Removed by Filter"] ?? 0) + (node["Rows Removed by Index Recheck"] ?? 0)) *
    node["Actual Loops"];
  return {
    rows: scans.reduce((sum, node) => sum + readBy(node), 0),
    blocks: plan["Shared Hit Blocks"] + plan["Shared Read Blocks"],
    whole: scans.filter((node) => node["Node Type"] === "Seq Scan").map((node) => node["Relation Name"]),
  };
};

/** Time depends on the machine and its neighbours; what a plan reads does not. */
describe.skipIf(!up)(`plans on ${SERVER_URL}${up ? "" : " (not reachable)"}`, () => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await migratedDatabase();
    await fillManyEvents(db.sql, EVENTS);
  });
  afterAll(async () => {
    await db.dispose();
    await dropTemplates();
  });
  const explain = async (statement: ReturnType<typeof listing> | ReturnType<typeof curve>) => {
    const [row] = await db.sql<{ "QUERY PLAN": readonly { readonly Plan: Node }[] }[]>`
      explain (analyze, buffers, format json) ${statement}`;
    const plan = row?.["QUERY PLAN"][0]?.Plan;
    if (!plan) throw new Error("the server explained nothing");
    return costOf(plan);
  };

  it("have something to read", async () => {
    const [count] =
      await db.sql`select (select count(*) from events)::int as events, (select count(*) from orders)::int as orders`;
    expect(count?.events).toBe(EVENTS);
    expect(count?.orders).toBeGreaterThan(900);
  });

  const paged: readonly (readonly [string, ListQuery])[] = [
    ["all trading runs", {}],
    ["a ticker", { ticker: COMMON }],
    ["a stretch of time", { from: START + 60_000, to: START + 3_600_000 * 5 }],
    ["a run", { run: BIG }],
    ["the first minute of two runs of one clock, row by row", { to: START + 60_000, limit: 1 }],
  ];
  for (const [name, query] of paged)
    it(`page through ${name} without a gap or a row twice`, async () => {
      const history = new PostgresHistory(db.sql);
      const shown: unknown[] = [];
      let cursor: string | null | undefined;
      do {
        const page = await history.list("signals", { limit: 31, ...query, ...(cursor ? { cursor } : {}) });
        shown.push(...page.items.map(({ run, seq }) => `${run} ${seq}`));
        cursor = page.cursor;
      } while (cursor !== null);
      const all = await db.sql<{ place: string }[]>`
        select r.id || ' ' || s.seq as place from signals s join runs r on r.no = s.run
         where ${query.run === undefined ? db.sql`r.mode = 'paper'` : db.sql`r.id = ${query.run}`}
           and (${query.ticker ?? null}::text is null or s.ticker = ${query.ticker ?? null})
           and s.t_seen >= ${new Date(query.from ?? 0)} and s.t_seen < ${new Date(query.to ?? 4e12)}
         order by s.t_seen desc, s.seq desc, s.run desc`;
      expect(all.length).toBeGreaterThan(25);
      expect(shown).toEqual(all.map(({ place }) => place));
    });

  for (const [name, query] of Object.entries(queriesOf(BIG_EVENTS)))
    it(`of a list, ${name}: along indexes, a page of each run at most`, async () => {
      const rows = (query.limit ?? 100) + 1;
      const runs = query.run === undefined ? RUNS : 1;
      for (const kind of KINDS) {
        const cost = await explain(listing(db.sql, kind, query, rows));
        expect(
          cost.whole.filter((table) => table !== "runs"),
          kind,
        ).toEqual([]);
        // The runs themselves; the newest of each; a page of each; the rows from events, and of orders their state.
        expect(cost.rows, kind).toBeLessThanOrEqual(RUNS + runs + runs * rows + 2 * rows);
        expect(cost.blocks, kind).toBeLessThan(20 + 4 * runs + 2 * (runs * rows) + 8 * rows);
      }
    });

  it("of an equity curve: a probe a point", async () => {
    const points = 500;
    const no = (await db.sql`select no from runs where id = ${BIG}`)[0]?.no as number;
    const cost = await explain(curve(db.sql, no, { points }));
    expect(cost.whole).toEqual([]);
    expect(cost.rows).toBeLessThanOrEqual(points + 2);
    expect(cost.blocks).toBeLessThan(6 * points);
  });
});
