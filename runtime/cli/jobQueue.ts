import { setTimeout as delay } from "node:timers/promises";
import type { Jobs } from "../../actors/ports/jobs.ts";
import { BACKTESTS } from "../backtests/job.ts";
import { resultOf } from "../backtests/results.ts";
import { CloseStack } from "../closeStack.ts";
import { type Config, environment, loadConfig } from "../config.ts";
import { BadInput, RunFailed } from "../failures.ts";
import { openWire, type Wire } from "../live/wire/openWire.ts";
import { Checks } from "../telemetry/checks.ts";

/** Where jobs wait and results are. */
export interface JobQueue extends Pick<Wire, "streams" | "leases"> {
  readonly jobs: Jobs;
}

/** A command is not a system: somebody waits for its answer, s. */
const MOST_SERVER_WAIT = 5;
const LOOK_EVERY_MS = 200;
/** Looks for a result before the dead are asked too. */
const LOOKS = 5;

const settings = (): Config => {
  const config = loadConfig(environment());
  const missing = [
    ...(config.natsUrl === null ? ["NATS_URL: jobs wait there, it is needed"] : []),
    ...(config.redisUrl === null ? ["REDIS_URL: results are kept there, it is needed"] : []),
  ];
  if (missing.length > 0) throw new BadInput(`bad settings: ${missing.join("; ")}`);
  return { ...config, serverWait: Math.min(config.serverWait, MOST_SERVER_WAIT) };
};

/** Connects around the use. @throws BadInput when a server is not set, RunFailed when one does not answer within 5 s. */
export const withJobQueue = async (use: (queue: JobQueue) => Promise<void>): Promise<void> => {
  const config = settings();
  const opened = new CloseStack();
  let connected = false;
  try {
    const { streams, leases, jobs } = await openWire(
      {
        config,
        // Until then what cannot be reached is told once, by what is thrown.
        say: (line) => connected && process.stderr.write(`tapedeck: ${line}\n`),
        delay: async (ms) => delay(ms),
        checks: new Checks(),
        stopping: new AbortController().signal,
      },
      opened,
    );
    if (jobs === null) throw new BadInput("bad settings: NATS_URL: jobs wait there, it is needed");
    connected = true;
    await use({ streams, leases, jobs });
  } finally {
    connected = false;
    await opened.closeAll();
  }
};

/** The result of a job in JSON, once it is there. @throws RunFailed when it is given up. */
export const waitedFor = async ({ streams, jobs }: JobQueue, id: string): Promise<string> => {
  for (let look = 1; ; look++) {
    const result = await resultOf(streams, id);
    if (result !== null) return result;
    const dead = look % LOOKS === 0 ? (await jobs.dead(BACKTESTS, 1_000)).find((one) => one.id === id) : undefined;
    if (dead) throw new RunFailed(`job ${id} was given up: ${dead.reason}`);
    await delay(LOOK_EVERY_MS);
  }
};
