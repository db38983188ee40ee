import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Sql } from "./client.ts";

interface Migration {
  readonly version: number;
  readonly name: string;
  readonly text: string;
  readonly checksum: string;
}

/** The schema and the migration files do not fit together. */
export class MigrationRefused extends Error {
  constructor(message: string) {
    super(message);
    this.name = "MigrationRefused";
  }
}

export interface Migrated {
  /** Names of the files applied now, in order. */
  readonly applied: readonly string[];
  /** The newest version the database has. */
  readonly version: number;
}

/** Two processes migrating one database wait for each other on this number. */
const LOCK = 7_427_335;
const FILE = /^(\d{4})_[a-z0-9_]+\.sql$/;

/** The numbered files of a folder. @throws MigrationRefused on a name or a number out of line. */
const readMigrations = (dir: string): readonly Migration[] =>
  readdirSync(dir)
    .filter((name) => name.endsWith(".sql"))
    .sort()
    .map((name, index) => {
      const version = Number(FILE.exec(name)?.[1] ?? Number.NaN);
      if (Number.isNaN(version))
        throw new MigrationRefused(`${name}: a migration is named like 0004_add_fills.sql (four digits, lower case)`);
      if (version !== index + 1)
        throw new MigrationRefused(`${name}: expected number ${String(index + 1).padStart(4, "0")}; numbers have no gaps`);
      const text = readFileSync(join(dir, name), "utf8").replaceAll("\r\n", "\n");
      return { version, name, text, checksum: createHash("sha256").update(text).digest("hex") };
    });

const compare = (files: readonly Migration[], done: readonly { version: number; name: string; checksum: string }[]): void => {
  for (const row of done) {
    const file = files[row.version - 1];
    if (!file)
      throw new MigrationRefused(
        `the database is at version ${row.version} (${row.name}) and this program knows ${files.length}: use the newer program`,
      );
    if (file.checksum !== row.checksum)
      throw new MigrationRefused(
        `${file.name} was edited after it was applied here (as ${row.name}): restore it and put the change into a new migration`,
      );
  }
};

const TABLE = `create table if not exists schema_migrations (
  version integer primary key, name text not null, checksum text not null, applied_at timestamptz not null default now())`;

/** Applies the first file that was not applied yet, under the lock; its name, or null when there is none. */
const applyNext = (sql: Sql, files: readonly Migration[]): Promise<string | null> =>
  sql.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(${LOCK})`;
    await tx.unsafe(TABLE);
    const done = await tx<{ version: number; name: string; checksum: string }[]>`
      select version, name, checksum from schema_migrations order by version`;
    compare(files, done);
    const file = files[done.length];
    if (!file) return null;
    try {
      await tx.unsafe(file.text);
    } catch (error) {
      throw new Error(`migration ${file.name} failed: ${error instanceof Error ? error.message : String(error)}`, {
        cause: error,
      });
    }
    await tx`insert into schema_migrations (version, name, checksum) values (${file.version}, ${file.name}, ${file.checksum})`;
    return file.name;
  }) as Promise<string | null>;

/**
 * Brings the schema up to date: each file in a transaction of its own, under a lock. Nothing to do is no change.
 * @throws MigrationRefused when an applied file was edited, or the database is newer than the files.
 */
export const migrate = async (sql: Sql, dir: string): Promise<Migrated> => {
  const files = readMigrations(dir);
  const applied: string[] = [];
  for (let name = await applyNext(sql, files); name !== null; name = await applyNext(sql, files)) applied.push(name);
  return { applied, version: files.length };
};
