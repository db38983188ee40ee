import { setTimeout as sleep, setImmediate as turn } from "node:timers/promises";
import type { DurableStreams } from "../../../actors/ports/streams.ts";
import type { Metrics } from "../../../actors/ports/telemetry.ts";
import { MemoryStore } from "../../adapters/memory/history.ts";
import { wallClock } from "../../adapters/system/clock.ts";
import { machineTiming } from "../../adapters/system/timing.ts";
import { unpackEvents } from "../../adapters/tape/pack.ts";
import { wireText } from "../../adapters/tape/wire.ts";
import { BACKTESTS } from "../../backtests/job.ts";
import { attemptInThread } from "../../backtests/threadAttempt.ts";
import { Worker } from "../../backtests/worker.ts";
import { Bridge, type BridgeOptions } from "../../bridge.ts";
import type { CloseStack } from "../../closeStack.ts";
import { deferred } from "../../deferred.ts";
import { setUp } from "../../runSetup.ts";
import { pureScorer } from "../../scorer.ts";
import type { Role } from "../../settings.ts";
import type { Telemetry } from "../../telemetry/openTelemetry.ts";
import {
  bridgeMetrics,
  coreRoleMetrics,
  fanoutMetrics,
  producerMetrics,
  scoringMetrics,
  workerMetrics,
} from "../../telemetry/roleMetrics.ts";
import { streamMetrics } from "../../telemetry/streamMetrics.ts";
import { openHistory } from "../openStore.ts";
import type { Up, UpOptions } from "../up.ts";
import { liveConfig, sourceOf } from "../whatToRun.ts";
import { CoreRole } from "./coreRole.ts";
import { type GatewayRole, gatewayRole } from "./gatewayRole.ts";
import { BRIDGE, DECIDED, KEYS, MARKET, NEWS_RAW, NEWS_SCORED, PRESENCE, SUBJECTS, tapeStreamOf } from "./names.ts";
import { openWire, type Wire } from "./openWire.ts";
import { readPlay, type SourceAbout } from "./playOrders.ts";
import { Producer } from "./producer.ts";
import { Scoring } from "./scoring.ts";

const FLUSH_EVERY_MS = 100;
/** A server that is lost answers nobody: past this, what waits for one is ended by closing it. */
const STOP_MS = 3_000;

/** One process with some of the roles, or all of them, over servers. */
class Apart {
  readonly o: UpOptions;
  readonly opened: CloseStack;
  readonly telemetry: Telemetry;
  readonly outcome = deferred();
  readonly ended = deferred();
  readonly stopping = new AbortController();
  readonly #stops: (() => void | Promise<void>)[] = [];
  readonly #runs: Promise<void>[] = [];

  constructor(o: UpOptions, opened: CloseStack, telemetry: Telemetry) {
    this.o = o;
    this.opened = opened;
    this.telemetry = telemetry;
  }

  /** Ends early when the process stops; others get their turn all the same, or who waits in a loop would never hear that it is over. */
  readonly delay = (ms: number): Promise<void> => sleep(ms, undefined, { signal: this.stopping.signal }).catch(() => turn());

  get metrics(): Metrics {
    return this.telemetry.metrics;
  }

  has(role: Role): boolean {
    return this.o.config.roles.includes(role);
  }

  /** Runs beside the others; what it throws ends the process. */
  run(what: Promise<void>, stop: () => void | Promise<void>): void {
    this.#stops.push(stop);
    this.#runs.push(
      what.catch((error: unknown) => {
        if (!this.stopping.signal.aborted) this.outcome.fail(error);
      }),
    );
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    const stopped = this.#stopAll();
    const late = (): Promise<void> => sleep(STOP_MS, undefined, { ref: false });
    await Promise.race([stopped, late()]);
    await this.opened.closeAll();
    await Promise.race([stopped, late()]);
    this.outcome.done();
  }

  async #stopAll(): Promise<void> {
    for (const stop of this.#stops.reverse()) await stop();
    await Promise.all(this.#runs);
  }
}

