import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { connect } from "../../runtime/adapters/postgres/client.ts";
import { PostgresHistory } from "../../runtime/adapters/postgres/history.ts";
import { PostgresProjection, type Trouble } from "../../runtime/adapters/postgres/projection.ts";
import { runRow } from "../contract/store.contract.ts";
import { dayOfTrading, signals } from "../contract/storeEvents.ts";
import { dropTemplates, migratedDatabase, reachable, SERVER_URL, type TestDatabase } from "./postgresServer.ts";

const up = await reachable();
const TYPED = ["bars", "quotes", "news_raw", "news_scored", "news_tickers", "signals", "targets", "verdicts", "orders", "fills"];
const REST = ["trades", "splits", "outcomes", "events", "equity"];

describe.skipIf(!up)(`the projection on ${SERVER_URL}${up ? "" : " (not reachable)"}`, () => {
  afterAll(dropTemplates);
  let db: TestDatabase;
  let projection: PostgresProjection;
  beforeEach(async () => {
    db = await migratedDatabase();
    projection = new PostgresProjection(db.sql, { batch: 7 });
  });
  afterEach(async () => {
    await projection.close();
    await db.dispose();
  });
  const project = async (run: string, under = projection) => {
    await under.open(runRow(run));
    under.offer(run, dayOfTrading);
    await under.flush();
  };
  /** All rows of all tables of the one run there is, without the numbers that a new life changes. */
  const contents = async () => {
    const all: Record<string, unknown> = {};
    for (const table of [...TYPED, ...REST]) {
      const rows = await db.sql<{ row: Record<string, unknown> }[]>`select to_jsonb(t) - 'run' as row from ${db.sql(table)} t`;
      all[table] = rows.map(({ row }) => JSON.stringify(row)).sort();
    }
    return all;
  };

  it("fills every typed table, with amounts to the micro-dollar", async () => {
    await project("a");
    for (const table of TYPED)
      expect((await db.sql`select count(*)::int as rows from ${db.sql(table)}`)[0]?.rows, table).toBeGreaterThan(0);
    expect(await db.sql`select limit_usd, bracket->>'stopLoss' as stop from orders where id = 'o2'`).toEqual([
      { limit_usd: "99.500001", stop: "96" },
    ]);
    expect(await db.sql`select shares, pnl_usd, exit_at, book from trades`).toEqual([
      { shares: "-3.500000", pnl_usd: "-7.437500", exit_at: new Date("2024-03-08T14:31:00.123Z"), book: "ensemble" },
    ]);
    expect(await db.sql`select causes::text from signals`).toEqual([{ causes: "{2,4}" }]);
    expect(await db.sql`select denial->>'code' as code from verdicts order by seq`).toEqual([
      { code: null },
      { code: "POSITION_EXCEEDS_LIMIT" },
    ]);
  });

  it("shows positions carried through a later split", async () => {
    await project("a");
    expect(await db.sql`select ticker, shares, cash_flow_usd, commission_usd from positions`).toEqual([
      { ticker: "AAPL", shares: "50.000000", cash_flow_usd: "-1266.675000", commission_usd: "1.050000" },
    ]);
  });

  it("refuses to change or remove an event, a fill or an audit line", async () => {
    await project("a");
    await db.sql`insert into audit (actor, action) values ('system', 'test')`;
    for (const statement of [
      "update fills set price_usd = 1",
      "delete from fills",
      "truncate fills",
      "update events set body = '{}'",
      "delete from events where seq = 1",
      "truncate events cascade",
      "update audit set actor = 'me'",
      "delete from audit",
    ])
      await expect(db.sql.unsafe(statement), statement).rejects.toThrow(/immutable/);
    expect((await db.sql`select count(*)::int as n from events`)[0]?.n).toBe(dayOfTrading.length);
  });

  it("drops a run whole, leaves others, and writes it again to the same rows", async () => {
    await project("a");
    const before = await contents();
    await project("b");
    expect(await db.sql`select drop_run('a') as dropped, drop_run('no such run') as unknown`).toEqual([
      { dropped: true, unknown: false },
    ]);
    expect((await db.sql`select distinct run from events`).length).toBe(1);
    await db.sql`select drop_run('b')`;
    for (const rows of Object.values(await contents())) expect(rows).toEqual([]);
    const again = new PostgresProjection(db.sql, { batch: 1_000 });
    await project("a", again);
    expect(await contents()).toEqual(before);
    await again.close();
  });

  it("has two writers of one run write each entry once", async () => {
    const url = connect(db.url);
    const other = new PostgresProjection(url, { batch: 3 });
    await Promise.all([project("a"), project("a", other)]);
    const history = new PostgresHistory(db.sql);
    expect((await history.list("fills", {})).items).toHaveLength(3);
    expect((await db.sql`select count(*)::int as n from bars`)[0]?.n).toBe(1);
    await other.close();
    await url.end();
  });

  it("goes on by itself when its connections are cut, each entry once", async () => {
    const troubles: Trouble[] = [];
    const own = connect(db.url, { max: 1 });
    const cut = new PostgresProjection(own, { batch: 50, onTrouble: (t) => troubles.push(t) });
    await cut.open(runRow("a"));
    const [me] = await own<{ pid: number }[]>`select pg_backend_pid() as pid`;
    const all = signals(1, 5_000);
    cut.offer("a", all);
    await expect.poll(async () => (await db.sql`select projected_seq as seq from runs`)[0]?.seq).toBeGreaterThan(100);
    await db.sql`select pg_terminate_backend(${me?.pid ?? 0})`;
    await cut.flush();
    expect(troubles.map((t) => t.state)).toContain("retrying");
    expect((await db.sql`select count(*)::int as n, max(seq)::int as last from signals`)[0]).toEqual({ n: 5_000, last: 5_000 });
    expect(cut.status).toEqual({ state: "idle", error: null });
    await cut.close();
    await own.end({ timeout: 1 });
  });

  it("empties a queue that is too long and catches up from the tape", async () => {
    const tape = [...signals(1, 3_000)];
    const troubles: Trouble[] = [];
    const slow = new PostgresProjection(db.sql, {
      batch: 100,
      maxQueued: 500,
      replay: function* (_run, after) {
        for (let at = after; at < tape.length; at += 250) yield tape.slice(at, at + 250);
      },
      onTrouble: (t) => troubles.push(t),
    });
    await slow.open(runRow("a"));
    for (let at = 0; at < tape.length; at += 100) slow.offer("a", tape.slice(at, at + 100));
    expect(slow.backlog).toBe(3_000);
    await slow.flush();
    expect(troubles.map((t) => t.state)).toEqual(["behind"]);
    const later = signals(3_001, 10);
    slow.offer("a", later);
    await slow.flush();
    expect((await db.sql`select count(*)::int as n, max(seq)::int as last from signals`)[0]).toEqual({ n: 3_010, last: 3_010 });
    await slow.close();
  });

  it("fetches from the tape what it was never offered", async () => {
    const tape = signals(1, 40);
    const late = new PostgresProjection(db.sql, { replay: (_run, after) => [tape.slice(after)] });
    await late.open(runRow("a"));
    late.offer("a", tape.slice(30));
    await late.flush();
    expect((await db.sql`select count(*)::int as n from signals`)[0]?.n).toBe(40);
    await late.close();
  });

  it("writes again from the tape what a server lost that had told it was written", async () => {
    const tape = signals(1, 60);
    const troubles: Trouble[] = [];
    const sure = new PostgresProjection(db.sql, {
      batch: 10,
      replay: (_run, after) => [tape.slice(after)],
      onTrouble: (t) => troubles.push(t),
    });
    await sure.open(runRow("a"));
    sure.offer("a", tape.slice(0, 40));
    await sure.flush();
    const [run] = await db.sql`select * from runs`;
    await db.sql`select drop_run('a')`; // as if nothing had reached the disk but the run itself
    await db.sql`
      insert into runs (no, id, mode, config_hash, seed, version, config) overriding system value
      values (${run?.no}, 'a', 'paper', 'c', 1, '0', '{}')`;
    sure.offer("a", tape.slice(40));
    await sure.flush();
    expect(troubles.map((t) => t.state)).toEqual(["behind"]);
    expect(await db.sql`select count(*)::int as n, max(seq)::int as last from signals`).toEqual([{ n: 60, last: 60 }]);
    await sure.close();
  });

  it("without a tape to read says that it is behind, and never throws on an offer", async () => {
    const short = new PostgresProjection(db.sql, { maxQueued: 10 });
    await short.open(runRow("a"));
    short.offer("a", signals(1, 50));
    short.offer("a", signals(51, 50));
    expect(short.status.state).toBe("behind");
    await expect(short.flush()).rejects.toThrow(/at the next start/);
    await short.close();
  });

  it("stops aloud at a row the database refuses", async () => {
    const troubles: Trouble[] = [];
    const strict = new PostgresProjection(db.sql, { onTrouble: (t) => troubles.push(t) });
    await strict.open(runRow("a"));
    await db.sql`alter table signals add constraint quiet check (score < 0.1)`;
    strict.offer("a", signals(1, 5));
    await expect(strict.flush()).rejects.toThrow(/quiet/);
    expect(strict.status.state).toBe("refused");
    expect(troubles.map((t) => t.state)).toEqual(["refused"]);
    expect(() => strict.offer("a", signals(6, 5))).not.toThrow();
    await expect(strict.flush()).rejects.toThrow(/quiet/);
    expect((await db.sql`select count(*)::int as n from events`)[0]?.n).toBe(0);
    await strict.close();
  });

  it("closes though the database does not answer, and the rest is written at the next start", async () => {
    const own = connect(db.url, { max: 1 });
    const held = new PostgresProjection(own);
    await held.open(runRow("a"));
    await db.sql.begin(async (tx) => {
      await tx`select 1 from runs for update`; // nobody can write the run while this lasts
      held.offer("a", signals(1, 5));
      await held.close();
      expect(held.backlog).toBe(5);
      await own.end({ timeout: 0 });
    });
    const next = new PostgresProjection(db.sql);
    expect(await next.open(runRow("a"))).toBe(0);
    next.offer("a", signals(1, 5));
    await next.flush();
    expect((await db.sql`select count(*)::int as n from signals`)[0]?.n).toBe(5);
    await next.close();
  });
});
