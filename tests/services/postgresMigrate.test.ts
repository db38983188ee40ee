import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { connect, type Sql } from "../../runtime/adapters/postgres/client.ts";
import { dumpSchema } from "../../runtime/adapters/postgres/dump.ts";
import { sqlFolder } from "../../runtime/adapters/postgres/folder.ts";
import { MigrationRefused, migrate } from "../../runtime/adapters/postgres/migrate.ts";
import { seed } from "../../runtime/adapters/postgres/seed.ts";
import { freshDatabase, MIGRATIONS, reachable, SERVER_URL } from "./postgresServer.ts";

const KNOWN = readdirSync(MIGRATIONS).length;
const numbered = (number: number, name: string): string => `${String(number).padStart(4, "0")}_${name}.sql`;
const NEXT = numbered(KNOWN + 1, "more");

const up = await reachable();
describe.skipIf(!up)(`migrations on ${SERVER_URL}${up ? "" : " (not reachable)"}`, () => {
  let database: Awaited<ReturnType<typeof freshDatabase>>;
  let sql: Sql;
  let edited: string;
  beforeEach(async () => {
    database = await freshDatabase(SERVER_URL);
    sql = connect(database.url);
    edited = mkdtempSync(join(tmpdir(), "migrations-"));
    cpSync(MIGRATIONS, edited, { recursive: true });
  });
  afterEach(async () => {
    await sql.end({ timeout: 1 });
    await database.drop();
    rmSync(edited, { recursive: true });
  });

  it("make of an empty database what schema.sql says, and a second time nothing", async () => {
    const first = await migrate(sql, MIGRATIONS);
    expect(first.applied).toHaveLength(first.version);
    const schema = await dumpSchema(sql);
    expect(schema).toBe(readFileSync(join(sqlFolder(), "schema.sql"), "utf8"));
    expect(await migrate(sql, MIGRATIONS)).toEqual({ applied: [], version: first.version });
    expect(await dumpSchema(sql)).toBe(schema);
  });

  it("are applied once by two processes at the same time", async () => {
    const other = connect(database.url);
    const [a, b] = await Promise.all([migrate(sql, MIGRATIONS), migrate(other, MIGRATIONS)]);
    await other.end();
    expect([...a.applied, ...b.applied]).toHaveLength(a.version);
  });

  it("are refused when an applied one was edited, and nothing is applied", async () => {
    await migrate(sql, MIGRATIONS);
    const file = join(edited, "0002_trading.sql");
    writeFileSync(file, `${readFileSync(file, "utf8")}-- a small change\n`);
    writeFileSync(join(edited, NEXT), "create table more (x integer);");
    await expect(migrate(sql, edited)).rejects.toThrow(/0002_trading\.sql was edited/);
    expect(await sql`select to_regclass('more') as made`).toEqual([{ made: null }]);
  });

  it("leave nothing of one that fails, and keep those before it", async () => {
    writeFileSync(join(edited, NEXT), "create table more (x integer); select 1 / 0;");
    await expect(migrate(sql, edited)).rejects.toThrow(`${NEXT} failed: division by zero`);
    expect(await sql`select to_regclass('more') as made, max(version) as version from schema_migrations`).toEqual([
      { made: null, version: KNOWN },
    ]);
    expect((await migrate(sql, MIGRATIONS)).applied).toEqual([]);
  });

  it("refuse a database that is newer than the program", async () => {
    writeFileSync(join(edited, NEXT), "create table more (x integer);");
    await migrate(sql, edited);
    await expect(migrate(sql, MIGRATIONS)).rejects.toThrow(MigrationRefused);
  });

  it("refuse numbers with a gap and names out of form", async () => {
    writeFileSync(join(edited, numbered(KNOWN + 2, "late")), "");
    await expect(migrate(sql, edited)).rejects.toThrow(`expected number ${numbered(KNOWN + 1, "").slice(0, 4)}`);
    rmSync(join(edited, numbered(KNOWN + 2, "late")));
    writeFileSync(join(edited, "8-more.sql"), "");
    await expect(migrate(sql, edited)).rejects.toThrow(/named like/);
  });

  it("seeds add the three strategies once and leave what a person changed", async () => {
    await migrate(sql, MIGRATIONS);
    const seeds = join(sqlFolder(), "seeds");
    expect(await seed(sql, seeds)).toEqual({ "strategies.sql": 3 });
    await sql`update strategies set weight = 2.5, enabled = false where name = 'momentum'`;
    expect(await seed(sql, seeds)).toEqual({ "strategies.sql": 0 });
    expect(await sql`select name, enabled, weight from strategies order by name collate "C"`).toEqual([
      { name: "meanReversion", enabled: true, weight: 1 },
      { name: "momentum", enabled: false, weight: 2.5 },
      { name: "newsDriven", enabled: true, weight: 1 },
    ]);
  });
});
