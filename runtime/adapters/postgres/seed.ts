import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Sql } from "./client.ts";

/** Runs every file of a folder in one transaction; each inserts what is not there and changes nothing that is. Rows added, by file. */
export const seed = (sql: Sql, dir: string): Promise<Readonly<Record<string, number>>> =>
  sql.begin(async (tx) => {
    const added: Record<string, number> = {};
    for (const name of readdirSync(dir)
      .filter((file) => file.endsWith(".sql"))
      .sort())
      added[name] = (await tx.unsafe(readFileSync(join(dir, name), "utf8"))).count;
    return added;
  }) as Promise<Readonly<Record<string, number>>>;
