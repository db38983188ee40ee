import { join } from "node:path";
import type { Say } from "../../actors/ports/telemetry.ts";
import type { TapeEvent } from "../../streams/domain/event.ts";
import { MemoryStore } from "../adapters/memory/history.ts";
import { awaitServer, connect, type Sql } from "../adapters/postgres/client.ts";
import { startEmbedded } from "../adapters/postgres/embedded.ts";
import { sqlFolder } from "../adapters/postgres/folder.ts";
import { PostgresHistory } from "../adapters/postgres/history.ts";
import { migrate } from "../adapters/postgres/migrate.ts";
import { PostgresProjection } from "../adapters/postgres/projection.ts";
import { seed } from "../adapters/postgres/seed.ts";
import { openTape } from "../adapters/tape/reader.ts";
import type { Config } from "../config.ts";
import { awaitDatabase } from "./awaitDatabase.ts";
import type { Store } from "./store.ts";

/** Lists kept in memory, gone with the process. The tape is still on disk. */
const memoryStore = (): Store => {
  const store = new MemoryStore();
  return { projection: store, history: store, name: "memory", trouble: () => null, close: () => store.close() };
};

/** A run's entries after a seq, from its tape, as far as it is on disk. */
function* replay(tapeOf: (run: string) => string, run: string, after: number): Iterable<readonly TapeEvent[]> {
  const reader = openTape(tapeOf(run));
  try {
    for (let batch = reader.next(); batch !== null; batch = reader.next()) {
      const rest = batch.filter((e) => e.seq > after);
      if (rest.length > 0) yield rest;
    }
  } finally {
    reader.close();
  }
}

/** A database that is not up yet is waited for, as long as the settings say. @throws with one line that names it. */
const awaited = async (sql: Sql, config: Config, say: Say): Promise<void> => {
  let told = false;
  await awaitServer(sql, {
    forMs: config.serverWait * 1_000,
    onWait: ({ error }) => {
      const why = error instanceof Error ? error.message : String(error);
      if (!told) say(`DATABASE_URL: PostgreSQL does not answer (${why}); waiting up to ${config.serverWait} s`);
      told = true;
    },
  });
};

/** The lists of a database that others write: for a gateway apart from its core. */
export const openHistory = async (
  config: Config,
  say: Say,
  stopping?: AbortSignal,
): Promise<{
  readonly history: Store["history"];
  check(): Promise<{ readonly name: string; readonly ok: boolean; readonly detail: string }>;
  close(): Promise<void>;
}> => {
  const sql = connect(config.databaseUrl?.reveal() ?? "", { max: 4 });
  try {
    await awaited(sql, config, say);
    await awaitDatabase({ config, say, stopping }, () => migrate(sql, join(sqlFolder(), "migrations")));
  } catch (error) {
    say(`database: ${error instanceof Error ? error.message : String(error)}`, {
      event: "database.failed",
      level: "error",
      error,
    });
    await sql.end({ timeout: 1 });
    throw error;
  }
  return {
    history: new PostgresHistory(sql),
    check: () =>
      sql`select 1`.then(
        () => ({ name: "database", ok: true, detail: "PostgreSQL" }),
        (error: unknown) => ({ name: "database", ok: false, detail: error instanceof Error ? error.message : String(error) }),
      ),
    close: () => sql.end({ timeout: 1 }),
  };
};

/** The database that is set, or one of our own in the data directory; migrated and seeded. */
export const openStore = async (
  config: Config,
  kind: "auto" | "memory",
  tapeOf: (run: string) => string,
  warn: Say,
  stopping?: AbortSignal,
): Promise<Store> => {
  if (kind === "memory") return memoryStore();
  const embedded = config.databaseUrl === null ? await startEmbedded(config.dataDir) : null;
  const url = embedded?.url ?? config.databaseUrl?.reveal() ?? "";
  const sql = connect(url, { max: 4 });
  try {
    await awaited(sql, config, warn);
    await awaitDatabase({ config, say: warn, stopping }, async () => {
      await migrate(sql, join(sqlFolder(), "migrations"));
      await seed(sql, join(sqlFolder(), "seeds"));
    });
    const projection = new PostgresProjection(sql, {
      replay: (run, after) => replay(tapeOf, run, after),
      onTrouble: (t) => {
        if (t.state !== "behind") warn(`database: ${t.state}: ${t.error instanceof Error ? t.error.message : String(t.error)}`);
      },
    });
    return {
      projection,
      history: new PostgresHistory(sql),
      name: embedded ? `embedded PostgreSQL ${embedded.version}` : "PostgreSQL",
      trouble: () =>
        projection.status.state === "retrying" || projection.status.state === "refused" ? projection.status.error : null,
      close: async () => {
        await projection.close();
        await sql.end({ timeout: 1 }); // s; with the store's own two the whole stop stays well under five
        await embedded?.stop();
      },
    };
  } catch (error) {
    await sql.end({ timeout: 1 });
    await embedded?.stop();
    throw error;
  }
};
