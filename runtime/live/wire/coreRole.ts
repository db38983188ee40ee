import { dirname } from "node:path";
import { setImmediate, setTimeout as sleep } from "node:timers/promises";
import type { Fanout } from "../../../actors/ports/fanout.ts";
import type { Lease, Leases } from "../../../actors/ports/leases.ts";
import type { Scorer } from "../../../actors/ports/scorer.ts";
import { type DurableStreams, Fenced } from "../../../actors/ports/streams.ts";
import type { Metrics, Say } from "../../../actors/ports/telemetry.ts";
import type { Figures } from "../../../gateway/views.ts";
import type { InputEvent, TapeEvent } from "../../../streams/domain/event.ts";
import { COMPANIES } from "../../../streams/market/companies.ts";
import { directoryOf } from "../../../streams/news/extract.ts";
import { builtinScorer } from "../../../streams/news/score.ts";
import { openTape } from "../../adapters/tape/reader.ts";
import type { Config } from "../../config.ts";
import type { RunSetup } from "../../runSetup.ts";
import { VERSION } from "../../version.ts";
import { Loop } from "../loop.ts";
import { type OpenCore, openCore } from "../openCore.ts";
import { Opened, type promise } from "../opened.ts";
import { Pacer, type Speed } from "../pacer.ts";
import type { RunFolder } from "../runFolder.ts";
import { controlsOf, type Playing } from "../serving.ts";
import { summaryOf, type UpSummary } from "../summary.ts";
import { Answers } from "./answers.ts";
import type { Placed } from "./chunk.ts";
import { CoreService } from "./coreService.ts";
import { ScoredElsewhere } from "./moods.ts";
import { ACCOUNT, KEYS, tapeStreamOf } from "./names.ts";
import { type PlayOrder, readPlay, readSource, type SourceAbout } from "./orders.ts";
import { catchUp, PublishedMark } from "./published.ts";
import { Replica, replicaGroup } from "./replica.ts";
import { isShardable, ShardEngine } from "./shardEngine.ts";
import { asSeen } from "./shards.ts";
import { TapePublisher } from "./tapePublisher.ts";
import { TapeReading } from "./tapeReading.ts";
import { WireSource } from "./wireSource.ts";

/** Entries decided and not yet on the stream, past which nothing more is fed. */
const UNPUBLISHED = 20_000;
/** What a start that is under way gets to notice that it is to stop. */
const STOP_MS = 1_500;
const SETTLE_EVERY_MS = 20;
const FIGURES_EVERY_MS = 1_000;
const TRIM_EVERY_MS = 2_000;
/** Entries of the tape's stream that are kept for those who come late. */
const KEEP_ENTRIES = 2_000;

export interface CoreRoleOptions {
  readonly config: Config;
  readonly setup: RunSetup;
  readonly streams: DurableStreams;
  readonly fanout: Fanout;
  readonly leases: Leases;
  readonly node: string;
  readonly speed: Speed;
  readonly store: "auto" | "memory";
  readonly newRun: boolean;
  readonly metrics: Metrics;
  /** Whether a gateway in this process shows the actors. */
  readonly isShown: boolean;
  readonly now: () => number;
  readonly delay: (ms: number) => Promise<void>;
  readonly say: Say;
  readonly outcome: ReturnType<typeof promise>;
  readonly ended: ReturnType<typeof promise>;
}

/** What is up once the lease is ours. */
interface Active {
  readonly core: OpenCore;
  readonly lease: Lease;
  readonly source: WireSource;
  readonly publisher: TapePublisher;
  readonly loop: Loop;
  readonly running: Promise<void>;
  readonly timers: readonly NodeJS.Timeout[];
  readonly service: CoreService;
  readonly reading: TapeReading;
}

/** The core as a role of its own: waits for its lease, brings the tape up to date, then plays what comes out of the streams. */
export class CoreRole {
  readonly #o: CoreRoleOptions;
  readonly #opened = new Opened();
  readonly #stopping = new AbortController();
  readonly #playing: Playing = { pacer: null, loop: null };
  #state = "waiting for a feed";
  #active: Active | null = null;
  #starting: Promise<void> | null = null;
  #replica: Replica | null = null;

