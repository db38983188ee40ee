import type { ActorSpec, Ref } from "../../actors/actor.ts";
import type { Lifecycle } from "../../actors/ports/supervisor.ts";
import type { Command } from "../../streams/domain/control.ts";
import type { BrokerReply, InputEvent, TapeEvent } from "../../streams/domain/event.ts";
import type { Bar } from "../../streams/domain/market.ts";
import { type Ms, ms, type Seq, seq } from "../../streams/domain/units.ts";
import { createKernel, type Kernel } from "./kernel.ts";
import { RecallStore } from "./recall.ts";

/**
 * Takes the requests to one port, when the core is quiet. A port that is asked again in a replay offers its answers to the door at once; one
 * outside puts the request into an outbox, and its answers come as inputs of their own.
 */
export interface Performer {
  /** @param offer takes answers, during this call only. */
  perform(request: unknown, now: Ms, offer: (event: InputEvent) => void): void;
}

/** A market that trades against us: it looks at the bars of a moment before anyone else does, and answers with what they did to our orders. */
export interface Venue {
  /** @returns replies in the order of their `tSeen` */
  onBars(bars: readonly Bar[], now: Ms): readonly BrokerReply[];
}

/**
 * Is told of each event, stamped, in order, before anyone acts on it: the tape, the hash, the books. Bars come by a way of their own:
 * they are most of what there is, and code that only ever sees one shape of object runs several times as fast.
 */
export interface Recorder {
  bar(bar: Bar): void;
  other(event: Exclude<TapeEvent, Bar>): void;
}

export interface DoorOptions {
  readonly seed: number;
  readonly startAt: Ms;
  readonly tree: ActorSpec;
  /** Path of the actor that is told of each ticker when it is first heard of. */
  readonly lister: string;
  readonly performers: Readonly<Record<string, Performer>>;
  readonly venue: Venue | null;
  readonly recorder: Recorder;
  readonly lifecycle?: (e: Lifecycle) => void;
  readonly escalated?: (path: string, error: string) => void;
  readonly stopwatch?: () => number;
}

type Stampable = { -readonly [K in "seq" | "tEvent" | "tSeen" | "cause"]: TapeEvent[K] };
interface Asked {
  readonly port: string;
  readonly request: unknown;
}

/**
 * The one place where an event enters the core. An input is admitted only when the core is quiet: everything it leads to is done
 * before the next comes in, so that live and replay interleave alike. Admission is: timers that are due fire; the event is stamped
 * with its `seq` and recorded; it is delivered; the core runs until it is quiet; the effects asked for are carried out, and what
 * they bring back at once is admitted before anything else.
 */
export class Door {
  readonly kernel: Kernel;
  private readonly options: DoorOptions;
  private readonly recalls = new RecallStore();
  private readonly lister: Ref;
  private readonly listed = new Set<string>();
  private readonly outbox: Asked[] = [];
  private readonly inbox: InputEvent[] = [];
  private readonly offer = (event: InputEvent): void => {
    this.inbox.push(event);
  };
  private last: Seq = seq(0);
  private lastListed = "";

  constructor(options: DoorOptions) {
    this.options = options;
    const { lifecycle, escalated, stopwatch } = options;
    this.kernel = createKernel({
      seed: options.seed,
      startAt: options.startAt,
      host: {
        emit: (event, cause) => this.emit(event, cause),
        perform: (port, request) => {
          this.outbox.push({ port, request });
        },
        recall: (recalls) => this.recalls.recall(recalls),
        lifecycle: (e) => {
          if (e.kind === "started" && e.path === options.lister) this.forgetListed();
          lifecycle?.(e);
        },
        ...(escalated ? { escalated } : {}),
        ...(stopwatch ? { stopwatch } : {}),
      },
    });
    this.lister = this.kernel.ref(options.lister);
    this.kernel.start(options.tree);
    this.kernel.drain();
  }

  /** seq of the newest event; 0 before the first. */
  get tail(): Seq {
    return this.last;
  }

  /** True while the core cannot take more: the source must wait and let time pass. */
  congested(): boolean {
    return this.kernel.congested();
  }

  /**
   * Inputs in order of `tSeen`. Neighbouring bars of one `tSeen` are shown to the venue together, so that what happened within
   * them is known before any of them is acted on; such a group must arrive whole.
   */
  feed(batch: readonly InputEvent[]): void {
    for (let i = 0; i < batch.length; i++) {
      const event = batch[i] as InputEvent;
      const { venue } = this.options;
      if (event.type !== "market.bar" || venue === null) {
        this.admit(event);
        continue;
      }
      const next = batch[i + 1];
      if (next === undefined || next.type !== "market.bar" || next.tSeen !== event.tSeen) this.feedBar(event, venue);
      else {
        const end = endOfGroup(batch, i);
        this.feedBars(batch.slice(i, end) as Bar[], venue);
        i = end - 1;
      }
    }
  }

