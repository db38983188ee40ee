import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Say } from "../../actors/ports/telemetry.ts";
import { type Served, type ServeOptions, serveGateway } from "../../gateway/server/serve.ts";
import { wallClock } from "../adapters/system/clock.ts";
import type { Config } from "../config.ts";
import type { Checks } from "../telemetry/checks.ts";
import { VERSION } from "../version.ts";
import type { Playing } from "./playing.ts";
import type { Store } from "./store.ts";

/** The built dashboard; null when it was not built. */
const uiFolder = (): string | null => {
  const built = fileURLToPath(new URL("./ui", import.meta.url));
  return existsSync(join(built, "index.html")) ? built : null;
};

/** What is served, whoever is behind it: a core in this process, or one elsewhere. */
export type Serving = Pick<
  ServeOptions,
  "mode" | "limits" | "strategies" | "history" | "supervisor" | "controls" | "readiness" | "metrics"
> & {
  readonly say: Say;
};

/** A gateway, listening. @throws CannotListen. */
export const serve = (config: Config, { say, ...what }: Serving): Promise<Served> =>
  serveGateway({
    ...what,
    version: VERSION,
    life: String(wallClock.now()),
    port: config.port,
    host: config.host,
    publicOrigin: config.publicOrigin,
    uiFolder: uiFolder(),
    sessionsFile: join(config.dataDir, "sessions.json"),
    onError: (error, path) =>
      say(`${path}: ${error instanceof Error ? error.message : String(error)}`, {
        event: "request.failed",
        level: "error",
        path,
        error,
      }),
  });

/** Whether a core in this process is well, and its tables. */
export const coreChecks = (checks: Checks, playing: Playing, store: Store): void => {
  checks.set("core", () => ({ ok: playing.isPlaying, detail: playing.isPlaying ? "playing" : "reading its tape" }));
  checks.set("database", () => ({ ok: store.trouble() === null, detail: store.trouble() ?? store.name }));
};
