import type { ActorSpec } from "../../actors/actor.ts";
import type { Lifecycle } from "../../actors/ports/supervisor.ts";
import type { TapeReader, TapeWriter } from "../../actors/ports/tape.ts";
import { PORTS } from "../../actors/topology.ts";
import { type Command, clockMark, controlCommand } from "../../streams/domain/control.ts";
import type { InputEvent, TapeEvent } from "../../streams/domain/event.ts";
import { type Ms, ms } from "../../streams/domain/units.ts";
import type { Digest } from "../core/decisions.ts";
import { type Opening, type Surroundings, type TradingCore, tradingCore } from "../core/tradingCore.ts";
import { simulated } from "../core/venue.ts";
import type { Performer } from "../kernel/door.ts";
import { TapeSource } from "../replay/player.ts";
import { RecordedRequests } from "../replay/recordedRequests.ts";
import { Rehearsal } from "../replay/rehearsal.ts";
import type { RunSetup } from "../runSetup.ts";
import { deckTree } from "../tree.ts";
import { BrokerLine } from "./brokerLine.ts";
import { Ingress } from "./ingress.ts";
import { type Line, Outbox } from "./outbox.ts";
import { answersOf, type Ports } from "./ports.ts";
import { ScorerLine } from "./scorerLine.ts";

/** Sees events only after they are on the tape. */
export interface Audience {
  events(events: readonly TapeEvent[]): void;
  equity(marks: readonly (readonly [at: number, equity: number, cash: number])[]): void;
  lifecycle(e: Lifecycle): void;
}

export interface LiveRunOptions {
  readonly setup: RunSetup;
  readonly runId: string;
  readonly ports: Pick<Ports, "broker" | "scorer" | "fallback" | "timing">;
  /** Makes a fresh sha256. */
  readonly digest: () => Digest;
  readonly journal: TapeWriter;
  /** What the account goes on with from an earlier run. */
  readonly opening?: Opening | undefined;
  readonly audience: Audience;
  readonly stopwatch: () => number;
  /** The root supervisor gave up, a feed ended, the disk failed: nothing trades any more. */
  readonly failed: (error: unknown) => void;
  readonly escalated: (path: string, error: string) => void;
  /** Told of every order: µs since the input that led to it was fed, and how late that was, ms. */
  readonly ordered?: (sinceFedUs: number, lateMs: number) => void;
  /** Told of what a broker said that made no sense. */
  readonly refused?: (why: string) => void;
  /** Told of every wait for the disk before requests to a broker leave, µs. */
  readonly synced?: (us: number) => void;
  /** Called before each request to the simulated exchange. @throws when this process may not trade (any more). */
  readonly mayTrade?: () => void;
  /** Changes the tree before it is started. */
  readonly tree?: (deck: ActorSpec) => ActorSpec;
  /** Who says that entries are safe enough for requests to a broker to leave: this machine's disk (default), or others, by `safeTo`. */
  readonly safety?: "disk" | "elsewhere";
}

const same = (deck: ActorSpec): ActorSpec => deck;

/** Tries of a scorer outside, and how long each may take. */
const SCORER_PATIENCE = { timeoutMs: 30_000, tries: 3, pauseMs: 500 } as const;

/**
 * A run that is on: the core, its tape, those who watch, and the ways to ports outside. What the core does is on the tape before anyone outside
 * sees it: `seal` writes the tape, then tells the audience; requests to a broker outside leave when the disk itself has the tape.
 */
export class LiveRun {
  readonly core: TradingCore;
  readonly ingress: Ingress;
  private readonly options: LiveRunOptions;
  private readonly outbox: Outbox;
  private readonly broker: BrokerLine | null;
  private readonly scorer: ScorerLine | null;
  private rehearsal: { readonly tape: Rehearsal; readonly requests: RecordedRequests } | null = null;
  private unpublished: TapeEvent[] = [];
  private marksTold = 0;
  private dirty = false;
  /** Newest entry that is sealed. */
  private sealedTail = 0;
  private syncing = false;
  private over = false;
  private fedAt = 0;
  private lateMs = 0;
  /** Market time of what arrives; set by whoever plays the run. */
  private marketNow: () => Ms = () => this.now;
  private wake: () => void = () => {};

