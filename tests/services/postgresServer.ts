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

let made = 0;
/** An empty database of its own, dropped by `drop`. */
export const freshDatabase = async (server: string): Promise<{ url: string; drop(): Promise<void> }> => {
  made += 1;
  const name = `tapedeck_test_${process.pid}_${made}`;
  const admin = async (statement: string) => {
    const sql = connect(server, { max: 1 });
    await sql.unsafe(statement);
    await sql.end();
  };
  await admin(`create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => admin(`drop database ${name} with (force)`) };
};

export interface TestDatabase {
  readonly url: string;
  readonly sql: Sql;
  dispose(): Promise<void>;
}
export const migratedDatabase = async (server: string = SERVER_URL): Promise<TestDatabase> => {
  const database = await freshDatabase(server);
  const sql = connect(database.url);
  await migrate(sql, MIGRATIONS);
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
