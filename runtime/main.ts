import type { Say } from "../actors/ports/telemetry.ts";
import type { Timing } from "../actors/ports/timing.ts";
import { hashOf } from "./adapters/system/digest.ts";
import { CloseStack } from "./closeStack.ts";
import { deferred } from "./deferred.ts";
import { openCore } from "./live/openCore.ts";
import { Playing } from "./live/playing.ts";
import { answersOf, type Ports } from "./live/ports.ts";
import { portsOf } from "./live/productionPorts.ts";
import { coreChecks, serve } from "./live/serving.ts";
import { summaryOf } from "./live/summary.ts";
import type { Up, UpOptions } from "./live/up.ts";
import { liveConfig } from "./live/whatToRun.ts";
import { upApart } from "./live/wire/upApart.ts";
import { blame } from "./replay/rehearsal.ts";
import { setUp } from "./runSetup.ts";
import { openTelemetry, type Telemetry } from "./telemetry/openTelemetry.ts";

const FLUSH_EVERY_MS = 100;

/** Brings everything up, in order of dependency. @throws with one clear line; nothing is left behind. */
export const up = (o: UpOptions): Promise<Up> => {
  const { redisUrl, natsUrl } = o.config;
  return orNothing(o, (opened, telemetry) =>
    redisUrl === null && natsUrl === null ? startHere(o, portsOf(o), opened, telemetry) : upApart(o, opened, telemetry),
  );
};

/** As `up` in one process, with these ports. */
export const start = (o: UpOptions, ports: Ports): Promise<Up> =>
  orNothing(o, (opened, telemetry) => startHere(o, ports, opened, telemetry));

const orNothing = async (o: UpOptions, begin: (opened: CloseStack, telemetry: Telemetry) => Promise<Up>): Promise<Up> => {
  const opened = new CloseStack();
  try {
    return await begin(opened, await openTelemetry(o.config, o.headless, opened));
  } catch (error) {
    await opened.closeAll().catch(() => {}); // what went wrong first is what to tell
    throw error;
  }
};

/** What a run plays and who answers it: both make the run, so that another broker begins another one. */
const sourceHash = ({ inputs, broker, scorer, mode }: Ports): string => {
  const answers = answersOf({ broker, scorer });
  return answers === undefined ? inputs.hash : hashOf([inputs.hash, mode, answers, broker?.name ?? null, scorer.scorer.name]);
};

/** A port that does not close in time is left: the tape and the lock are let go all the same. */
const CLOSE_MS = 3_000;

const closePort = (timing: Timing, name: string, close: () => Promise<void>, say: Say): Promise<void> =>
  new Promise((resolve) => {
    const off = timing.after(CLOSE_MS, () => {
      say(`the ${name} did not close within ${CLOSE_MS / 1_000} s, and is left`, {
        event: "port.left",
        level: "warn",
        port: name,
      });
      resolve();
    });
    Promise.resolve()
      .then(close)
      .catch((error: unknown) =>
        say(`the ${name} did not close: ${error instanceof Error ? error.message : String(error)}`, {
          event: "port.failed",
          level: "warn",
          port: name,
        }),
      )
      .finally(() => {
        off();
        resolve();
      });
  });

const startHere = async (o: UpOptions, ports: Ports, opened: CloseStack, { metrics, checks }: Telemetry): Promise<Up> => {
  const { config, say } = o;
  const { inputs } = ports;
  const setup = await setUp(liveConfig(config));
  const about =
    inputs.from === "source"
      ? inputs.source
      : ({ kind: "feed", name: inputs.feed.name, from: null, to: null, playable: false } as const);
  checks.set("core", () => ({ ok: false, detail: "starting" }));
  const core = await openCore(
    {
      config,
      setup,
      source: { kind: about.kind, name: about.name, hash: sourceHash(ports) },
      ports,
      inOrder: about.playable,
      store: o.store,
      newRun: o.newRun ?? false,
      say,
      metrics,
      isShown: !o.headless,
    },
    opened,
  );
  const { run, store, live, audience, outcome } = core;
  const ended = deferred();
  audience.add({ events: core.project.events, equity: () => {}, lifecycle: () => {} });
  const wall = (): number => ports.clock.now();
  const playing = new Playing({ core, mode: ports.mode, about, speed: o.speed, wall, say, watched: o.supervised === true });
  coreChecks(checks, playing, store);
  const served = o.headless
    ? null
    : await serve(config, {
        mode: ports.mode,
        limits: setup.config.risk,
        strategies: setup.listed,
        history: store.history,
        supervisor: live.core.door.kernel,
        controls: playing.controls(),
        readiness: checks,
        metrics,
        say,
      });
  if (served) {
    opened.add(() => served.close(500));
    audience.add({
      events: (events) => {
        for (const e of events) served.gateway.offer(e);
      },
      equity: () => {},
      lifecycle: (e) => served.gateway.lifecycle(e),
    });
  }
  const after = await playing.rehearse().catch((error: unknown) => Promise.reject(blame(error, setup.listed)));
  if (inputs.from === "source") inputs.source.seek(after);
  const { broker, timing } = ports;
  if (broker !== null) opened.add(() => closePort(timing, "broker", () => broker.close(), say));
  const loop = await playing.begin(inputs.from === "source" ? inputs.source : null, ended.done);
  const running = loop.run().then(outcome.done, outcome.fail);
  opened.add(async () => {
    loop.stop();
    await running;
    live.close(); // before the broker is closed: nothing leaves after that
  });
  if (inputs.from === "feed") {
    const { feed } = inputs;
    opened.add(() => closePort(timing, "feed", () => feed.close(), say));
    await feed.open(live.ingress);
  }
  const flushing = served ? setInterval(() => served.gateway.flush(wall(), playing.figures()), FLUSH_EVERY_MS) : null;
  let stopped: Promise<void> | null = null;
  const stop = async (): Promise<void> => {
    loop.stop();
    await running;
    live.close();
    if (flushing) clearInterval(flushing);
    await opened.closeAll();
  };
  return {
    origin: served?.origin ?? null,
    signInLink: served?.link() ?? null,
    server: served?.server ?? null,
    store: store.name,
    run: run.id,
    on: null,
    roles: config.roles,
    ended: ended.promise,
    over: outcome.promise,
    summary: () => summaryOf(live),
    stop: () => {
      stopped ??= stop();
      return stopped;
    },
  };
};
