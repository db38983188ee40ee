import { setTimeout as sleep } from "node:timers/promises";
import { isPassing } from "../adapters/postgres/client.ts";
import { wallClock } from "../adapters/system/clock.ts";
import type { Config } from "../config.ts";
import { RunFailed } from "../failures.ts";

export interface Patience {
  readonly config: Pick<Config, "databaseUrl" | "serverWait">;
  readonly say: (line: string) => void;
  /** Ends the wait early. */
  readonly stopping?: AbortSignal | undefined;
}

const LONGEST_WAIT_MS = 1_000;

/**
 * Asks the database that is set until it answers. The embedded one is asked once.
 * @throws RunFailed naming the setting when the time is over; at once what does not pass by itself (a wrong password).
 */
export const reached = async <T>({ config, say, stopping }: Patience, ask: () => Promise<T>): Promise<T> => {
  const until = wallClock.now() + config.serverWait * 1_000;
  for (let waitMs = 50; ; waitMs = Math.min(LONGEST_WAIT_MS, waitMs * 2)) {
    try {
      return await ask();
    } catch (error) {
      if (config.databaseUrl === null || !isPassing(error)) throw error;
      const trouble = `DATABASE_URL: PostgreSQL does not answer (${error instanceof Error ? error.message : String(error)})`;
      if (wallClock.now() >= until || stopping?.aborted)
        throw new RunFailed(`${trouble}; waited up to ${config.serverWait} s for it`);
      if (waitMs === 50) say(`${trouble}; waiting up to ${config.serverWait} s`);
      await sleep(waitMs, undefined, stopping ? { signal: stopping } : {}).catch(() => undefined);
    }
  }
};
