import type { Lease } from "../../../actors/ports/leases.ts";
import { openTape } from "../../adapters/tape/reader.ts";
import type { Loop } from "../loop.ts";
import type { OpenCore } from "../openCore.ts";
import { Playing } from "../playing.ts";
import { venueOf } from "../productionPorts.ts";
import type { CaughtUpCore } from "./caughtUpCore.ts";
import type { CoreRoleOptions } from "./coreOptions.ts";
import { CoreService } from "./coreService.ts";
import { ACCOUNT, tapeStreamOf } from "./names.ts";
import type { PlayOrder, SourceAbout } from "./playOrders.ts";
import { TapePublisher } from "./tapePublisher.ts";
import { TapeReading } from "./tapeReading.ts";
import { UnpublishedEvents } from "./unpublishedEvents.ts";
import { WireSource } from "./wireSource.ts";

/** Entries decided and not yet on the stream, past which nothing more is fed. */
const UNPUBLISHED = 20_000;
const SETTLE_EVERY_MS = 20;
const MARK_EVERY_MS = 500;
const FIGURES_EVERY_MS = 1_000;
/** Thousands of actors are told of less often. */
const FIGURES_EACH_MS = 1;
const PART_PAUSE_MS = 100;
const TRIM_EVERY_MS = 2_000;
/** Entries of the tape's stream that are kept for those who come late. */
const KEEP_ENTRIES = 2_000;
/** What a stop gives the stream to take the rest. */
const LAST_MS = 1_500;

interface Begun {
  readonly source: WireSource;
  readonly publisher: TapePublisher;
  readonly loop: Loop;
  readonly service: CoreService;
  readonly reading: TapeReading;
}

/** The core of the node that holds the account: plays what comes out of the streams, and puts its tape on the run's stream. */
export class ActiveCore {
  readonly core: OpenCore;
  readonly lease: Lease;
  readonly #options: CoreRoleOptions;
  readonly #about: SourceAbout;
  readonly #caughtUp: CaughtUpCore;
  readonly #playing: Playing;
  #begun: Begun | null = null;
  #loop: Loop | null = null;
  #running: Promise<void> | null = null;
  #figuresAt = 0;
  #timers: readonly NodeJS.Timeout[] = [];
  /** What is decided up to a `tail` deals with every input up to a `through`. */
  #pending: { readonly tail: number; readonly through: number }[] = [];

