import { join } from "node:path";
import { connect, type Sql } from "../../runtime/adapters/postgres/client.ts";
import { sqlFolder } from "../../runtime/adapters/postgres/folder.ts";
import { PostgresHistory } from "../../runtime/adapters/postgres/history.ts";
import { migrate } from "../../runtime/adapters/postgres/migrate.ts";
import { PostgresProjection, type ProjectionOptions } from "../../runtime/adapters/postgres/projection.ts";
import type { StoreUnderTest } from "../contract/store.contract.ts";

/** A server the tests may make databases on. */
export const SERVER_URL = process.env.TAPEDECK_TEST_DATABASE_URL ?? "postgres://root@127.0.0.1:5432/test";
export const MIGRATIONS = join(sqlFolder(), "migrations");

export const reachable = async (): Promise<boolean> => {
  const sql = connect(SERVER_URL, { max: 1 });
  try {
    await sql`select 1`;
    return true;
  } catch {
    return false;
  } finally {
    await sql.end({ timeout: 1 });
  }
};

const onServer = async (server: string, statement: string): Promise<void> => {
  const sql = connect(server, { max: 1 });
  await sql.unsafe(statement);
  await sql.end();
};

let made = 0;
/** A database of its own, empty or a copy of `template`, removed by `drop`. */
export const freshDatabase = async (server: string, template = "template0"): Promise<{ url: string; drop(): Promise<void> }> => {
  made += 1;
  const name = `tapedeck_test_${process.pid}_${made}`;
  await onServer(server, `create database ${name} template ${template}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => onServer(server, `drop database ${name} with (force)`) };
};

const templates = new Map<string, Promise<{ url: string; drop(): Promise<void> }>>();
/** Migrated once a server, copied for each test. */
const migratedTemplate = (server: string) => {
  const known = templates.get(server);
  if (known) return known;
  const template = freshDatabase(server).then(async (database) => {
    const sql = connect(database.url, { max: 1 });
    await migrate(sql, MIGRATIONS);
    await sql.end();
    return database;
  });
  templates.set(server, template);
  return template;
};
/** To be called when a file's tests are done. */
export const dropTemplates = async (): Promise<void> => {
  for (const template of templates.values()) await (await template).drop();
  templates.clear();
};

export interface TestDatabase {
  readonly url: string;
  readonly sql: Sql;
  dispose(): Promise<void>;
}
export const migratedDatabase = async (server: string = SERVER_URL): Promise<TestDatabase> => {
  const template = await migratedTemplate(server);
  const database = await freshDatabase(server, new URL(template.url).pathname.slice(1));
  const sql = connect(database.url);
  return {
    url: database.url,
    sql,
    dispose: async () => {
      await sql.end({ timeout: 1 });
      await database.drop();
    },
  };
};

export const storeOn = async (server: string, options: ProjectionOptions = { batch: 7 }): Promise<StoreUnderTest> => {
  const database = await migratedDatabase(server);
  return {
    open: async () => {
      const sql = connect(database.url);
      const projection = new PostgresProjection(sql, options);
      return {
        projection,
        history: new PostgresHistory(sql),
        close: async () => {
          await projection.close();
          await sql.end({ timeout: 1 });
        },
      };
    },
    dispose: database.dispose,
  };
};
