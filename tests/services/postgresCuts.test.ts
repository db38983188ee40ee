import { setImmediate as turn } from "node:timers/promises";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { connect, isPassing, type Sql, within } from "../../runtime/adapters/postgres/client.ts";
import { PostgresHistory } from "../../runtime/adapters/postgres/history.ts";
import { PostgresProjection, type Trouble } from "../../runtime/adapters/postgres/projection.ts";
import { createRng } from "../../runtime/kernel/rng.ts";
import { runRow } from "../contract/store.contract.ts";
import { signals } from "../contract/storeEvents.ts";
import { type TcpProxy, tcpProxy } from "../support/tcpProxy.ts";
import { dropTemplates, migratedDatabase, reachable, SERVER_URL, type TestDatabase } from "./postgresServer.ts";

const up = await reachable();
const COUNT = 3_000;
const CUTS = 25;
const allPassing = (ends: readonly PromiseSettledResult<unknown>[]): void => {
  for (const end of ends) if (end.status === "rejected") expect(isPassing(end.reason), String(end.reason)).toBe(true);
};

describe.skipIf(!up)(`connections of ${SERVER_URL} that are cut or stand still${up ? "" : " (not reachable)"}`, () => {
  afterAll(dropTemplates);
  let db: TestDatabase;
  let proxy: TcpProxy;
  let clients: Sql[];
  beforeEach(async () => {
    db = await migratedDatabase();
    proxy = await tcpProxy(Number(new URL(db.url).port) || 5432);
    clients = [];
  });
  afterEach(async () => {
    for (const sql of clients) await sql.end({ timeout: 0.1 });
    await proxy.close();
    await db.dispose();
  });
  const throughProxy = (max: number): Sql => {
    const url = new URL(db.url);
    url.hostname = "127.0.0.1";
    url.port = String(proxy.port);
    url.searchParams.set("application_name", "cut");
    const sql = connect(url.href, { max });
    clients.push(sql);
    return sql;
  };
  const written = async () => (await db.sql<{ seq: number }[]>`select projected_seq as seq from runs`)[0]?.seq ?? 0;
  const eachOnce = async () => {
    const [row] = await db.sql`select count(*)::int as n, count(distinct seq)::int as seqs, max(seq)::int as last from signals`;
    expect(row).toEqual({ n: COUNT, seqs: COUNT, last: COUNT });
    expect((await db.sql`select count(*)::int as n from events`)[0]?.n).toBe(COUNT);
  };

  const cuts: Readonly<Record<string, () => unknown>> = {
    "by the server": () => db.sql`
      select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'cut'`,
    "on the way": () => proxy.cutAll(),
  };
  for (const max of [1, 4])
    for (const [where, cut] of Object.entries(cuts))
      it(`of a client of ${max}, ${where}, ${CUTS} times at any point: each entry once, no question left open`, async () => {
        const random = createRng(max, where);
        const troubles: Trouble[] = [];
        const sql = throughProxy(max);
        const history = new PostgresHistory(sql);
        const projection = new PostgresProjection(sql, { batch: 50, onTrouble: (t) => troubles.push(t) });
        await projection.open(runRow("a"));
        projection.offer("a", signals(1, COUNT));
        const asked: Promise<unknown>[] = [];
        for (let done = 0, last = 0; done < CUTS && last < COUNT; done += 1) {
          asked.push(Promise.allSettled([history.list("signals", { limit: 5 }), history.event("a", 1)]).then(allPassing));
          await expect.poll(written, { interval: 1, timeout: 20_000 }).toBeGreaterThan(last);
          last = await written();
          for (let turns = random.next() * 12; turns > 0; turns -= 1) await turn();
          await cut();
        }
        await projection.flush();
        await Promise.all(asked);
        expect(troubles.length).toBeGreaterThan(0);
        expect(new Set(troubles.map((t) => t.state))).toEqual(new Set(["retrying"]));
        expect(projection.status).toEqual({ state: "idle", error: null });
        await eachOnce();
        await projection.close();
      });

  it("while nothing runs: the next question is answered on a connection made afresh", async () => {
    const sql = throughProxy(1);
    const [before] = await sql`select pg_backend_pid() as pid`;
    proxy.cutAll();
    await expect.poll(() => sql`select pg_backend_pid() as pid`.then(([row]) => row?.pid)).not.toBe(before?.pid);
    expect(proxy.taken).toBe(2);
  });

  it("fails every question that waits for the lost connection, and what the transaction goes on to ask", async () => {
    const sql = throughProxy(1);
    const late: unknown[] = [];
    const transaction = sql.begin(async (tx) => {
      await tx`select 1`;
      proxy.cutAll();
      for (let i = 0; i < 3; i += 1) late.push(await tx`select pg_sleep(0.1)`.catch((error: unknown) => error));
    });
    const waiting = Array.from({ length: 5 }, () => sql`select 1`);
    const ends = await Promise.allSettled([transaction, ...waiting]);
    expect(ends.map((end) => end.status)).toEqual(ends.map(() => "rejected"));
    allPassing(ends);
    expect(late.map(isPassing)).toEqual([true, true, true]);
    expect(await sql`select 1 as one`).toEqual([{ one: 1 }]);
  });

  it("and closed as soon as they are made: an error, not an endless wait", async () => {
    proxy.refuse(true);
    const sql = throughProxy(2);
    await expect(sql`select 1`).rejects.toSatisfy(isPassing);
    proxy.refuse(false);
    expect(await sql`select 1 as one`).toEqual([{ one: 1 }]);
  });

  it("gives a batch that stands still up, and writes it again when the line is back", async () => {
    const troubles: Trouble[] = [];
    const projection = new PostgresProjection(throughProxy(1), { batch: 50, limitMs: 1_000, onTrouble: (t) => troubles.push(t) });
    await projection.open(runRow("a"));
    projection.offer("a", signals(1, COUNT));
    await expect.poll(written, { interval: 1 }).toBeGreaterThan(0);
    proxy.stall(true);
    await expect.poll(() => troubles.length, { timeout: 20_000 }).toBeGreaterThan(1);
    proxy.stall(false);
    await projection.flush();
    expect(String(troubles[0]?.error)).toContain("did not answer within 1 s");
    await eachOnce();
    await projection.close();
  });

  it("writes over a slow line, too", async () => {
    proxy.delay(3);
    const projection = new PostgresProjection(throughProxy(1), { batch: 500 });
    await projection.open(runRow("a"));
    projection.offer("a", signals(1, COUNT));
    await projection.flush();
    await eachOnce();
    await projection.close();
  });

  it("ends though nothing answers: what runs is rejected, and what comes later", async () => {
    const sql = throughProxy(2);
    await Promise.all([sql`select 1`, sql`select 2`]);
    proxy.stall(true);
    const asked = Promise.allSettled(Array.from({ length: 6 }, () => sql`select 1`));
    await sql.end({ timeout: 0.1 });
    expect((await asked).map((answer) => answer.status)).toEqual(Array.from({ length: 6 }, () => "rejected"));
    await expect(sql`select 1`).rejects.toSatisfy(isPassing);
    await sql.end();
  });

  it("ends softly: what runs is answered first", async () => {
    const sql = throughProxy(2);
    const slow = sql`select pg_sleep(0.2), 1 as one`.execute();
    await sql`select 1`;
    await Promise.all([expect(slow).resolves.toMatchObject([{ one: 1 }]), sql.end()]);
  });

  it("bounds any work, and leaves work that is in time alone", async () => {
    const sql = throughProxy(1);
    expect(await within(sql, 5_000, async (now) => (await now`select 1 as one`)[0]?.one)).toBe(1);
    await expect(within(sql, 100, (now) => now`select pg_sleep(60)`)).rejects.toMatchObject({ code: "CONNECTION_STALLED" });
    expect(await sql`select 1 as one`).toEqual([{ one: 1 }]);
  });
});