  constructor(options: CoreRoleOptions, about: SourceAbout, lease: Lease, caughtUp: CaughtUpCore) {
    this.#options = options;
    this.#about = about;
    this.lease = lease;
    this.#caughtUp = caughtUp;
    this.core = caughtUp.core;
    this.#playing = new Playing({
      core: caughtUp.core,
      mode: venueOf(options.config).mode,
      about: { ...about, playable: true },
      speed: options.speed,
      wall: options.now,
      say: options.say,
      watched: false,
    });
  }

  /** What it waits for; null when it has what it needs. */
  get waitingFor(): string | null {
    return this.#begun?.source.waitingFor ?? null;
  }
  /** Entries of the streams of inputs that could not be read. */
  get setAside(): number {
    return this.#begun?.source.setAside ?? 0;
  }
  /** Entries that are decided and not on the stream yet. */
  get unpublished(): number {
    return this.#begun?.publisher.backlog ?? 0;
  }

  /** Plays its own tape, then begins to read the streams and to answer gateways. */
  async begin(): Promise<void> {
    const publisher = await this.#publish();
    const after = await this.#rehearse();
    const source = this.#source(after);
    const { core, lease } = this;
    const { fanout } = this.#options;
    const held = (): boolean => publisher.backlog > UNPUBLISHED || !lease.held();
    const loop = await this.#playing.begin(source, () => {}, held);
    this.#loop = loop;
    const service = this.#serve(publisher);
    const reading = new TapeReading(
      fanout,
      core.run.id,
      () => openTape(core.folder.journal),
      () => publisher.published,
      publisher.recent,
    );
    this.#begun = { source, publisher, loop, service, reading };
    await source.start();
  }

  play(): void {
    const { outcome, streams, now, delay } = this.#options;
    const { source, publisher, loop, service } = this.#begun as Begun;
    const { live, run } = this.core;
    this.#running = loop.run().then(outcome.done, outcome.fail);
    this.#timers = [
      setInterval(() => void this.#settle().catch(() => undefined), SETTLE_EVERY_MS), // not acknowledged: it comes again
      setInterval(() => this.#caughtUp.mark.write(publisher.published), MARK_EVERY_MS),
      setInterval(() => {
        if (now() < this.#figuresAt) return;
        const figures = this.#playing.figures();
        this.#figuresAt = now() + figures.actors.length * FIGURES_EACH_MS;
        void service.figures(run.id, figures, live.core.door.kernel.deadLetters(), () => delay(PART_PAUSE_MS));
      }, FIGURES_EVERY_MS),
      setInterval(() => {
        void source.trim().catch(() => undefined);
        void streams.trim(tapeStreamOf(run.id), { keep: KEEP_ENTRIES, unread: true }).catch(() => undefined);
      }, TRIM_EVERY_MS),
    ];
  }

  async stop(): Promise<void> {
    const { now, delay, streams } = this.#options;
    const begun = this.#begun;
    if (!begun) return;
    begun.loop.stop();
    await this.#running;
    for (const timer of this.#timers) clearInterval(timer);
    const until = now() + LAST_MS;
    while (begun.publisher.backlog > 0 && now() < until && streams.state === "ready") await delay(10);
    await this.#settle().catch(() => undefined); // what is not acknowledged comes again
    begun.service.close();
    begun.reading.close();
    await begun.source.stop();
  }

  /** What is sealed goes to the stream, and from there to the tables. */
  async #publish(): Promise<TapePublisher> {
    const { streams, node, now, outcome } = this.#options;
    const { run, project, audience, live } = this.core;
    const unpublished = new UnpublishedEvents(project.events);
    const publisher = new TapePublisher({
      streams,
      run: run.id,
      node,
      epoch: this.lease.epoch,
      tail: await streams.tailOf(tapeStreamOf(run.id), ACCOUNT),
      now,
      published: (seq) => {
        unpublished.upTo(seq);
        live.safeTo(seq);
      },
      failed: outcome.fail,
    });
    audience.add({
      events: (events) => {
        unpublished.hold(events);
        publisher.offer(events);
        unpublished.upTo(publisher.published);
      },
      equity: () => {},
      lifecycle: () => {},
    });
    return publisher;
  }

  /** Returns the `tSeen` of the last input on its tape. */
  async #rehearse(): Promise<number> {
    const after = await this.#playing.rehearse();
    return after;
  }

  #source(after: number): WireSource {
    const { streams, node, now, delay, say, outcome, setup } = this.#options;
    const { run } = this.core;
    const { scorer, before } = this.#caughtUp;
    const order: PlayOrder = {
      run: run.id,
      number: run.number,
      configHash: setup.configHash,
      source: this.#about.hash,
      after,
      attempt: before?.attempt ?? 1,
    };
    return new WireSource({
      streams,
      about: this.#about,
      order,
      node,
      scorer,
      now,
      delay,
      held: () => this.lease.held(),
      arrived: () => this.#loop?.wake(),
      say,
      failed: outcome.fail,
    });
  }

  #serve(publisher: TapePublisher): CoreService {
    const { fanout, now, setup } = this.#options;
    const { run, audience } = this.core;
    const life = String(now());
    const service = new CoreService({
      fanout,
      controls: this.#playing.controls(),
      about: () => ({
        run: run.id,
        life,
        mode: venueOf(this.#options.config).mode,
        limits: setup.config.risk,
        strategies: [...setup.listed],
        tail: publisher.published,
      }),
    });
    audience.add({ events: () => {}, equity: () => {}, lifecycle: (e) => service.lifecycle(e) });
    return service;
  }

  /** Inputs whose outcome is on the stream are done with. */
  async #settle(): Promise<void> {
    const { source, publisher } = this.#begun as Begun;
    const { pacer } = this.#playing;
    const next = pacer?.nextAt ?? null;
    this.#pending.push({ tail: this.core.live.core.door.tail, through: next === null ? source.released : next - 1 });
    let through = -1;
    while ((this.#pending[0]?.tail ?? Number.POSITIVE_INFINITY) <= publisher.published)
      through = this.#pending.shift()?.through ?? through;
    if (through >= 0) await source.settled(through);
    if (pacer?.atEnd && publisher.backlog === 0) this.#options.ended.done();
  }
}