const produce = (a: Apart, wire: Wire): void => {
  if (!a.has("feed") && !a.has("news")) return;
  const { source, hash, open } = sourceOf(a.o);
  const { kind, name, from, to, historyUntil } = source;
  const about: SourceAbout = { kind, name, hash, from, to, historyUntil };
  for (const share of ["market", "news"] as const) {
    if (!a.has(share === "market" ? "feed" : "news")) continue;
    const producer = new Producer({
      streams: wire.streams,
      about,
      open,
      share,
      now: () => wallClock.now(),
      delay: a.delay,
    });
    producerMetrics(a.metrics, share === "market" ? "feed" : "news", () => producer.figures);
    a.run(producer.run(), () => producer.stop());
  }
};

const score = (a: Apart, wire: Wire): void => {
  if (!a.has("sentiment")) return;
  const scoring = new Scoring({
    streams: wire.streams,
    scorer: pureScorer(),
    node: a.o.config.node,
  });
  scoringMetrics(a.metrics, scoring);
  a.run(scoring.run(), () => scoring.stop());
};

/** Backtests that others asked for. */
const work = (a: Apart, wire: Wire): void => {
  const { jobs, streams, leases } = wire;
  if (!a.has("worker") || jobs === null) return;
  const { node, leaseMs, dataDir } = a.o.config;
  const worker = new Worker({
    jobs,
    streams,
    leases,
    node,
    ackWaitMs: leaseMs,
    timing: machineTiming,
    attempt: (job) => attemptInThread(job, dataDir),
    delay: a.delay,
    say: a.o.say,
  });
  workerMetrics(a.metrics, {
    figures: () => worker.figures,
    waiting: () => (wire.fanout.state === "ready" ? jobs.waiting(BACKTESTS) : Promise.resolve(null)),
    delay: a.delay,
  });
  a.run(worker.run(), () => worker.stop());
};

/** Says that this process is there, for as long as it is. */
const bePresent = (a: Apart, { leases }: Wire): void => {
  const { node, roles } = a.o.config;
  const present = async (): Promise<void> => {
    while (!a.stopping.signal.aborted) {
      const lease = await leases.wait(`${PRESENCE}${node}`, node, a.stopping.signal, roles.join(","));
      if (lease === null) return;
      while (lease.held() && !a.stopping.signal.aborted) await a.delay(leases.ttlMs);
      await lease.release().catch(() => undefined); // it runs out by itself
    }
  };
  a.run(present(), () => undefined);
};

/** The run that is on, and the stream of its tape. */
const currentTape = async (streams: DurableStreams): Promise<{ readonly run: string; readonly stream: string } | null> => {
  const play = await readPlay(streams);
  return play === null ? null : { run: play.run, stream: tapeStreamOf(play.run) };
};

/** One process of those that may passes the tape on. */
const bridge = (a: Apart, wire: Wire): void => {
  if (!a.has("gateway") && !a.has("worker") && !a.has("core")) return;
  const { streams, fanout, leases } = wire;
  const parts: BridgeOptions = {
    streams,
    fanout,
    current: () => currentTape(streams),
    unpack: unpackEvents,
    text: wireText,
    packs: SUBJECTS.tape,
    bridged: KEYS.bridged,
    node: a.o.config.node,
    delay: a.delay,
    now: () => wallClock.now(),
    say: a.o.say,
  };
  let on: Bridge | null = null;
  bridgeMetrics(a.metrics, () => on?.figures ?? { entries: 0, events: 0, setAside: 0, lagMs: 0 });
  /** A process that lost the lease lives on: what it serves does not hang on the bridge being here. */
  const whenHeld = async (): Promise<void> => {
    for (;;) {
      const lease = await leases.wait(BRIDGE, a.o.config.node, a.stopping.signal, "bridge");
      if (lease === null) return;
      const one = new Bridge(parts);
      on = one;
      lease.onLost((why) => {
        a.o.say(`the lease of the bridge is lost: ${why}; it is waited for again`, {
          event: "lease.lost",
          level: "warn",
          lease: BRIDGE,
        });
        void one.stop();
      });
      await one.run().catch((error: unknown) => {
        if (lease.held()) throw error; // else what it could not pass on is for the next one
      });
      await lease.release().catch(() => undefined); // it runs out by itself
    }
  };
  a.run(whenHeld(), () => on?.stop());
};