  /** @param inOrder answers of a scorer come in the order of the requests: where the source waits for them. */
  constructor(options: LiveRunOptions, inOrder = true) {
    this.options = options;
    const { setup, runId, audience, ports } = options;
    const { timing } = ports;
    const woken = (): void => this.wake();
    this.ingress = new Ingress({ stamp: () => this.marketNow(), wake: woken, failed: (error) => this.fail(error) });
    this.outbox = new Outbox(woken);
    this.broker =
      ports.broker &&
      new BrokerLine({
        broker: ports.broker,
        ingress: this.ingress,
        timing,
        booked: options.opening?.fills ?? [],
        ...(options.refused ? { refused: options.refused } : {}),
      });
    this.scorer =
      ports.scorer.answers === "again"
        ? null
        : new ScorerLine(ports.scorer.scorer, { timing, ...SCORER_PATIENCE }, this.ingress, inOrder);
    this.core = tradingCore({
      ...this.surroundings(),
      config: setup.config,
      tree: (options.tree ?? same)(deckTree(setup.config, runId, setup.strategies, answersOf(ports))),
      opening: options.opening,
      digest: options.digest,
      record: (event) => this.record(event),
      lifecycle: (e) => audience.lifecycle(e),
      escalated: options.escalated,
      stopwatch: options.stopwatch,
    });
  }

  /** True when it failed: nothing may be fed any more. */
  get isOver(): boolean {
    return this.over;
  }

  get now(): Ms {
    return this.core.door.kernel.now();
  }

  /** A broker outside trades for it. */
  get hasBroker(): boolean {
    return this.broker !== null;
  }

  /** When the next timer of the core is due; null: none waits. */
  nextTimerAt(): Ms | null {
    return this.core.door.kernel.nextTimerAt();
  }

  /** Requests to ports outside that wait to leave, or for their answer. */
  get inFlight(): number {
    return this.outbox.inFlight;
  }

  /** What has arrived and was not taken in. */
  get waiting(): number {
    return this.ingress.size;
  }

  /** Quotes that a newer one took the place of before they were seen. */
  get conflated(): number {
    return this.ingress.conflated;
  }

  /** Answers of the broker that were said before, and left out. */
  get repeats(): number {
    return this.broker?.repeats ?? 0;
  }

  /** Before the first feed. @param marketNow of what arrives. @param wake something arrived, or was answered. */
  async open(marketNow: () => Ms, wake: () => void): Promise<void> {
    this.marketNow = marketNow;
    this.wake = wake;
    await this.broker?.open();
  }

  /**
   * Plays the run's own tape, so that the core is where it was, and every decision is the one recorded. Ports outside are not asked; what was asked
   * and not answered is told in the result: a score is asked for again, an order is looked up by its actor in its time. Returns the `tSeen` of the
   * last thing that came from outside, 0 when there was none. A long tape takes a while: `turn` lets others in between, such as a lease that
   * has to be renewed.
   * @throws Divergence when it is not: another version decided this tape.
   */
  async rehearse(open: () => TapeReader, turn: () => Promise<void>): Promise<Rehearsed> {
    const tape = new Rehearsal(open());
    const requests = new RecordedRequests(answersOf(this.options.ports) ?? {});
    this.rehearsal = { tape, requests };
    const inputs = new TapeSource(open());
    let last = 0 as Ms;
    for (let batch = inputs.next(); batch !== null; batch = inputs.next()) {
      this.core.feed(batch);
      last = batch.at(-1)?.tSeen ?? last;
      this.seal();
      await turn();
    }
    if (tape.next !== null) this.core.door.advanceTo(tape.next.tSeen);
    tape.finish();
    this.rehearsal = null;
    this.seal();
    let orders = 0;
    for (const { port, request, at } of requests.unanswered()) {
      if (port === PORTS.scorer && this.scorer !== null) this.outbox.put(this.scorer, request, ms(at), this.core.door.tail);
      else orders += 1;
    }
    this.outbox.sealedTo(this.core.door.tail);
    return { last, unanswered: orders };
  }

  /** One moment. `lateMs`: how long ago these inputs were due. */
  feed(batch: readonly InputEvent[], lateMs = 0): void {
    this.fedAt = this.options.stopwatch();
    this.lateMs = lateMs;
    this.begin(batch[0]?.tSeen ?? this.now);
    this.core.feed(batch);
  }

  /** What has arrived by itself, as one moment; false when nothing has. */
  takeIn(): boolean {
    const moment = this.ingress.take(this.now);
    if (moment === null) return false;
    this.feed(moment);
    return true;
  }

