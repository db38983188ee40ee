import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { Answers, TapeWriter } from "../../actors/ports/tape.ts";
import type { Metrics, Say } from "../../actors/ports/telemetry.ts";
import type { TapeEvent } from "../../streams/domain/event.ts";
import { RunConfig } from "../../streams/domain/run.ts";
import { stopwatch } from "../adapters/system/clock.ts";
import { sha256 } from "../adapters/system/digest.ts";
import { lockDataDir } from "../adapters/system/lock.ts";
import { appendTape, createTape } from "../adapters/tape/writer.ts";
import type { CloseStack } from "../closeStack.ts";
import type { Config } from "../config.ts";
import { type Deferred, deferred } from "../deferred.ts";
import { RunFailed } from "../failures.ts";
import { type RunSetup, runIdOf } from "../runSetup.ts";
import { coreMetrics, decisionMetrics, outsideMetrics, syncMetrics } from "../telemetry/coreMetrics.ts";
import { sayLifecycle } from "../telemetry/lifecycleLog.ts";
import { OrderLog } from "../telemetry/orderLog.ts";
import { VERSION } from "../version.ts";
import { awaitDatabase } from "./awaitDatabase.ts";
import { carried, carriedAccount } from "./carryOver.ts";
import { type Audience, LiveRun, type LiveRunOptions } from "./liveRun.ts";
import { openStore } from "./openStore.ts";
import { answersOf, type Ports } from "./ports.ts";
import { openRunFolder, type RunFile, type RunFolder } from "./runFolder.ts";
import type { Store } from "./store.ts";
import { Watchers } from "./watchers.ts";

export interface CoreWanted {
  readonly config: Config;
  readonly setup: RunSetup;
  readonly source: RunFile["source"];
  readonly ports: Pick<Ports, "mode" | "broker" | "scorer" | "fallback" | "timing">;
  /** Answers of a scorer come in the order of the requests: where the source waits for them. */
  readonly inOrder: boolean;
  readonly store: "auto" | "memory";
  readonly newRun: boolean;
  readonly say: Say;
  readonly metrics: Metrics;
  /** Whether a gateway in this process shows the actors. */
  readonly isShown: boolean;
  /** A run that another node has under way: this node goes on with it under the same name. */
  readonly underWay?: { readonly id: string; readonly number: number } | null;
  /** Makes the local tape of the run what it has to be, before anything is read from it. Returns the seq to cut it to; null: its last seal. */
  readonly cutTo?: (folder: RunFolder) => number | null;
  readonly catchUp?: (journal: TapeWriter, folder: RunFolder) => Promise<void>;
  /** Called before each order goes to the simulated exchange. @throws when this process may not trade (any more). */
  readonly mayTrade?: () => void;
  /** Who says that entries are safe enough for requests to a broker to leave. Default: this machine's disk. */
  readonly safety?: "disk" | "elsewhere";
  /** Ends waits for the database early. */
  readonly stopping?: AbortSignal;
}

/** A core with its tape, books and tables, not yet playing. */
export interface OpenCore {
  readonly run: RunFile;
  readonly folder: RunFolder;
  readonly journal: TapeWriter;
  readonly store: Store;
  readonly live: LiveRun;
  /** Those who watch: the store is told by whoever opened the core (`project`), when an entry is safe. */
  readonly audience: Watchers;
  readonly project: Pick<Audience, "events">;
  /** Fails when something broke that restarts of actors cannot mend. */
  readonly outcome: Deferred;
  readonly tapeOf: (run: string) => string;
}

const openJournal = (folder: RunFolder, cutTo: number | null, answers: Answers | undefined, say: Say): TapeWriter => {
  const { run, journal, resumed } = folder;
  if (!resumed)
    return createTape(journal, { kind: "run", source: run.source.name, run: run.id, ...(answers ? { answers } : {}) });
  const { writer, cut } = appendTape(journal, cutTo === null ? { toSeal: true } : { upTo: cutTo });
  if (cut)
    say(
      cutTo === null
        ? `the last run was stopped in the middle of a write: ${cut.cutBytes} bytes after entry ${cut.atSeq} were cut off, nothing before them`
        : `another node went on with this run: entries after ${cut.atSeq} that were never published are cut off here`,
      { event: "tape.cut", level: "warn", run: run.id, seq: cut.atSeq, bytes: cut.cutBytes },
    );
  return writer;
};