const serveGateway = async (a: Apart, wire: Wire): Promise<GatewayRole | null> => {
  if (!a.has("gateway") || a.o.headless) return null;
  const { config, say } = a.o;
  const setup = await setUp(liveConfig(config));
  const database = config.databaseUrl !== null && a.o.store === "auto" ? await openHistory(config, say, a.stopping.signal) : null;
  if (database) {
    a.opened.add(() => database.close());
    a.telemetry.checks.set("database", () => database.check());
  }
  const lists = database === null ? new MemoryStore() : null;
  const role = await gatewayRole({
    config,
    setup,
    fanout: wire.fanout,
    history: database?.history ?? (lists as MemoryStore),
    project:
      lists === null
        ? null
        : {
            begin: ({ run, mode }) => {
              void lists.open({
                id: run,
                mode,
                tapeHash: null,
                configHash: setup.configHash,
                seed: config.seed,
                version: "",
                config: null,
              });
            },
            events: (run, events) => lists.offer(run, events),
          },
    telemetry: a.telemetry,
    now: () => wallClock.now(),
    delay: a.delay,
    say,
  });
  const flushing = setInterval(() => role.flush(), FLUSH_EVERY_MS);
  a.run(Promise.resolve(), async () => {
    clearInterval(flushing);
    await role.stop();
  });
  return role;
};

/** Brings up the roles of this process on the servers that are set. @throws with one clear line. */
export const upApart = async (o: UpOptions, opened: CloseStack, telemetry: Telemetry): Promise<Up> => {
  const a = new Apart(o, opened, telemetry);
  const { config, say } = o;
  const { checks } = telemetry;
  const wire = await openWire({ config, say, delay: a.delay, stopping: a.stopping.signal, checks }, opened);
  const { streams } = wire;
  streamMetrics(a.metrics, {
    streams,
    names: [...MARKET.all, NEWS_RAW, NEWS_SCORED, ...DECIDED],
    tape: async () => (await currentTape(streams))?.stream ?? null,
    now: () => wallClock.now(),
    delay: a.delay,
  });
  fanoutMetrics(a.metrics, wire.fanout);
  const setup = await setUp(liveConfig(config));
  produce(a, wire);
  score(a, wire);
  let core: CoreRole | null = null;
  if (a.has("core")) {
    core = new CoreRole({
      config,
      setup,
      streams: wire.streams,
      fanout: wire.fanout,
      leases: wire.leases,
      node: config.node,
      speed: o.speed,
      store: o.store,
      newRun: o.newRun ?? false,
      metrics: a.metrics,
      isShown: a.has("gateway") && !o.headless,
      now: () => wallClock.now(),
      delay: a.delay,
      say,
      outcome: a.outcome,
      ended: a.ended,
    });
    const role = core;
    coreRoleMetrics(a.metrics, role);
    checks.set("tape", () => ({ ok: role.playing || role.standingBy, detail: role.state }));
    checks.set("database", () => {
      const trouble = role.store?.trouble() ?? null;
      return { ok: trouble === null, detail: trouble ?? role.store?.name ?? "not opened yet" };
    });
    core.start();
    a.run(Promise.resolve(), () => role.stop());
  }
  bePresent(a, wire);
  work(a, wire);
  bridge(a, wire);
  const gateway = await serveGateway(a, wire);
  let stopped: Promise<void> | null = null;
  return {
    origin: gateway?.served.origin ?? null,
    signInLink: gateway?.served.link() ?? null,
    server: gateway?.served.server ?? null,
    get store() {
      return core?.store?.name ?? wire.name;
    },
    get run() {
      return core?.run ?? null;
    },
    on: wire.name,
    roles: config.roles,
    ended: a.ended.promise,
    over: a.outcome.promise,
    summary: () => core?.summary() ?? null,
    stop: () => {
      stopped ??= a.stop();
      return stopped;
    },
  };
};
