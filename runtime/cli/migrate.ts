import { join } from "node:path";
import type { Command } from "commander";
import { dumpSchema } from "../adapters/postgres/dump.ts";
import { sqlFolder } from "../adapters/postgres/folder.ts";
import { migrate } from "../adapters/postgres/migrate.ts";
import { withDatabase } from "./database.ts";

interface Options {
  readonly json?: true;
  readonly dataDir?: string;
  readonly printSchema?: true;
}

/** `tapedeck migrate`: brings the schema up to date; again is no change. */
export const migrateCommand = (program: Command): void => {
  program
    .command("migrate")
    .description("brings the database's schema up to date: that of DATABASE_URL, or the embedded one")
    .option("--data-dir <dir>", "the embedded database of this data directory, whatever DATABASE_URL says")
    .option("--print-schema", "print the schema the database then has")
    .option("--json", "print the result as one JSON object")
    .addHelpText("after", "\nExample:\n  DATABASE_URL=postgres://me@localhost/tapedeck npx tapedeck migrate")
    .action(async ({ json, dataDir, printSchema }: Options) => {
      await withDatabase(dataDir, async ({ sql, where }) => {
        const { applied, version } = await migrate(sql, join(sqlFolder(), "migrations"));
        if (printSchema) process.stdout.write(await dumpSchema(sql));
        else if (json) process.stdout.write(`${JSON.stringify({ database: where, version, applied })}\n`);
        else {
          const done = applied.length === 0 ? "nothing to do" : `applied ${applied.join(", ")}`;
          process.stdout.write(`${where}: ${done}; the schema is at version ${version}\n`);
        }
      });
    });
};
