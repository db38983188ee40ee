import type { ActorSpec, Ref } from "../../actors/actor.ts";
import type { Lifecycle } from "../../actors/ports/supervisor.ts";
import type { Command } from "../../streams/domain/control.ts";
import type { BrokerReply, InputEvent, TapeEvent } from "../../streams/domain/event.ts";
import { likeOf } from "../../streams/domain/limits.ts";
import { type Bar, isBarSound, refusalOf } from "../../streams/domain/market.ts";
import { type Ms, type Seq, seq } from "../../streams/domain/units.ts";
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

/** A market that trades against us: it looks at bars before anyone else does, and answers with what they did to our orders. */
export interface Venue {
  /** @param bars all bars of one moment, in order, valid during the call only. @param now core time */
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
  /** Paths that trading needs, in start order: they live when a command comes that ends it. */
  readonly needs: readonly Needed[];
  readonly performers: Readonly<Record<string, Performer>>;
  readonly venue: Venue | null;
  readonly recorder: Recorder;
  readonly lifecycle?: (e: Lifecycle) => void;
  readonly escalated?: (path: string, error: string) => void;
  readonly stopwatch?: () => number;
}

type Stampable = { -readonly [K in "seq" | "tEvent" | "tSeen" | "cause"]: TapeEvent[K] };
/** An actor that trading needs. `keepsMail`: what waited for it is still to be done; an order that waited is not. */
export interface Needed {
  readonly path: string;
  readonly keepsMail: boolean;
}

/** Commands that must be obeyed: whoever trading needs lives when they come. */
const ENDS_TRADING: ReadonlySet<Command["do"]> = new Set(["kill", "close", "closeAll"]);

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
  /** The bars that are shown to the venue together. */
  private readonly group: Bar[] = [];
  private refused = 0;

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
        settle: () => {
          if (this.outbox.length > 0) this.settle();
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

  /** Bars that could be none: refused, on the tape as such, told to nobody as bars. */
  get refusedBars(): number {
    return this.refused;
  }

  /**
   * Inputs in order of `tSeen`, moments whole: a moment ends where the next input was seen later, and at the end. All bars of a moment are shown to the
   * venue together, so that what happened within them is known before any of them is acted on.
   */
  feed(batch: readonly InputEvent[]): void {
    const { venue } = this.options;
    let shown = 0;
    for (let i = 0; i < batch.length; i++) {
      const event = batch[i] as InputEvent;
      if (event.type !== "market.bar") this.take(event);
      else if (!isBarSound(event)) this.take(refusalOf(event));
      else {
        if (venue !== null && i >= shown) shown = this.show(batch, i, venue);
        this.enterBar(event);
        if (this.outbox.length > 0) this.settle();
      }
    }
    this.kernel.endMoment();
  }

  /** Lets the core's time pass to `t`: timers that are due fire, and what they ask for is done. The moment at `t` ends. */
  advanceTo(t: Ms): void {
    this.passTo(t);
    this.kernel.endMoment();
  }

  /** One input, a moment by itself. Not to be called from inside the core. */
  admit(event: InputEvent): void {
    this.take(event);
    this.kernel.endMoment();
  }

  /** One input; what it asks for at once is done. The moment may go on. */
  private take(event: InputEvent): void {
    this.enter(event);
    this.settle();
  }

  private passTo(t: Ms): void {
    this.kernel.advanceTo(t);
    this.settle();
  }

  /**
   * Shows the venue the bars of the moment that begins, or goes on, at `from`; takes in what they did to our orders. What is due before the first of them
   * begins comes before: it may still send orders that trade in it. Returns where the moment ends in the batch.
   */
  private show(batch: readonly InputEvent[], from: number, venue: Venue): number {
    const { kernel, group } = this;
    const first = batch[from] as Bar;
    let at = kernel.now();
    if (first.tSeen > at) {
      kernel.endMoment();
      at = first.tSeen;
    }
    let begin = first.tEvent;
    while (group.length > 1) group.pop();
    group[0] = first;
    let end = from + 1;
    for (; end < batch.length; end++) {
      const event = batch[end] as InputEvent;
      if (event.tSeen > at) break;
      if (event.type !== "market.bar" || !isBarSound(event)) continue;
      group.push(event);
      if (event.tEvent < begin) begin = event.tEvent;
    }
    const due = kernel.nextTimerAt();
    if (due !== null && due <= begin) this.passTo(begin);
    const replies = venue.onBars(group, kernel.now());
    if (replies.length > 0) this.takeReplies(replies);
    return end;
  }

  private takeReplies(replies: readonly BrokerReply[]): void {
    const inOrder = replies.length > 1 ? [...replies].sort((a, b) => a.tSeen - b.tSeen) : replies; // stable: the order of the bars stands
    for (let i = 0; i < inOrder.length; i++) this.take(inOrder[i] as BrokerReply);
  }

  private enter(event: InputEvent): void {
    if (event.type === "market.bar") {
      if (!isBarSound(event)) this.enter(refusalOf(event));
      else this.enterBar(event);
      return;
    }
    this.pass(event.tSeen);
    if (event.type === "market.barRefused") this.refused++;
    else {
      const { ticker } = event as { readonly ticker?: string };
      if (ticker !== undefined) this.list(ticker);
    }
    this.stamp(event);
    if (event.type === "control.command" && ENDS_TRADING.has(event.command.do)) this.revive();
    this.recalls.note(event);
    this.kernel.deliver(event);
    this.kernel.drain();
    if (event.type === "control.command") this.supervise(event.command);
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

  /** Commands for the supervisor are on the tape like all others, so that a replay has the same lives. An actor hears of its stop before it stops. */
  private supervise(command: Command): void {
    if (command.do === "actor") this.kernel.control(command.path, command.action);
    if (command.do === "retry") this.kernel.retryDeadLetter(command.letter);
    this.kernel.drain();
  }

  private revive(): void {
    for (const { path, keepsMail } of this.options.needs) this.kernel.revive(path, keepsMail);
  }

  private emit(event: TapeEvent, cause: Seq): void {
    if (event.type === "trading.stopped" && likeOf(event) === "kill") this.revive();
    const stampable = event as Stampable;
    stampable.cause = cause;
    stampable.tEvent = this.kernel.now();
    this.stamp(event);
    this.recalls.note(event);
    this.kernel.deliver(event);
  }

  /** It gets its place and is recorded. */
  private stamp(event: TapeEvent): void {
    this.last = seq(this.last + 1);
    const stampable = event as Stampable;
    stampable.seq = this.last;
    stampable.tSeen = this.kernel.now();
    this.options.recorder.other(event as Exclude<TapeEvent, Bar>);
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
