import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The package's `sql` folder, whether this code runs from its sources or from `dist`. @throws when the package is incomplete. */
export const sqlFolder = (from: string = fileURLToPath(import.meta.url)): string => {
  for (let dir = dirname(from); ; dir = dirname(dir)) {
    const sql = join(dir, "sql");
    if (existsSync(join(sql, "migrations"))) return sql;
    if (dir === dirname(dir)) throw new Error(`no sql/migrations in any folder above ${from}: the installation is incomplete`);
  }
};
