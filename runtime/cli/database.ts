import { connect, isPassing, type Sql, sqlState } from "../adapters/postgres/client.ts";
import { startEmbedded } from "../adapters/postgres/embedded.ts";
import { lockDataDir } from "../adapters/system/lock.ts";
import { environment, loadConfig } from "../config.ts";
import { RunFailed } from "../failures.ts";

export interface Database {
  readonly sql: Sql;
  /** For people: "host:port/name" or the folder. Never the password. */
  readonly where: string;
}

const explained = (error: unknown, where: string): unknown => {
  if (isPassing(error))
    return new RunFailed(`cannot reach the database at ${where} (${sqlState(error)}); is DATABASE_URL right?`);
  if (sqlState(error) === "42P01")
    return new RunFailed(`the database at ${where} has no tables yet: run \`npx tapedeck migrate\` first`);
  return error;
};

const used = async <T>(url: string, where: string, use: (db: Database) => Promise<T>): Promise<T> => {
  const sql = connect(url, { max: 2 });
  try {
    return await use({ sql, where });
  } catch (error) {
    throw explained(error, where);
  } finally {
    await sql.end({ timeout: 2 });
  }
};

/**
 * The database of DATABASE_URL, or the embedded one of the data directory, which is locked, started and stopped around the use.
 * @throws BadSettings, DataDirUnusable when a running Tapedeck has the folder, RunFailed when there is no reaching it.
 */
export const withDatabase = async <T>(dataDir: string | undefined, use: (db: Database) => Promise<T>): Promise<T> => {
  const config = loadConfig({ ...environment(), ...(dataDir === undefined ? {} : { TAPEDECK_DATA_DIR: dataDir }) });
  if (config.databaseUrl !== null && dataDir === undefined) {
    const url = config.databaseUrl.reveal();
    const { host, pathname } = new URL(url);
    return used(url, `${host}${pathname}`, use);
  }
  const lock = lockDataDir(config.dataDir);
  try {
    const embedded = await startEmbedded(config.dataDir);
    try {
      return await used(embedded.url, config.dataDir, use);
    } finally {
      await embedded.stop();
    }
  } finally {
    lock.release();
  }
};
