import type { Fanout } from "../../../actors/ports/fanout.ts";
import type { Jobs } from "../../../actors/ports/jobs.ts";
import type { Leases } from "../../../actors/ports/leases.ts";
import type { DurableStreams } from "../../../actors/ports/streams.ts";
import type { Say } from "../../../actors/ports/telemetry.ts";
import { MemoryFanout } from "../../adapters/memory/fanout.ts";
import { MemoryFanoutServer } from "../../adapters/memory/fanoutServer.ts";
import { MemoryLeaseServer, MemoryLeases } from "../../adapters/memory/leases.ts";
import { memoryStreams } from "../../adapters/memory/streams.ts";
import { type NatsLink, natsConnection } from "../../adapters/nats/connection.ts";
import { NatsFanout } from "../../adapters/nats/fanout.ts";
import { NatsJobs } from "../../adapters/nats/jobs.ts";
import { NatsLeases } from "../../adapters/nats/leases.ts";
import { redisStreams } from "../../adapters/redis/streams.ts";
import { wallClock } from "../../adapters/system/clock.ts";
import { machineTiming } from "../../adapters/system/timing.ts";
import { MOST_DELIVERIES } from "../../backtests/worker.ts";
import type { CloseStack } from "../../closeStack.ts";
import type { Config } from "../../config.ts";
import { RunFailed } from "../../failures.ts";
import type { Checks } from "../../telemetry/checks.ts";

/** What the stages of a deck meet on. */
export interface Wire {
  readonly streams: DurableStreams;
  readonly fanout: Fanout;
  readonly leases: Leases;
  /** Null without NATS: nobody but this process could ask for work. */
  readonly jobs: Jobs | null;
  /** For people: "Redis and NATS", "Redis", "NATS". */
  readonly name: string;
}

export interface WireWanted {
  readonly config: Config;
  readonly say: Say;
  readonly delay: (ms: number) => Promise<void>;
  readonly stopping: AbortSignal;
  /** Of this process: told of the servers as soon as they are looked for. */
  readonly checks: Checks;
}

/** Connecting takes a moment; only after it is a server missed. */
const SOON_MS = 1_000;

/** A server that is asked again until it answers, or the time is over. @throws RunFailed naming the setting, never its value. */
const awaited = async <T>(w: WireWanted, setting: string, what: string, attempt: () => Promise<T>): Promise<T> => {
  const began = wallClock.now();
  const until = began + w.config.serverWait * 1_000;
  let told = false;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      if (wallClock.now() >= until || w.stopping.aborted)
        throw new RunFailed(`${setting}: ${what} does not answer (${why}); waited ${w.config.serverWait} s for it`);
      if (!told && wallClock.now() - began >= SOON_MS)
        w.say(`${setting}: ${what} does not answer (${why}); waiting up to ${w.config.serverWait} s`, {
          event: "server.awaited",
          level: "warn",
          setting,
          why,
        });
      told ||= wallClock.now() - began >= SOON_MS;
      await w.delay(50);
    }
  }
};

const openStreams = async (w: WireWanted, opened: CloseStack): Promise<DurableStreams> => {
  const { redisUrl, namespace, node } = w.config;
  if (redisUrl === null) {
    const streams = memoryStreams();
    opened.add(() => streams.close());
    return streams;
  }
  let told = "";
  const streams = redisStreams({
    url: redisUrl.reveal(),
    prefix: namespace,
    name: `tapedeck ${node}`,
    onTrouble: ({ kind, why }) => {
      if (told !== kind + why) w.say(`redis: ${kind}: ${why}`, { event: `redis.${kind}`, level: "warn", why });
      told = kind + why;
    },
  });
  opened.add(() => streams.close(1_500));
  w.checks.set("redis", () => ({ ok: streams.state === "ready", detail: streams.state }));
  await awaited(w, "REDIS_URL", "Redis", async () => {
    if (streams.state === "lost") throw new Error("no connection");
  });
  told = "";
  return streams;
};

const openLink = async (w: WireWanted, opened: CloseStack): Promise<NatsLink | null> => {
  const { natsUrl, node } = w.config;
  if (natsUrl === null) return null;
  const link = await awaited(w, "NATS_URL", "NATS", () =>
    natsConnection({
      url: natsUrl.reveal(),
      name: `tapedeck ${node}`,
      onTrouble: (line) => w.say(line, { event: "nats.troubled", level: "warn" }),
    }),
  );
  opened.add(() => link.close());
  return link;
};

const openLeases = async (w: WireWanted, link: NatsLink | null, opened: CloseStack): Promise<Leases> => {
  const { namespace, leaseMs } = w.config;
  const leases =
    link === null
      ? // Alone on its streams, and yet a later life than any before: epochs on the streams must grow.
        new MemoryLeases(
          new MemoryLeaseServer({ timing: machineTiming, ttlMs: leaseMs, firstEpoch: wallClock.now() }),
          machineTiming,
        )
      : await awaited(w, "NATS_URL", "JetStream", () =>
          NatsLeases.open({ link, timing: machineTiming, namespace, ttlMs: leaseMs }),
        );
  opened.add(() => leases.close());
  return leases;
};

const openJobs = async (w: WireWanted, link: NatsLink, opened: CloseStack): Promise<Jobs> => {
  const { namespace, leaseMs: ackWaitMs } = w.config;
  const jobs = await awaited(w, "NATS_URL", "JetStream", () =>
    NatsJobs.open({ link, namespace, ackWaitMs, maxDeliveries: MOST_DELIVERIES }),
  );
  opened.add(() => jobs.close());
  return jobs;
};

/** Connects to the servers that are set; memory stands in for the others. @throws RunFailed when one does not answer in time. */
export const openWire = async (w: WireWanted, opened: CloseStack): Promise<Wire> => {
  const { redisUrl, namespace } = w.config;
  for (const [name, url] of [
    ["redis", redisUrl],
    ["nats", w.config.natsUrl],
  ] as const)
    if (url !== null) w.checks.set(name, () => ({ ok: false, detail: "not connected yet" }));
  const streams = await openStreams(w, opened);
  const link = await openLink(w, opened);
  if (link !== null) w.checks.set("nats", () => ({ ok: link.state === "ready", detail: link.state }));
  const onError = (error: unknown): void =>
    w.say(`fan-out: ${error instanceof Error ? error.message : String(error)}`, {
      event: "fanout.failed",
      level: "error",
      error,
    });
  const fanout: Fanout =
    link === null
      ? new MemoryFanout(new MemoryFanoutServer(), { timing: machineTiming, onError })
      : new NatsFanout({ link, namespace, onError });
  opened.add(() => fanout.close());
  const leases = await openLeases(w, link, opened);
  return {
    streams,
    fanout,
    leases,
    jobs: link === null ? null : await openJobs(w, link, opened),
    name: [redisUrl === null ? null : "Redis", link === null ? null : "NATS"].filter((n) => n !== null).join(" and "),
  };
};
