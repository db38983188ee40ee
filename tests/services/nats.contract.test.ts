import { describe, expect, it, vi } from "vitest";
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

  it("takes other times between two starts, and not while somebody holds a lease by the old one", async () => {
    const { namespace, open, dispose } = place();
    const leasesOf = (ttlMs: number) => open((line) => NatsLeases.open({ link: line, namespace, timing: machineTiming, ttlMs }));
    const jobsOf = (ackWaitMs: number) => open((line) => NatsJobs.open({ link: line, namespace, ackWaitMs }));
    try {
      await leasesOf(2_000);
      const changed = await leasesOf(1_000);
      const held = await changed.acquire("account.main", "here");
      await expect(leasesOf(2_000)).rejects.toThrow(/TAPEDECK_LEASE_MS must be the same for all/);
      await held?.release();
      await expect.poll(async () => (await leasesOf(2_000)).ttlMs, { timeout: 10_000 }).toBe(2_000);

      const before = await jobsOf(1_000);
      await before.submit("work", "1", new Uint8Array([1]));
      expect((await before.take("work", 1_000))?.id).toBe("1"); // and never says another word
      const after = await jobsOf(3_000);
      await expect.poll(async () => (await after.take("work", 200))?.id, { timeout: 10_000 }).toBe("1");
    } finally {
      await dispose();
    }
  });

  it("keeps namespaces apart, however alike their names", async () => {
    const places = [place(), place()];
    const namespaces = [`${places[0]?.namespace}.x`, `${places[0]?.namespace}_x`];
    const onError = (error: unknown): never => {
      throw error;
    };
    try {
      const [one, two] = await Promise.all(
        namespaces.map(async (namespace, i) => {
          const { open } = places[i] ?? place();
          return {
            heard: [] as string[],
            fanout: await open((line) => new NatsFanout({ link: line, namespace, onError })),
            jobs: await open((line) => NatsJobs.open({ link: line, namespace })),
            leases: await open((line) => NatsLeases.open({ link: line, namespace, timing: machineTiming })),
          };
        }),
      );
      if (!one || !two) throw new Error("two were asked for");
      for (const { fanout, heard } of [one, two]) {
        fanout.subscribe(">", (message) => heard.push(message.subject));
        await fanout.flush();
      }
      one.fanout.publish("a", new Uint8Array(1));
      await one.jobs.submit("q", "1", new Uint8Array(1));
      expect(await one.leases.acquire("l", "one")).not.toBeNull();
      expect(await two.leases.acquire("l", "two")).not.toBeNull();
      expect(await two.jobs.take("q", 0)).toBeNull();
      two.fanout.publish("b", new Uint8Array(1));
      await expect.poll(() => two.heard).toEqual(["b"]);
      await expect.poll(() => one.heard).toContain("a");
      expect(one.heard).not.toContain("b");
    } finally {
      for (const { dispose } of places) await dispose();
      const line = await link();
      for (const namespace of namespaces) await removeNamespace(namespace, line);
      await line.close();
    }
  });
});