  /** Lets the core's time pass to `t`: timers that are due fire, and what they ask for is done. */
  advanceTo(t: Ms): void {
    this.kernel.advanceTo(t);
    this.settle();
  }

  /** One input. Not to be called from inside the core. */
  admit(event: InputEvent): void {
    this.enter(event);
    this.settle();
  }

  /** What is due before a bar begins comes before what the bar did to our orders: it may still send some that trade in it. */
  private passTo(begin: Ms): void {
    const due = this.kernel.nextTimerAt();
    if (due !== null && due <= begin) this.advanceTo(begin);
  }

  private feedBar(bar: Bar, venue: Venue): void {
    this.passTo(beginOf(bar));
    const replies = venue.onBars([bar], this.kernel.now());
    for (let i = 0; i < replies.length; i++) this.admit(replies[i] as BrokerReply);
    this.enterBar(bar);
    if (this.outbox.length > 0) this.settle();
  }

  private feedBars(bars: readonly Bar[], venue: Venue): void {
    for (const bar of bars) this.passTo(beginOf(bar));
    for (const reply of venue.onBars(bars, this.kernel.now())) this.admit(reply);
    for (const bar of bars) {
      this.enterBar(bar);
      if (this.outbox.length > 0) this.settle();
    }
  }

  private enter(event: InputEvent): void {
    if (event.type === "market.bar") {
      this.enterBar(event);
      return;
    }
    this.pass(event.tSeen);
    const { ticker } = event as { readonly ticker?: string };
    if (ticker !== undefined) this.list(ticker);
    this.take(event);
    if (event.type === "control.command") this.supervise(event.command);
    this.kernel.drain();
  }

  /** As `enter`, for the one shape that counts. */
  private enterBar(bar: Bar): void {
    const { kernel } = this;
    this.pass(bar.tSeen);
    this.list(bar.ticker);
    this.last = seq(this.last + 1);
    const stampable = bar as Stampable;
    stampable.seq = this.last;
    const now = kernel.now();
    if (bar.tSeen !== now) stampable.tSeen = now;
    this.options.recorder.bar(bar);
    this.recalls.noteBar(bar);
    kernel.deliver(bar);
    kernel.drain();
  }

  /** Time goes on to `t`: timers that are due fire, and what they asked for is answered, before anything else. */
  private pass(t: Ms): void {
    if (t <= this.kernel.now()) return;
    this.kernel.advanceTo(t);
    if (this.outbox.length > 0) this.settle();
  }

  /** A ticker that was not heard of before gets its actor before its first event. */
  private list(ticker: string): void {
    if (ticker === this.lastListed) return;
    this.lastListed = ticker;
    if (this.listed.has(ticker)) return;
    this.listed.add(ticker);
    this.kernel.tell(this.lister, { type: "listed", ticker }, this.last);
    this.kernel.drain();
  }

  /** A new life of the actor that is told of tickers knows none: each is told again before its next event. */
  private forgetListed(): void {
    this.listed.clear();
    this.lastListed = "";
  }

  /** Commands for the supervisor are on the tape like all others, so that a replay has the same lives. */
  private supervise(command: Command): void {
    if (command.do === "actor") this.kernel.control(command.path, command.action);
    if (command.do === "retry") this.kernel.retryDeadLetter(command.letter);
  }

  private emit(event: TapeEvent, cause: Seq): void {
    const stampable = event as Stampable;
    stampable.cause = cause;
    stampable.tEvent = this.kernel.now();
    this.take(event);
  }

  private take(event: TapeEvent): void {
    this.last = seq(this.last + 1);
    const stampable = event as Stampable;
    stampable.seq = this.last;
    stampable.tSeen = this.kernel.now();
    this.options.recorder.other(event as Exclude<TapeEvent, Bar>);
    this.recalls.note(event);
    this.kernel.deliver(event);
  }

  private settle(): void {
    while (this.outbox.length > 0 || this.inbox.length > 0) {
      this.performAll();
      const next = this.inbox.shift();
      if (next) this.enter(next);
    }
  }

  private performAll(): void {
    for (let i = 0; i < this.outbox.length; i++) {
      const { port, request } = this.outbox[i] as Asked;
      const performer = this.options.performers[port];
      if (!performer) throw new Error(`nothing performs ${port}`);
      performer.perform(request, this.kernel.now(), this.offer);
    }
    this.outbox.length = 0;
  }
}

/** When a bar began; what says that it is yet to begin has begun when it was seen: time does not follow a wrong clock of a feed. */
const beginOf = (bar: Bar): Ms => ms(Math.min(bar.tEvent, bar.tSeen));

/** One past the last of the neighbouring bars that share a `tSeen`. */
const endOfGroup = (batch: readonly InputEvent[], from: number): number => {
  const at = batch[from]?.tSeen;
  let end = from + 1;
  while (batch[end]?.type === "market.bar" && batch[end]?.tSeen === at) end++;
  return end;
};
