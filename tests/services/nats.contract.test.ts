import { describe, expect, vi } from "vitest";
import { NatsFanout } from "../../runtime/adapters/nats/fanout.ts";
import { NatsJobs } from "../../runtime/adapters/nats/jobs.ts";
import { NatsLeases } from "../../runtime/adapters/nats/leases.ts";
import { machineTiming } from "../../runtime/adapters/system/timing.ts";
import { fanoutContract } from "../contract/fanout.contract.ts";
import { jobsContract } from "../contract/jobs.contract.ts";
import { leasesContract } from "../contract/leases.contract.ts";
import { StoppableTiming } from "../support/manualTiming.ts";
import { freshNamespace, link, removeNamespace, SERVER_URL, unreachable } from "./natsServer.ts";

/** A namespace, and what is opened in it, each over a connection of its own. */
const place = () => {
  const namespace = freshNamespace();
  const opened: { close(): Promise<void> }[] = [];
  return {
    namespace,
    open: async <T extends { close(): Promise<void> }>(make: (line: Awaited<ReturnType<typeof link>>) => T | Promise<T>) => {
      const line = await link();
      const made = await make(line);
      opened.push(made, line);
      return made;
    },
    dispose: async () => {
      for (const one of opened) await one.close();
      const line = await link();
      await removeNamespace(namespace, line);
      await line.close();
    },
  };
};

const until = async <T>(probe: () => Promise<T | null | undefined | false>): Promise<T> => {
  let found: T | null | undefined | false;
  await expect
    .poll(
      async () => {
        found = await probe();
        return Boolean(found);
      },
      { timeout: 30_000, interval: 50 },
    )
    .toBe(true);
  return found as T;
};
/** The server's clock is the real one: it has to go by. */
const pass = async (ms: number): Promise<void> => {
  const from = performance.now();
  await vi.waitUntil(() => performance.now() - from >= ms, { timeout: ms + 5_000, interval: 10 });
};

const why = await unreachable();
describe.skipIf(why !== "")(`a real server at ${SERVER_URL}${why && ` (${why})`}`, () => {
  fanoutContract("nats", async () => {
    const { namespace, open, dispose } = place();
    const errors: unknown[] = [];
    const onError = (error: unknown) => errors.push(error);
    return { errors, open: () => open((line) => new NatsFanout({ link: line, namespace, onError })), dispose };
  });

  jobsContract("nats", async () => {
    const { namespace, open, dispose } = place();
    const options = { namespace, ackWaitMs: 1_000, maxDeliveries: 3 };
    return { open: () => open((line) => NatsJobs.open({ ...options, link: line })), until, pass, dispose };
  });

  leasesContract("nats", async () => {
    const { namespace, open, dispose } = place();
    return {
      open: async () => {
        const timing = new StoppableTiming(machineTiming);
        const leases = await open((line) => NatsLeases.open({ link: line, namespace, timing, ttlMs: 2_000 }));
        return { leases, stop: () => timing.stop(), goOn: () => timing.goOn() };
      },
      until,
      pass,
      dispose,
    };
  });
});