  /** Time has gone on to `at` and nothing else has happened: timers that are due fire. Nothing is written when none is. */
  pass(at: Ms): boolean {
    const due = this.nextTimerAt();
    if (due === null || due > at) return false;
    this.feed([clockMark(at)]);
    return true;
  }

  /** @param at market time, not before the last entry's. */
  command(by: string, command: Command, at: Ms = this.now): void {
    this.fedAt = this.options.stopwatch();
    this.lateMs = 0;
    this.begin(at);
    this.core.door.admit(controlCommand(by, command, at));
  }

  /** What was fed so far is on the tape and out; requests that wait for the disk leave as soon as it has them. @throws TapeUnwritable: nothing was told. */
  seal(): void {
    if (this.dirty) this.options.journal.seal();
    this.dirty = false;
    this.sealedTail = this.core.door.tail;
    this.outbox.sealedTo(this.sealedTail);
    if (this.outbox.forDisk > 0 && !this.syncing && this.options.safety !== "elsewhere") void this.sync();
    this.tell();
  }

  /** No request leaves any more. Those that had not are looked up by the next start. */
  close(): void {
    this.outbox.close();
  }

  /** Entries up to `seq` are safe: requests to a broker that rest on them leave. */
  safeTo(seq: number): void {
    this.outbox.safeTo(seq);
  }

  /** One flush at a time, for all that waits. After one that failed nothing leaves: the next may succeed without what that one lost. */
  private async sync(): Promise<void> {
    const { journal, stopwatch, synced } = this.options;
    this.syncing = true;
    try {
      while (this.outbox.forDisk > 0) {
        const sealed = this.sealedTail;
        const begun = stopwatch();
        await journal.flush();
        synced?.(stopwatch() - begun);
        this.outbox.safeTo(sealed);
        if (this.sealedTail === sealed) break; // what waits still is not sealed: the next seal goes on
      }
      this.syncing = false;
    } catch (error) {
      this.fail(error);
    }
  }

  /** It cannot go on: nothing more is taken in, and no request leaves. */
  private fail(error: unknown): void {
    this.over = true;
    this.outbox.close();
    this.options.failed(error);
    this.wake();
  }

  private surroundings(): Surroundings {
    const { ports, setup, mayTrade } = this.options;
    const pure = ports.scorer.answers === "again" ? ports.scorer.scorer : ports.fallback;
    const again = simulated(setup.config, pure, mayTrade);
    const outside = (port: string, line: Line | null) => (line === null ? {} : { [port]: this.performer(port, line) });
    const performers = { ...again.performers, ...outside(PORTS.broker, this.broker), ...outside(PORTS.scorer, this.scorer) };
    const { broker } = this;
    return broker === null ? { ...again, performers } : { performers, venue: null, notes: [broker] };
  }

  private performer(port: string, line: Line): Performer {
    return {
      perform: (request, now) => {
        if (this.rehearsal !== null) this.rehearsal.requests.note(port, request, now);
        else this.outbox.put(line, request, now, this.core.door.tail);
      },
    };
  }

  /** A moment begins. Where the one before was seen at the same time, the tape has to say so. */
  private begin(at: Ms): void {
    if (at <= this.now && this.core.door.tail > 0) this.options.journal.bound();
  }

  private record(event: TapeEvent): void {
    const { rehearsal } = this;
    if (rehearsal?.tape.meets(event)) rehearsal.requests.hears(event);
    else {
      this.options.journal.append(event);
      if (event.type === "order.submitted" && rehearsal === null)
        this.options.ordered?.(this.options.stopwatch() - this.fedAt, this.lateMs);
      this.dirty = true;
    }
    if (event.type === "broker.pressure") this.ingress.behind = event.behind;
    this.unpublished.push(event);
  }

  private tell(): void {
    if (this.unpublished.length === 0) return;
    const events = this.unpublished;
    this.unpublished = [];
    this.options.audience.events(events);
    const marks = this.core.collector.marksSince(this.marksTold);
    if (marks.length === 0) return;
    this.marksTold += marks.length;
    this.options.audience.equity(marks);
  }
}

/** What a start found on its own tape. */
export interface Rehearsed {
  /** `tSeen` of the last input; 0: there was none. */
  readonly last: Ms;
  /** Requests to the broker without an answer. Nothing of them is sent again: their orders are looked up. */
  readonly unanswered: number;
}
