import type { Scorer } from "../../actors/ports/scorer.ts";
import type { Lifecycle } from "../../actors/ports/supervisor.ts";
import type { TapeReader, TapeWriter } from "../../actors/ports/tape.ts";
import { type Command, controlCommand } from "../../streams/domain/control.ts";
import type { InputEvent, TapeEvent } from "../../streams/domain/event.ts";
import type { Ms } from "../../streams/domain/units.ts";
import { type Opening, type SimulatedCore, simulatedCore } from "../replay/core.ts";
import type { Digest } from "../replay/decisions.ts";
import { TapeSource } from "../replay/player.ts";
import { Rehearsal } from "../replay/rehearsal.ts";
import type { RunSetup } from "../runSetup.ts";
import { deckTree } from "../tree.ts";

/** Sees events only after they are on the tape. */
export interface Audience {
  events(events: readonly TapeEvent[]): void;
  equity(marks: readonly (readonly [at: number, equity: number, cash: number])[]): void;
  lifecycle(e: Lifecycle): void;
}

export interface DeckOptions {
  readonly setup: RunSetup;
  readonly runId: string;
  readonly scorer: Scorer;
  readonly digest: Digest;
  readonly journal: TapeWriter;
  /** What the account goes on with from an earlier run. */
  readonly opening?: Opening | undefined;
  readonly audience: Audience;
  readonly stopwatch: () => number;
  /** The root supervisor gave up: nothing trades any more. */
  readonly escalated: (path: string, error: string) => void;
  /** Told of every order: µs since the input that led to it was fed, and how late that was, ms. */
  readonly ordered?: (sinceFedUs: number, lateMs: number) => void;
  /** Called before each order goes to the broker. @throws when this process may not trade (any more). */
  readonly mayTrade?: () => void;
}

/**
 * A run that is on: the core, its tape, and those who watch. What the core does is on the tape before anyone outside sees it:
 * `seal` writes the tape, then tells the audience.
 */
export class Deck {
  readonly core: SimulatedCore;
  private readonly options: DeckOptions;
  private rehearsal: Rehearsal | null = null;
  private unpublished: TapeEvent[] = [];
  private marksTold = 0;
  private dirty = false;
  private fedAt = 0;
  private lateMs = 0;

  constructor(options: DeckOptions) {
    this.options = options;
    const { setup, runId, audience } = options;
    this.core = simulatedCore({
      config: setup.config,
      tree: deckTree(setup.config, runId, setup.strategies),
      scorer: options.scorer,
      opening: options.opening,
      digest: options.digest,
      record: (event) => this.record(event),
      lifecycle: (e) => audience.lifecycle(e),
      escalated: options.escalated,
      stopwatch: options.stopwatch,
      ...(options.mayTrade ? { mayTrade: options.mayTrade } : {}),
    });
  }

  get now(): Ms {
    return this.core.door.kernel.now();
  }

  /**
   * Plays the run's own tape, so that the core is where it was, and every decision is the one recorded. Returns the `tSeen` of the
   * last thing that came from outside, 0 when there was none. A long tape takes a while: `turn` lets others in between, such as a lease that
   * has to be renewed.
   * @throws Divergence when it is not: another version decided this tape.
   */
  async rehearse(open: () => TapeReader, turn: () => Promise<void>): Promise<Ms> {
    const rehearsal = new Rehearsal(open());
    this.rehearsal = rehearsal;
    const inputs = new TapeSource(open());
    let last = 0 as Ms;
    for (let batch = inputs.next(); batch !== null; batch = inputs.next()) {
      this.core.feed(batch);
      last = batch.at(-1)?.tSeen ?? last;
      this.seal();
      await turn();
    }
    if (rehearsal.next !== null) this.core.door.advanceTo(rehearsal.next.tSeen);
    rehearsal.finish();
    this.rehearsal = null;
    this.seal();
    return last;
  }

  /** `lateMs`: how long ago these inputs were due. */
  feed(batch: readonly InputEvent[], lateMs = 0): void {
    this.fedAt = this.options.stopwatch();
    this.lateMs = lateMs;
    this.core.feed(batch);
  }

  command(by: string, command: Command): void {
    this.fedAt = this.options.stopwatch();
    this.lateMs = 0;
    this.core.door.admit(controlCommand(by, command, this.now));
  }

  /** What was fed so far is on the tape and out. @throws TapeUnwritable: nothing was told. */
  seal(): void {
    if (this.dirty) this.options.journal.seal();
    this.dirty = false;
    this.tell();
  }

  private record(event: TapeEvent): void {
    if (!this.rehearsal?.meets(event)) {
      this.options.journal.append(event);
      if (event.type === "order.submitted" && this.rehearsal === null)
        this.options.ordered?.(this.options.stopwatch() - this.fedAt, this.lateMs);
      this.dirty = true;
    }
    this.unpublished.push(event);
  }

  private tell(): void {
    if (this.unpublished.length === 0) return;
    const events = this.unpublished;
    this.unpublished = [];
    this.options.audience.events(events);
    const { at, equity, cash, length } = this.core.collector.marksSince(this.marksTold);
    if (length === 0) return;
    this.marksTold += length;
    this.options.audience.equity(
      Array.from({ length }, (_, i) => [at[i] as number, equity[i] as number, cash[i] as number] as const),
    );
  }
}
