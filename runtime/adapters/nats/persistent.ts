import { JetStreamApiError } from "@nats-io/jetstream";
import { errors } from "@nats-io/transport-node";
import { backoffMs } from "../../mechanisms/backoff.ts";

const RETRIES = { firstMs: 50, longestMs: 1_000 } as const;

/** Another try may be answered: the server is starting, or the connection to it is. Anything else is an answer, or a fault of ours. */
export const isTemporary = (error: unknown): boolean =>
  error instanceof errors.TimeoutError ||
  error instanceof errors.RequestError ||
  error instanceof errors.ConnectionError ||
  (error instanceof JetStreamApiError && error.status >= 500) ||
  (error instanceof Error && error.cause !== undefined && isTemporary(error.cause));

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Does again what the server did not answer, for `ms`. For what may be done twice.
 * @throws the last error
 */
export const persistently = async <T>(ms: number, attempt: () => Promise<T>): Promise<T> => {
  const until = performance.now() + ms;
  for (let tries = 0; ; tries++) {
    const waitMs = backoffMs(RETRIES, tries);
    try {
      return await attempt();
    } catch (error) {
      if (!isTemporary(error) || performance.now() + waitMs > until) throw error;
    }
    await pause(waitMs);
  }
};
