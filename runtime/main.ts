import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Lifecycle } from "../actors/ports/supervisor.ts";
import type { TapeWriter } from "../actors/ports/tape.ts";
import type { Controls } from "../gateway/ports.ts";
import { type Served, serveGateway } from "../gateway/server/serve.ts";
import type { Figures } from "../gateway/views.ts";
import type { TapeEvent } from "../streams/domain/event.ts";
import { RunConfig } from "../streams/domain/run.ts";
import { toDecimal } from "../streams/domain/units.ts";
import { COMPANIES } from "../streams/market/companies.ts";
import { GeneratedMarketConfig } from "../streams/market/settings.ts";
import { directoryOf } from "../streams/news/extract.ts";
import { builtinScorer } from "../streams/news/score.ts";
import { equity, imbalance } from "../streams/portfolio/ledger.ts";
import { DEFAULT_STRATEGIES } from "../streams/strategies/registry.ts";
import { stopwatch, wallClock } from "./adapters/system/clock.ts";
import { hashOf, sha256 } from "./adapters/system/digest.ts";
import { lockDataDir } from "./adapters/system/lock.ts";
import { tapeInfo } from "./adapters/tape/info.ts";
import { openTape } from "./adapters/tape/reader.ts";
import { appendTape, createTape } from "./adapters/tape/writer.ts";
import { RunFailed } from "./cli/exit.ts";
import type { Config } from "./config.ts";
import { accountOf, carried } from "./live/carryOver.ts";
import { type Audience, Deck } from "./live/deck.ts";
import { isShown, type LogLine, logLine } from "./live/log.ts";
import { Loop } from "./live/loop.ts";
import { openStore } from "./live/openStore.ts";
import { Pacer, type Speed } from "./live/pacer.ts";
import { openRunFolder, type RunFile } from "./live/runFolder.ts";
import { generatedSource, type Source, tapeSource } from "./live/source.ts";
import type { Store } from "./live/store.ts";
import { tapeNotes } from "./live/tapeNotes.ts";
import { type RunSetup, runIdOf, setUp } from "./runSetup.ts";
import { isStrategyFile } from "./strategyFile.ts";
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

export interface UpSummary {
  readonly entries: number;
  readonly bars: number;
  readonly fills: number;
  readonly cash: string;
  readonly equity: string;
  /** 0, or the ledger is wrong. */
  readonly imbalance: string;
  readonly decisionsHash: string;
}

const FLUSH_EVERY_MS = 100;
/** History before the first live session, so that averages and charts have something to stand on. */
const GENERATED_START = "2026-01-05";

const sourceOf = (o: UpOptions): { readonly source: Source; readonly hash: string } => {
  if (o.tape !== null) {
    const info = tapeInfo(o.tape);
    for (const line of tapeNotes(o.tape, info, o.config.universe)) o.say(line);
    return { source: tapeSource(o.tape, info), hash: info.hash };
  }
  const tickers = o.config.universe.length > 0 ? o.config.universe : COMPANIES.map((c) => c.ticker);
  const settings = GeneratedMarketConfig.parse({
    seed: o.config.seed,
    tickers,
    start: GENERATED_START,
    quotesPerBar: 2,
    newsPerDay: 60,
  });
  return { source: generatedSource(settings), hash: hashOf(settings) };
};

/** Strategies of people's own: every .ts file of `<dataDir>/strategies`, with weight 1. */
const ownStrategies = (config: Config): readonly { readonly name: string }[] => {
  const folder = join(config.dataDir, "strategies");
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => isStrategyFile(file) && !file.endsWith(".d.ts"))
    .sort()
    .map((file) => ({ name: join(folder, file) }));
};

const runConfigOf = (config: Config): RunConfig =>
  RunConfig.parse({
    strategies: [...DEFAULT_STRATEGIES, ...ownStrategies(config)],
    cash: RunConfig.shape.cash.encode(config.cash),
    seed: config.seed,
    universe: config.universe,
    learning: config.learning.enabled,
    risk: { ...config.risk, minOrderNotional: RunConfig.shape.cash.encode(config.risk.minOrderNotional) },
    costs: { commission: 0, slippage: 0.0002 },
  });

const uiFolder = (): string | null => {
  const built = fileURLToPath(new URL("./ui", import.meta.url));
  return existsSync(join(built, "index.html")) ? built : null;
};

/** What was opened, to be closed in the opposite order. */
class Opened {
  private steps: (() => void | Promise<void>)[] = [];

  add(close: () => void | Promise<void>): void {
    this.steps.push(close);
  }

