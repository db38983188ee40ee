import { join } from "node:path";
import type { Command } from "commander";
import { sqlFolder } from "../adapters/postgres/folder.ts";
import { seed } from "../adapters/postgres/seed.ts";
import { withDatabase } from "./database.ts";

/** `tapedeck seed`: adds the default strategies that are missing; what is there stays as it is. */
export const seedCommand = (program: Command): void => {
  program
    .command("seed")
    .description("adds the default strategies and weights to the database; what is there stays as it is")
    .option("--data-dir <dir>", "the embedded database of this data directory, whatever DATABASE_URL says")
    .option("--json", "print the result as one JSON object")
    .addHelpText("after", "\nExample:\n  npx tapedeck migrate && npx tapedeck seed")
    .action(async ({ json, dataDir }: { readonly json?: true; readonly dataDir?: string }) => {
      await withDatabase(dataDir, async ({ sql, where }) => {
        const added = await seed(sql, join(sqlFolder(), "seeds"));
        if (json) process.stdout.write(`${JSON.stringify({ database: where, added })}\n`);
        else {
          const rows = Object.values(added).reduce((sum, count) => sum + count, 0);
          process.stdout.write(`${where}: ${rows === 0 ? "nothing to add" : `${rows} rows added`}\n`);
        }
      });
    });
};
