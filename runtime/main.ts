import { join } from "node:path";
import type { TapeWriter } from "../actors/ports/tape.ts";
import type { Figures } from "../gateway/views.ts";
import { RunConfig } from "../streams/domain/run.ts";
import { COMPANIES } from "../streams/market/companies.ts";
import { directoryOf } from "../streams/news/extract.ts";
import { builtinScorer } from "../streams/news/score.ts";
import { stopwatch, wallClock } from "./adapters/system/clock.ts";
import { sha256 } from "./adapters/system/digest.ts";
import { lockDataDir } from "./adapters/system/lock.ts";
import { openTape } from "./adapters/tape/reader.ts";
import { appendTape, createTape } from "./adapters/tape/writer.ts";
import { RunFailed } from "./cli/exit.ts";
import type { Config } from "./config.ts";
import { accountOf, carried } from "./live/carryOver.ts";
import { Deck } from "./live/deck.ts";
import { isShown, type LogLine, logLine } from "./live/log.ts";
import { Loop } from "./live/loop.ts";
import { Opened, promise } from "./live/opened.ts";
import { openStore } from "./live/openStore.ts";
import { Pacer, type Speed } from "./live/pacer.ts";
import { openRunFolder, type RunFile } from "./live/runFolder.ts";
import { type Playing, serve } from "./live/serving.ts";
import { summaryOf, type UpSummary } from "./live/summary.ts";
import { Watchers } from "./live/watchers.ts";
import { liveConfig, sourceOf } from "./live/whatToRun.ts";
import { runIdOf, setUp } from "./runSetup.ts";
import { VERSION } from "./version.ts";

export interface UpOptions {
  readonly config: Config;
  /** A tape to play instead of the generated market. */
  readonly tape: string | null;
  readonly speed: Speed;
  readonly store: "auto" | "memory";
  /** Begins a new run with the configured cash, whatever there was before. */
  readonly newRun?: boolean;
  /** Without a dashboard and routes: for scripts and tests. */
  readonly headless: boolean;
  /** One line for people. */
  readonly say: (line: string) => void;
}

/** A system that is up. */
export interface Up {
  readonly origin: string | null;
  /** Opened once, it signs that browser in. */
  readonly signInLink: string | null;
  readonly server: string | null;
  readonly store: string;
  readonly run: string;
  summary(): UpSummary;
  /** Resolves when the source has come to its end (a tape); never for an endless one. */
  readonly ended: Promise<void>;
  /** Rejects when something broke that cannot be mended by a restart of actors. Resolves after `stop`. */
  readonly over: Promise<void>;
  /** Everything is written and let go. Safe to call twice. */
  stop(): Promise<void>;
}

const FLUSH_EVERY_MS = 100;
/** Brings everything up, in order of dependency. @throws with one clear line; nothing is left behind. */
export const up = async (o: UpOptions): Promise<Up> => {
  const opened = new Opened();
  try {
    return await start(o, opened);
  } catch (error) {
    await opened.closeAll().catch(() => {}); // what went wrong first is what to tell
    throw error;
  }
};

const openJournal = (path: string, resumed: boolean, run: RunFile, say: (line: string) => void): TapeWriter => {
  if (!resumed) return createTape(path, { kind: "run", source: run.source.name, run: run.id });
  const { writer, cut } = appendTape(path, { toSeal: true });
  if (cut)
    say(
      `the last run was stopped in the middle of a write: ${cut.cutBytes} bytes after entry ${cut.atSeq} were cut off, nothing before them`,
    );
  return writer;
};

const start = async (o: UpOptions, opened: Opened): Promise<Up> => {
  const { config, say } = o;
  const log = (line: LogLine): void => {
    if (isShown(line.level, config.logLevel)) say(line.text);
  };
  const setup = await setUp(liveConfig(config));
  const lock = lockDataDir(config.dataDir);
  opened.add(() => lock.release());
  const { source, hash } = sourceOf(o);
  const folder = openRunFolder(
    config.dataDir,
    {
      configHash: setup.configHash,
      config: RunConfig.encode(setup.config),
      seed: config.seed,
      source: { kind: source.kind, name: source.name, hash },
      version: VERSION,
    },
    (number) => runIdOf("s", [setup.configHash, hash, config.seed, number]),
    { say, anew: o.newRun ?? false },
  );
  const { run } = folder;
  const tapeOf = (id: string): string => join(config.dataDir, "runs", id, "run.tape");
  const store = await openStore(config, o.store, tapeOf, say);
  opened.add(() => store.close());
  const journal = openJournal(folder.journal, folder.resumed, run, say);
  opened.add(() => journal.close());
  const opening = journal.tail === 0 && run.from !== null ? accountOf(tapeOf(run.from), setup.config) : null;
  if (opening && run.from !== null) say(carried(run.from, opening));

  const outcome = promise();
  const ended = promise();
  const audience = new Watchers();
  const projected = await store.projection.open({
    id: run.id,
    mode: "simulated",
    tapeHash: run.source.hash,
    configHash: run.configHash,
    seed: run.seed,
    version: VERSION,
    config: run.config,
  });
  audience.add({
    events: (events) => {
      const fresh = (events[0]?.seq ?? 0) > projected ? events : events.filter((e) => e.seq > projected);
      if (fresh.length > 0) store.projection.offer(run.id, fresh);
    },
    equity: (marks) => store.projection.offerEquity(run.id, marks),
    lifecycle: (e) => log(logLine(e)),
  });
  const deck = new Deck({
    setup,
    runId: run.id,
    scorer: builtinScorer(directoryOf(COMPANIES)),
    digest: sha256(),
    journal,
    opening: opening ?? undefined,
    audience,
    stopwatch: stopwatch(),
    escalated: (path, error) => outcome.fail(new RunFailed(`${path} gave up: ${error}`)),
  });

  const wall = (): number => wallClock.now();
  const playing: Playing = { pacer: null, loop: null };
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
  const served = o.headless ? null : await serve(config, { setup, store, deck, playing, say });
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
    const after = deck.rehearse(() => openTape(folder.journal));
    source.seek(after);
    if (deck.core.door.tail > 0)
      say(`went on with run ${run.id} after entry ${deck.core.door.tail}: every decision on its tape came out the same`);
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
    ended: ended.promise,
    over: outcome.promise,
    summary: () => summaryOf(deck),
    stop: () => {
      stopped ??= stop();
      return stopped;
    },
  };
};
