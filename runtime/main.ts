import { setImmediate } from "node:timers/promises";
import type { Figures } from "../gateway/views.ts";
import { COMPANIES } from "../streams/market/companies.ts";
import { directoryOf } from "../streams/news/extract.ts";
import { builtinScorer } from "../streams/news/score.ts";
import { wallClock } from "./adapters/system/clock.ts";
import { openTape } from "./adapters/tape/reader.ts";
import { Loop } from "./live/loop.ts";
import { openCore } from "./live/openCore.ts";
import { Pacer } from "./live/pacer.ts";
import { controlsOf, coreChecks, type Playing, serve } from "./live/serving.ts";
import { summaryOf } from "./live/summary.ts";
import type { Up, UpOptions } from "./live/up.ts";
import { liveConfig, sourceOf } from "./live/whatToRun.ts";
import { upApart } from "./live/wire/upApart.ts";
import { Opened, promise } from "./opened.ts";
import { setUp } from "./runSetup.ts";
import { openTelemetry, type Telemetry } from "./telemetry/openTelemetry.ts";
import { VERSION } from "./version.ts";

const FLUSH_EVERY_MS = 100;
/** Brings everything up, in order of dependency. @throws with one clear line; nothing is left behind. */
export const up = async (o: UpOptions): Promise<Up> => {
  const opened = new Opened();
  try {
    const { redisUrl, natsUrl } = o.config;
    const telemetry = await openTelemetry(o.config, o.headless, opened);
    return redisUrl === null && natsUrl === null ? await start(o, opened, telemetry) : await upApart(o, opened, telemetry);
  } catch (error) {
    await opened.closeAll().catch(() => {}); // what went wrong first is what to tell
    throw error;
  }
};

const start = async (o: UpOptions, opened: Opened, { metrics, checks }: Telemetry): Promise<Up> => {
  const { config, say } = o;
  const setup = await setUp(liveConfig(config));
  const { source, hash } = sourceOf(o);
  checks.set("core", () => ({ ok: false, detail: "starting" }));
  const core = await openCore(
    {
      config,
      setup,
      source: { kind: source.kind, name: source.name, hash },
      scorer: builtinScorer(directoryOf(COMPANIES)),
      store: o.store,
      newRun: o.newRun ?? false,
      say,
      metrics,
      isShown: !o.headless,
    },
    opened,
  );
  const { run, folder, store, deck, audience, outcome } = core;
  const ended = promise();
  audience.add({ events: core.project.events, equity: () => {}, lifecycle: () => {} });

  const wall = (): number => wallClock.now();
  const playing: Playing = { pacer: null, loop: null };
  coreChecks(checks, playing, store);
  const figures = (): Figures => ({
    actors: deck.core.door.kernel.inspect(),
    tape: {
      run: run.id,
      mode: "simulated",
      source: source.kind,
      playable: true,
      playing: playing.pacer?.playing ?? false,
      speed: playing.pacer?.speed ?? o.speed,
      from: source.from,
      to: source.to,
      backlog: store.projection.backlog,
      version: VERSION,
    },
  });
  const served = o.headless
    ? null
    : await serve(config, {
        limits: setup.config.risk,
        strategies: setup.config.strategies,
        history: store.history,
        supervisor: deck.core.door.kernel,
        controls: controlsOf(deck, playing),
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
  if (folder.resumed) {
    const after = await deck.rehearse(() => openTape(folder.journal), setImmediate);
    source.seek(after);
    if (deck.core.door.tail > 0)
      say(`went on with run ${run.id} after entry ${deck.core.door.tail}: every decision on its tape came out the same`, {
        event: "run.resumed",
        run: run.id,
        seq: deck.core.door.tail,
      });
  }
  const pacer = new Pacer(source, o.speed, wall());
  const loop = new Loop(deck, pacer, wall, ended.done);
  playing.pacer = pacer;
  playing.loop = loop;
  const running = loop.run().then(outcome.done, outcome.fail);
  const flushing = served ? setInterval(() => served.gateway.flush(wall(), figures()), FLUSH_EVERY_MS) : null;
  let stopped: Promise<void> | null = null;
  const stop = async (): Promise<void> => {
    loop.stop();
    await running;
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
    summary: () => summaryOf(deck),
    stop: () => {
      stopped ??= stop();
      return stopped;
    },
  };
};
