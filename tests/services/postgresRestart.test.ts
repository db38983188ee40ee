import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { awaitServer, connect, type Sql } from "../../runtime/adapters/postgres/client.ts";
import { type Embedded, startEmbedded } from "../../runtime/adapters/postgres/embedded.ts";
import { migrate } from "../../runtime/adapters/postgres/migrate.ts";
import { isAlive, readPostmaster } from "../../runtime/adapters/postgres/postmaster.ts";
import { PostgresProjection, type Trouble } from "../../runtime/adapters/postgres/projection.ts";
import { runRow } from "../contract/store.contract.ts";
import { signals } from "../contract/storeEvents.ts";
import { type TcpProxy, tcpProxy } from "../support/tcpProxy.ts";
import { MIGRATIONS } from "./postgresServer.ts";

const COUNT = 4_000;
const TAPE = signals(1, COUNT);
const portOf = (url: string): number => Number(new URL(url).port);

/** A server of our own, behind a proxy that keeps one port for it: after a restart it is on another. */
describe("a server that goes and comes back", () => {
  let folder: string;
  let server: Embedded;
  let proxy: TcpProxy;
  let sql: Sql;
  const start = async () => {
    server = await startEmbedded(join(folder, "data"));
    proxy.target(portOf(server.url));
  };
  const pid = () => readPostmaster(join(folder, "data", "postgres", "cluster"))?.pid ?? 0;
  const throughProxy = (max: number): Sql => {
    const url = new URL(server.url);
    url.port = String(proxy.port);
    return connect(url.href, { max });
  };
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "restart-"));
    chmodSync(folder, 0o755); // as root the server runs as another user
    proxy = await tcpProxy(0);
    await start();
    sql = throughProxy(4);
    await migrate(sql, MIGRATIONS);
  });
  afterEach(async () => {
    await sql.end({ timeout: 0.5 });
    await proxy.close();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const stopped = async (pid: number) => expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false);
  const written = async () => (await sql<{ seq: number }[]>`select projected_seq as seq from runs`)[0]?.seq ?? 0;

  const ends: Readonly<Record<string, () => Promise<unknown>>> = {
    "is restarted": () => server.stop(),
    "is killed": () => {
      const victim = pid();
      process.kill(victim, "SIGKILL");
      return stopped(victim);
    },
  };
  for (const [how, end] of Object.entries(ends))
    it(`${how} three times in mid-stream: nothing is lost, each entry once`, async () => {
      const troubles: Trouble[] = [];
      const projection = new PostgresProjection(sql, {
        batch: 20,
        replay: (_run, after) => [TAPE.slice(after)],
        onTrouble: (t) => troubles.push(t),
      });
      await projection.open(runRow("a"));
      projection.offer("a", TAPE);
      for (const part of [1, 2, 3]) {
        await expect.poll(written, { interval: 1, timeout: 20_000 }).toBeGreaterThan((part * COUNT) / 8);
        await end();
        await start();
      }
      await projection.flush();
      expect(troubles.map((t) => t.state)).toContain("retrying");
      expect(troubles.map((t) => t.state)).not.toContain("refused");
      const [row] = await sql`select count(*)::int as n, count(distinct seq)::int as seqs, max(seq)::int as last from signals`;
      expect(row).toEqual({ n: COUNT, seqs: COUNT, last: COUNT });
      expect(await sql`select count(*)::int as events, (select projected_seq from runs) as seq from events`).toEqual([
        { events: COUNT, seq: COUNT },
      ]);
      await projection.close();
    });

  it("stands still in mid-stream and wakes up: each entry once", async () => {
    const troubles: Trouble[] = [];
    const projection = new PostgresProjection(sql, { batch: 20, limitMs: 2_000, onTrouble: (t) => troubles.push(t) });
    await projection.open(runRow("a"));
    projection.offer("a", TAPE);
    await expect.poll(written, { interval: 1 }).toBeGreaterThan(0);
    const pids = await sql<{ pid: number }[]>`select pid from pg_stat_activity where backend_type = 'client backend'`;
    for (const { pid } of pids) process.kill(pid, "SIGSTOP");
    await expect.poll(() => troubles.length, { timeout: 20_000 }).toBeGreaterThan(0);
    for (const { pid } of pids) process.kill(pid, "SIGCONT");
    await projection.flush();
    expect(await sql`select count(*)::int as n, count(distinct seq)::int as seqs from signals`).toEqual([
      { n: COUNT, seqs: COUNT },
    ]);
    await projection.close();
  });

  it("is waited for when it is absent at first", async () => {
    await server.stop();
    const waits: number[] = [];
    let starting: Promise<void> | null = null;
    const late = throughProxy(1);
    await awaitServer(late, {
      forMs: 60_000,
      onWait: ({ retryInMs }) => {
        waits.push(retryInMs);
        if (waits.length === 2) starting = start();
      },
    });
    await starting;
    expect(await late`select 1 as one`).toEqual([{ one: 1 }]);
    expect(waits.slice(0, 2)).toEqual([100, 200]);
    await late.end();
  });

  it("is given up with one line that names it, and no password", async () => {
    await server.stop();
    const late = connect("postgres://someone:sesame@127.0.0.1:1/nowhere", { max: 1 });
    const failure = await awaitServer(late, { forMs: 250 }).catch((error: unknown) => error);
    expect(String(failure)).toMatch(/^Error: the database at 127\.0\.0\.1:1 did not answer within 0\.25 s: connect ECONNREFUSED/);
    expect(String(failure)).not.toContain("sesame");
    await late.end();
  });

  it("is not asked again when it refuses us for good", async () => {
    const url = new URL(server.url);
    url.password = "wrong";
    const refused = connect(url.href, { max: 1 });
    const waits: unknown[] = [];
    await expect(awaitServer(refused, { forMs: 60_000, onWait: (wait) => waits.push(wait) })).rejects.toMatchObject({
      code: "28P01",
    });
    expect(waits).toEqual([]);
    await refused.end();
  });
});