  /** Closes all, also when one cannot be closed. @throws what the first of those said. */
  async closeAll(): Promise<void> {
    const failed: unknown[] = [];
    for (const close of this.steps.splice(0).reverse())
      await Promise.resolve()
        .then(close)
        .catch((error: unknown) => failed.push(error));
    if (failed.length > 0) throw failed[0];
  }
}

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
  const setup = await setUp(runConfigOf(config));
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
  let pacer: Pacer | null = null;
  let loop: Loop | null = null;
  const controls: Controls = {
    command: (by, command) => loop?.command(by, command) ?? Promise.reject(new Error("the deck is not ready yet")),
    play: (playing) => {
      pacer?.setPlaying(playing, wall());
      return pacer !== null;
    },
    speed: (speed) => {
      pacer?.setSpeed(speed, wall());
      return pacer !== null;
    },
    retryDeadLetter: async (id) => {
      if (!deck.core.door.kernel.deadLetters().some((l) => l.id === id)) return false;
      await loop?.command("owner", { do: "retry", letter: id });
      return true;
    },
  };
  const figures = (): Figures => ({
    actors: deck.core.door.kernel.inspect(),
    tape: {
      run: run.id,
      mode: "simulated",
      source: source.kind,
      playable: true,
      playing: pacer?.playing ?? false,
      speed: pacer?.speed ?? o.speed,
      from: source.from,
      to: source.to,
      backlog: store.projection.backlog,
      version: VERSION,
    },
  });
  const served = o.headless ? null : await serve(o, { setup, store, deck, controls, ready: () => loop !== null, say });
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
  pacer = new Pacer(source, o.speed, wall());
  loop = new Loop(deck, pacer, wall, ended.done);
  const running = loop.run().then(outcome.done, outcome.fail);
  const flushing = served ? setInterval(() => served.gateway.flush(wall(), figures()), FLUSH_EVERY_MS) : null;
  let stopped: Promise<void> | null = null;
  const stop = async (): Promise<void> => {
    loop?.stop();
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

/** A promise with its ends outside. A rejection nobody waits for yet is not an accident. */
const promise = (): { readonly promise: Promise<void>; done(): void; fail(error: unknown): void } => {
  let done: () => void = () => {};
  let fail: (error: unknown) => void = () => {};
  const made = new Promise<void>((resolve, reject) => {
    done = resolve;
    fail = reject;
  });
  made.catch(() => {});
  return { promise: made, done: () => done(), fail: (error) => fail(error) };
};

class Watchers implements Audience {
  private readonly all: Audience[] = [];
  add(one: Audience): void {
    this.all.push(one);
  }
  events(events: readonly TapeEvent[]): void {
    for (const one of this.all) one.events(events);
  }
  equity(marks: readonly (readonly [number, number, number])[]): void {
    for (const one of this.all) one.equity(marks);
  }
  lifecycle(e: Lifecycle): void {
    for (const one of this.all) one.lifecycle(e);
  }
}

interface Serving {
  readonly setup: RunSetup;
  readonly store: Store;
  readonly deck: Deck;
  readonly controls: Controls;
  readonly ready: () => boolean;
  readonly say: (line: string) => void;
}

const serve = (o: UpOptions, s: Serving): Promise<Served> =>
  serveGateway({
    version: VERSION,
    mode: "simulated",
    life: String(wallClock.now()),
    limits: s.setup.config.risk,
    strategies: s.setup.config.strategies,
    history: s.store.history,
    supervisor: s.deck.core.door.kernel,
    controls: s.controls,
    readiness: {
      checks: async () => [
        { name: "core", ok: s.ready(), detail: s.ready() ? "playing" : "reading its tape" },
        { name: "database", ok: s.store.trouble() === null, detail: s.store.trouble() ?? s.store.name },
      ],
    },
    port: o.config.port,
    host: o.config.host,
    publicOrigin: o.config.publicOrigin,
    uiFolder: uiFolder(),
    sessionsFile: join(o.config.dataDir, "sessions.json"),
    onError: (error, path) => s.say(`${path}: ${error instanceof Error ? error.message : String(error)}`),
  });

/** The books at the end, for people and for tests: amounts as decimal strings. */
const summaryOf = (deck: Deck): UpSummary => {
  const { ledger, fills, bars } = deck.core.collector;
  return {
    entries: deck.core.door.tail,
    bars,
    fills,
    cash: toDecimal(ledger.cash),
    equity: toDecimal(equity(ledger)),
    imbalance: toDecimal(imbalance(ledger)),
    decisionsHash: deck.core.hash.hex(),
  };
};
