import { JetStreamApiError, JetStreamError } from "@nats-io/jetstream";
import { errors } from "@nats-io/transport-node";

/** An answer of the server that another try would not change: full, too large, refused by revision. Not its own troubles. */
const isFinal = (error: unknown): boolean =>
  error instanceof errors.ClosedConnectionError ||
  error instanceof errors.DrainingConnectionError ||
  (error instanceof JetStreamApiError ? error.status < 500 : error instanceof JetStreamError && !isUnavailable(error));
const isUnavailable = (error: Error): boolean => error.name === "JetStreamNotEnabled";

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Does again what the server did not answer, for `ms`: it is restarting, or the connection is. For what may be done twice.
 * @throws the last error
 */
export const persistently = async <T>(ms: number, attempt: () => Promise<T>): Promise<T> => {
  const until = performance.now() + ms;
  for (let waitMs = 50; ; waitMs = Math.min(1_000, waitMs * 2)) {
    try {
      return await attempt();
    } catch (error) {
      if (isFinal(error) || performance.now() + waitMs > until) throw error;
    }
    await pause(waitMs);
  }
};
