import { setTimeout as sleep } from "node:timers/promises";
import { isPassing } from "../adapters/postgres/client.ts";
import { wallClock } from "../adapters/system/clock.ts";
import type { Config } from "../config.ts";
import { RunFailed } from "../failures.ts";
import { backoffMs } from "../mechanisms/backoff.ts";

export interface DatabaseWait {
  readonly config: Pick<Config, "databaseUrl" | "serverWait">;
  readonly say: (line: string) => void;
  /** Ends the wait early. */
  readonly stopping?: AbortSignal | undefined;
}

const RETRIES = { firstMs: 50, longestMs: 1_000 } as const;

/**
 * Asks the database that is set until it answers. The embedded one is asked once.
 * @throws RunFailed naming the setting when the time is over; at once what does not pass by itself (a wrong password).
 */
export const awaitDatabase = async <T>({ config, say, stopping }: DatabaseWait, ask: () => Promise<T>): Promise<T> => {
  const until = wallClock.now() + config.serverWait * 1_000;
  for (let tries = 0; ; tries++) {
    try {
      return await ask();
    } catch (error) {
      if (config.databaseUrl === null || !isPassing(error)) throw error;
      const trouble = `DATABASE_URL: PostgreSQL does not answer (${error instanceof Error ? error.message : String(error)})`;
      if (wallClock.now() >= until || stopping?.aborted)
        throw new RunFailed(`${trouble}; waited up to ${config.serverWait} s for it`);
      if (tries === 0) say(`${trouble}; waiting up to ${config.serverWait} s`);
      await sleep(backoffMs(RETRIES, tries), undefined, stopping ? { signal: stopping } : {}).catch(() => undefined);
    }
  }
};