/** Takes the data directory, finds or begins the run, opens its tape and its tables. @throws with one clear line; what was opened is in `opened`. */
export const openCore = async (w: CoreWanted, opened: CloseStack): Promise<OpenCore> => {
  const { config, setup, source, say } = w;
  const lock = lockDataDir(config.dataDir);
  opened.add(() => lock.release());
  // A broker knows the orders of every run there ever was: where one is outside, no other run has this one's id.
  const salt = w.ports.broker === null ? [] : [randomUUID()];
  const folder = openRunFolder(
    config.dataDir,
    { configHash: setup.configHash, config: RunConfig.encode(setup.config), seed: config.seed, source, version: VERSION },
    (number) => runIdOf("s", [setup.configHash, source.hash, config.seed, number, ...salt]),
    { say, anew: w.newRun, ...(w.underWay ? { underWay: w.underWay } : {}) },
  );
  const { run } = folder;
  const tapeOf = (id: string): string => join(config.dataDir, "runs", id, "run.tape");
  const store = await openStore(config, w.store, tapeOf, say, w.stopping);
  opened.add(() => store.close());
  const journal = openJournal(folder, w.cutTo?.(folder) ?? null, answersOf(w.ports), say);
  opened.add(() => journal.close());
  await w.catchUp?.(journal, folder);
  const opening = journal.tail === 0 ? carriedAccount(config.dataDir, run, tapeOf, setup.config) : null;
  if (opening) say(carried(opening, run.source.kind), { event: "account.carried", run: run.id, from: opening.from });

  const outcome = deferred();
  const { id, configHash, seed } = run;
  const row = {
    id,
    mode: w.ports.mode,
    tapeHash: run.source.hash,
    configHash,
    seed,
    version: VERSION,
    config: run.config,
  } as const;
  const projected = await awaitDatabase({ config, say, stopping: w.stopping }, () => store.projection.open(row));
  const audience = new Watchers();
  const orders = new OrderLog(run.id, say);
  const isTraced = config.logLevel === "debug" || config.logLevel === "trace";
  audience.add({
    events: isTraced ? (events) => orders.hear(events) : () => {},
    equity: (marks) => store.projection.offerEquity(run.id, marks),
    lifecycle: (e) => sayLifecycle(say, e),
  });
  const fail = (error: unknown): void => outcome.fail(error);
  const options: LiveRunOptions = {
    setup,
    runId: run.id,
    ports: w.ports,
    digest: sha256,
    journal,
    opening: opening ?? undefined,
    audience,
    stopwatch: stopwatch(),
    ordered: decisionMetrics(w.metrics),
    synced: syncMetrics(w.metrics),
    failed: fail,
    refused: (why) => say(why, { event: "answer.refused", level: "error", run: run.id }),
    escalated: (path, error) => outcome.fail(new RunFailed(`${path} gave up: ${error}`)),
    ...(w.mayTrade ? { mayTrade: w.mayTrade } : {}),
    ...(w.safety ? { safety: w.safety } : {}),
  };
  const live = new LiveRun(options, w.inOrder);
  opened.add(() => live.close());
  const { door } = live.core;
  coreMetrics(w.metrics, {
    supervisor: door.kernel,
    store,
    tail: () => door.tail,
    now: () => door.kernel.now(),
    actors: !w.isShown,
  });
  outsideMetrics(w.metrics, live);
  const project = (events: readonly TapeEvent[]): void => {
    const fresh = (events[0]?.seq ?? 0) > projected ? events : events.filter((e) => e.seq > projected);
    if (fresh.length > 0) store.projection.offer(run.id, fresh);
  };
  return { run, folder, journal, store, live, audience, project: { events: project }, outcome, tapeOf };
};