  constructor(options: CoreRoleOptions) {
    this.#o = options;
  }

  /** For people: what it is doing. */
  get state(): string {
    return this.#active?.source.waitingFor ?? this.#state;
  }
  get playing(): boolean {
    return this.#active !== null;
  }
  get run(): string | null {
    return this.#active?.core.run.id ?? null;
  }
  get store(): OpenCore["store"] | null {
    return this.#active?.core.store ?? null;
  }
  /** Another node holds the account, and its tape is copied here. */
  get standingBy(): boolean {
    return this.#replica !== null;
  }
  /** Last entry copied while standing by; null when it is not. */
  get copied(): number | null {
    return this.#replica?.tail ?? null;
  }
  get leaseHeld(): boolean {
    return this.#active?.lease.held() ?? false;
  }
  /** Entries of the streams of inputs that could not be read. */
  get setAside(): number {
    return this.#active?.source.setAside ?? 0;
  }
  /** Entries that are decided and not on the stream yet. */
  get unpublished(): number {
    return this.#active?.publisher.backlog ?? 0;
  }
  summary(): UpSummary | null {
    return this.#active ? summaryOf(this.#active.core.deck) : null;
  }

  start(): void {
    this.#starting = this.#begin().catch((error: unknown) => {
      if (!this.#stopping.signal.aborted) this.#o.outcome.fail(error);
    });
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.race([this.#starting, sleep(STOP_MS, undefined, { ref: false })]); // a lost server may keep it from coming to an end
    const active = this.#active;
    if (!active) {
      await this.#opened.closeAll();
      return;
    }
    active.loop.stop();
    await active.running;
    for (const timer of active.timers) clearInterval(timer);
    const until = this.#o.now() + 1_500;
    while (active.publisher.backlog > 0 && this.#o.now() < until && this.#o.streams.state === "ready") await this.#o.delay(10);
    await this.#settle().catch(() => undefined); // what is not acknowledged comes again
    active.service.close();
    active.reading.close();
    await active.source.stop();
    await this.#opened.closeAll();
    await active.lease.release();
  }

  async #begin(): Promise<void> {
    const { leases, node, streams } = this.#o;
    const about = await this.#awaitSource();
    if (about === null) return;
    // An answer that does not come is as good as a no: the wait asks again.
    const lease = (await leases.acquire(ACCOUNT, node, `core of ${node}`).catch(() => null)) ?? (await this.#standBy(about));
    if (lease === null) return;
    lease.onLost((why) => this.#o.outcome.fail(new Error(`the lease of ${ACCOUNT} is lost: ${why}`)));
    this.#state = "reading its tape";
    await streams.takeFence(ACCOUNT, lease.epoch);
    this.#active = await this.#activate(about, lease);
  }

  /** Until the account is free; meanwhile the tape is copied as it is written. Null when the process stops first. */
  async #standBy(about: SourceAbout): Promise<Lease | null> {
    const { config, setup, streams, fanout, leases, node, delay, say, outcome } = this.#o;
    this.#state = "standing by: another node holds the account";
    const replica = new Replica({ config, setup, about, streams, fanout, node, delay, say });
    this.#replica = replica;
    replica.start(outcome.fail);
    try {
      return await leases.wait(ACCOUNT, node, this.#stopping.signal, `core of ${node}`);
    } finally {
      this.#replica = null;
      await replica.stop();
    }
  }

  async #awaitSource(): Promise<SourceAbout | null> {
    while (!this.#stopping.signal.aborted) {
      const about = await readSource(this.#o.streams);
      if (about !== null) return about;
      await this.#o.delay(100);
    }
    return null;
  }

  async #activate(about: SourceAbout, lease: Lease): Promise<Active> {
    const { config, setup, streams, fanout, node, say, now, outcome } = this.#o;
    const before = await readPlay(streams);
    const same = before !== null && before.configHash === setup.configHash && before.source === about.hash && !this.#o.newRun;
    const foreign = ((await streams.get(KEYS.writer)) ?? node) !== node;
    const answers = config.shards > 1 ? new Answers(config.shards) : null;
    const scorer = new ScoredElsewhere(builtinScorer(directoryOf(COMPANIES)));
    const markOf = (folder: RunFolder): PublishedMark => new PublishedMark(dirname(folder.journal));
    const core = await openCore(
      {
        config,
        setup,
        source: { kind: about.kind, name: about.name, hash: about.hash },
        scorer,
        store: this.#o.store,
        newRun: this.#o.newRun,
        say,
        metrics: this.#o.metrics,
        isShown: this.#o.isShown,
        ...(answers ? { strategies: setup.strategies.map((s) => (isShardable(s) ? answers.standIn(s) : s)) } : {}),
        underWay: same ? { id: before.run, number: before.number } : null,
        cutTo: (folder) => (foreign && folder.resumed ? markOf(folder).seq : null),
        catchUp: async (journal, folder) => {
          const caught = await catchUp(streams, folder.run.id, journal, markOf(folder));
          if (caught > 0)
            say(`${caught} entries of run ${folder.run.id} that another node wrote were taken over`, {
              event: "entries.taken_over",
              run: folder.run.id,
              entries: caught,
            });
        },
        mayTrade: () => {
          if (!lease.held()) throw new Fenced(ACCOUNT, lease.epoch, lease.epoch + 1);
        },
        stopping: this.#stopping.signal,
      },
      this.#opened,
    );
    await streams.put(KEYS.writer, node);
    await streams.dropGroup(tapeStreamOf(core.run.id), replicaGroup(node)); // its copy is the one that is written now
    const { deck, folder, run } = core;
    const mark = markOf(folder);
    const safe = new Safe(core.project.events);
    const publisher = new TapePublisher({
      streams,
      run: run.id,
      epoch: lease.epoch,
      tail: await streams.tailOf(tapeStreamOf(run.id), ACCOUNT),
      now,
      published: (seq) => safe.upTo(seq),
      failed: outcome.fail,
    });
    safe.upTo(publisher.published);
    core.audience.add({
      events: (events) => {
        safe.hold(events);
        publisher.offer(events);
        safe.upTo(publisher.published);
      },
      equity: () => {},
      lifecycle: () => {},
    });
    let after = 0;
    const prepare = answers ? rehearsed(setup, scorer, answers, outcome.fail) : () => {};
    if (core.journal.tail > 0) after = await deck.rehearse(() => openTape(folder.journal), setImmediate, prepare);
    answers?.begin(after);
    if (deck.core.door.tail > 0)
      say(`went on with run ${run.id} after entry ${deck.core.door.tail}: every decision on its tape came out the same`, {
        event: "run.resumed",
        run: run.id,
        seq: deck.core.door.tail,
      });
    const order: PlayOrder = {
      run: run.id,
      number: run.number,
      configHash: setup.configHash,
      source: about.hash,
      after,
      attempt: same ? before.attempt : 1,
    };
    const source = new WireSource({
      streams,
      about,
      order,
      node,
      group: "core",
      leads: true,
      scorer,
      answers,
      now,
      delay: this.#o.delay,
      held: () => lease.held(),
      arrived: () => this.#playing.loop?.wake(),
      say,
      failed: outcome.fail,
    });
    const pacer = new Pacer(source, this.#o.speed, now());
    const held = (): boolean => publisher.backlog > UNPUBLISHED || !lease.held();
    const loop = new Loop(deck, pacer, now, () => {}, held);
    this.#playing.pacer = pacer;
    this.#playing.loop = loop;
    const controls = controlsOf(deck, this.#playing);
    const life = String(now());
    const service = new CoreService({
      fanout,
      controls,
      about: () => ({
        run: run.id,
        life,
        mode: "simulated",
        limits: setup.config.risk,
        strategies: [...setup.config.strategies],
        tail: publisher.published,
      }),
    });
    core.audience.add({ events: () => {}, equity: () => {}, lifecycle: (e) => service.lifecycle(e) });
    const reading = new TapeReading(
      fanout,
      run.id,
      () => openTape(folder.journal),
      () => publisher.published,
    );
    await source.start();
    if (this.#stopping.signal.aborted) throw new Error("stopped before it played");
    this.#state = "playing";
    const running = loop.run().then(outcome.done, outcome.fail);
    const timers = [
      setInterval(() => {
        mark.write(publisher.published);
        void this.#settle().catch(() => undefined); // not acknowledged: it comes again
      }, SETTLE_EVERY_MS),
      setInterval(
        () => service.figures(run.id, this.#figures(about, run.id), deck.core.door.kernel.deadLetters()),
        FIGURES_EVERY_MS,
      ),
      setInterval(() => {
        void source.trim().catch(() => undefined);
        void streams.trim(tapeStreamOf(run.id), { keep: KEEP_ENTRIES }).catch(() => undefined);
      }, TRIM_EVERY_MS),
    ];
    return { core, lease, source, publisher, loop, running, timers, service, reading };
  }

  #pending: { readonly tail: number; readonly through: number }[] = [];

  /** Inputs whose outcome is on the stream are done with. */
  async #settle(): Promise<void> {
    const active = this.#active;
    if (!active) return;
    const { source, core, publisher } = active;
    const next = this.#playing.pacer?.nextAt ?? null;
    this.#pending.push({ tail: core.deck.core.door.tail, through: next === null ? source.released : next - 1 });
    let through = -1;
    while ((this.#pending[0]?.tail ?? Number.POSITIVE_INFINITY) <= publisher.published)
      through = this.#pending.shift()?.through ?? through;
    if (through >= 0) await source.settled(through);
    if (this.#playing.pacer?.atEnd && publisher.backlog === 0) this.#o.ended.done();
  }

  #figures(about: SourceAbout, run: string): Figures {
    const active = this.#active as Active;
    const { pacer } = this.#playing;
    return {
      actors: active.core.deck.core.door.kernel.inspect(),
      tape: {
        run,
        mode: "simulated",
        source: about.kind,
        playable: true,
        playing: pacer?.playing ?? false,
        speed: pacer?.speed ?? this.#o.speed,
        from: about.from,
        to: about.to,
        backlog: active.core.store.projection.backlog,
        version: VERSION,
      },
    };
  }
}

/** While a core plays its own tape nobody else computes: the views of its strategies are made here, the same way. */
const rehearsed = (setup: RunSetup, scorer: Scorer, answers: Answers, failed: (error: unknown) => void) => {
  const engine = new ShardEngine({
    config: setup.config,
    strategies: setup.strategies.filter(isShardable),
    owns: () => true,
    escalated: (path, error) => failed(new Error(`${path} gave up: ${error}`)),
  });
  return (batch: readonly InputEvent[]): void => {
    answers.forget(batch[0]?.tSeen ?? 0);
    for (const moment of moments(batch)) {
      answers.know(moment);
      answers.add(engine.feed(asSeen(moment, scorer)));
    }
  };
};

const moments = (batch: readonly InputEvent[]): readonly (readonly Placed[])[] => {
  const all: Placed[][] = [];
  for (const event of batch) {
    const last = all.at(-1);
    if (last?.[0]?.event.tSeen === event.tSeen) last.push({ event, place: last.length });
    else all.push([{ event, place: 0 }]);
  }
  return all;
};

/** Events wait here until they are on the stream; then they may be shown and stored. */
class Safe {
  readonly #show: (events: readonly TapeEvent[]) => void;
  #held: (readonly TapeEvent[])[] = [];

  constructor(show: (events: readonly TapeEvent[]) => void) {
    this.#show = show;
  }
  hold(events: readonly TapeEvent[]): void {
    this.#held.push(events);
  }
  upTo(seq: number): void {
    for (let first = this.#held[0]; first !== undefined && (first.at(-1)?.seq ?? 0) <= seq; first = this.#held[0]) {
      this.#held.shift();
      this.#show(first);
    }
  }
}
