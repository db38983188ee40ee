import type { Observable, SchedulerLike } from "rxjs";
import type { EventType, TapeEvent } from "../streams/domain/event.ts";
import type { Ms, Seq, Ticker } from "../streams/domain/units.ts";

/** The core's clock: the `tSeen` of the latest entry, or the due time of the timer that is firing. Never the machine's. */
export interface Clock {
  now(): Ms;
}
/** Seeded chance: the same seed gives the same numbers on every machine. */
export interface Rng {
  /** Uniform in [0, 1). */
  next(): number;
}

/** A stable handle to the place of an actor in the tree. It outlives crashes and restarts, and may be had before the actor exists. */
export interface Ref<out M = unknown> {
  readonly path: string;
  /** Type only: what the actor understands. */
  readonly accepts?: M;
}

/** What an actor may know of the world. Everything in it replays exactly. */
export interface ActorContext extends Clock {
  /** `market/ticker/AAPL/momentum`. */
  readonly path: string;
  readonly self: Ref;
  readonly parent: Ref | null;
  /** Seeded from the run's seed and the path. */
  readonly rng: Rng;
  /** For RxJS operators that wait. Runs on the core's clock. */
  readonly scheduler: SchedulerLike;
  /** The tape entry that the message at hand goes back to; 0 before the first. */
  cause(): Seq;
  ref<M>(path: string): Ref<M>;
}

/** What an actor wants done, as data. Only the kernel carries it out, in order, after the new state is kept. */
export type Effect =
  | { readonly fx: "tell"; readonly to: Ref; readonly msg: unknown }
  /** A decision: through the door it gets its `seq`, is written to the tape, and goes to whoever listens. */
  | { readonly fx: "emit"; readonly event: TapeEvent }
  /**
   * A request to a port, by its name ("broker", "scorer"). What it brings back is an event through the door. A port that a replay asks again is asked
   * when the core is quiet; one outside when the tape up to here is sealed, a broker when the disk has it.
   */
  | { readonly fx: "perform"; readonly port: string; readonly request: unknown }
  /** Tells self `msg` after `delayMs` of the core's time. The same key again replaces the timer. */
  | { readonly fx: "after"; readonly key: string; readonly delayMs: number; readonly msg: unknown }
  | { readonly fx: "cancel"; readonly key: string }
  /**
   * Tells self `msg` when the moment is over: all that came in at this time has been told to everyone, and the core is quiet. A lower `turn` comes
   * first, what it leads to included; within a turn by `key`, then in the order of asking. The same turn and key again replaces the message. It ends with
   * the actor's life.
   */
  | { readonly fx: "atMomentEnd"; readonly turn: number; readonly key: string; readonly msg: unknown }
  /** As tell, under a cause of one's own. */
  | { readonly fx: "tellFor"; readonly to: Ref; readonly msg: unknown; readonly cause: Seq }
  | { readonly fx: "spawn"; readonly child: ActorSpec }
  /** Stops a child by name, or self. */
  | { readonly fx: "stop"; readonly child?: string }
  /** Tells self `{ type: "down", path, reason }` when the other stops for good, or at once if it is not there. */
  | { readonly fx: "watch"; readonly target: Ref }
  | { readonly fx: "unwatch"; readonly target: Ref }
  /** A question: `msg(replyTo)` goes out, and exactly one of answer and time-out comes back to self. */
  | {
      readonly fx: "ask";
      readonly to: Ref;
      readonly msg: (replyTo: ReplyTo) => unknown;
      readonly timeoutMs: number;
      readonly onReply: (answer: unknown) => unknown;
      readonly onTimeout: unknown;
    }
  | { readonly fx: "reply"; readonly to: ReplyTo; readonly answer: unknown };

/** Where an answer goes: the address of one question. A second answer is dropped and counted. */
export interface ReplyTo {
  readonly askId: number;
}

/** Delivered to a watcher. */
export interface Down {
  readonly type: "down";
  readonly path: string;
  readonly reason: "stopped" | "gave up" | "absent";
}

/** The next state, then the effects, in order. */
export type Step<S> = readonly [state: S, ...effects: Effect[]];

/** A message that crashed its actor twice. A person may have it told again. */
export interface SetAside {
  readonly message: unknown;
  readonly error: string;
  /** The tape entry that it goes back to. */
  readonly cause: Seq;
}

/** An actor as a state machine. `receive` is pure and total: same state + same message = same step. Throwing means "I am broken, restart me". */
export interface ReceiveBehaviour<S, M> {
  readonly initial: (context: ActorContext) => S;
  readonly receive: (state: S, msg: M, context: ActorContext) => Step<S>;
  /** Run once when a life begins, after `recall`. */
  readonly started?: (state: S, context: ActorContext) => Step<S>;
  /** Run after `started`, before any message, for each that has become a dead letter since it ran last: the actor goes on without it, and says what that means. */
  readonly setAside?: (state: S, letter: SetAside, context: ActorContext) => Step<S>;
}

/** An actor as a flow. The kernel is the only subscriber; an error is a crash; completion is a normal stop. */
export interface FlowBehaviour<M> {
  readonly flow: (inbox$: Observable<M>, context: ActorContext) => Observable<Effect>;
}

/** Either form, its protocol forgotten: the tree holds actors of many protocols, each typed where it is defined. */
export type Behaviour = ReceiveBehaviour<unknown, unknown> | FlowBehaviour<unknown>;

/** What this actor is told of. With a ticker: only that one's events. */
export interface Listen {
  readonly type: EventType;
  readonly ticker?: Ticker;
}

/**
 * What an actor needs to be told again at the start of a new life (effects are dropped while it is). A flow's clock and scheduler are at the `tSeen` of
 * what it is told, so that operators that wait come to where they were; a machine's clock stays at the core's time.
 */
export interface Recall extends Listen {
  /** How many of the latest (of each ticker, where events carry one), all of the run, or those of orders and headlines that are still open (a headline: without a score). */
  readonly last: number | "all" | "open";
  /** Thins a number of latest out to the newest one of each period. Says when the period of a moment ends. */
  readonly per?: (at: Ms) => Ms;
  /** The latest so many of each ticker *and* strategy (of views), or *and* limit (of limits that a fill went past). */
  readonly by?: "strategy" | "limit";
}

export interface MailboxSpec {
  /** A key for messages of which only the newest counts (quotes); null for what must never be lost. */
  readonly conflate?: (msg: unknown) => string | null;
}

/** Exponential: minMs, minMs × factor, … up to maxMs, each times 1 ± jitter (seeded). Back to minMs after `resetAfterMs` without a crash. */
export interface Backoff {
  readonly minMs: number;
  readonly maxMs: number;
  readonly factor: number;
  /** Fraction in [0, 1). */
  readonly jitter: number;
  readonly resetAfterMs: number;
}

/** At most `maxRestarts` within any `withinMs` of the core's time; one more and the supervisor gives up and crashes itself. */
export interface Intensity {
  readonly maxRestarts: number;
  readonly withinMs: number;
}

/** How a node treats the crashes of its children. As Erlang/OTP's supervisor. */
export interface Supervision extends Intensity {
  readonly strategy: "one_for_one" | "one_for_all" | "rest_for_one";
  /**
   * When a restart is one too many. `escalate`, as in OTP: the supervisor stops its children and crashes. `stop_child`: restarts are counted for each child
   * alone, and the one that crashes too often is stopped; its siblings go on. For children whose code is not ours.
   */
  readonly exceeded?: "escalate" | "stop_child";
}

/** A node of the tree, as data: an actor, a supervisor of others, or both. */
export interface ActorSpec {
  /** Unique among its siblings; no slash. */
  readonly name: string;
  readonly behaviour?: Behaviour;
  /** permanent: always restarted. transient: only after a crash. temporary: never. Default permanent. */
  readonly restart?: "permanent" | "transient" | "temporary";
  readonly backoff?: Partial<Backoff>;
  readonly mailbox?: MailboxSpec;
  readonly listens?: readonly Listen[];
  readonly recalls?: readonly Recall[];
  /** Started left to right, stopped right to left. */
  readonly children?: readonly ActorSpec[];
  /** Default one_for_one, 3 restarts in 60 s. */
  readonly supervision?: Partial<Supervision>;
  /** More children than this may not be spawned. Default unbounded. */
  readonly maxChildren?: number;
}

/** `receive` actors: the types are checked here and forgotten in the tree. */
export const machine = <S, M>(behaviour: ReceiveBehaviour<S, M>): Behaviour => behaviour as unknown as Behaviour;
/** Flow actors. */
export const flow = <M>(behaviour: FlowBehaviour<M>["flow"]): Behaviour => ({ flow: behaviour }) as unknown as Behaviour;

export const tell = <M>(to: Ref<M>, msg: M): Effect => ({ fx: "tell", to, msg });
/** As `tell`, as what `cause` led to. */
export const tellFor = <M>(to: Ref<M>, msg: M, cause: Seq): Effect => ({ fx: "tellFor", to, msg, cause });
/** Tells self when all of this moment has been told to everyone. Lower turns first. */
export const atMomentEnd = (turn: number, key: string, msg: unknown): Effect => ({ fx: "atMomentEnd", turn, key, msg });
export const emit = (event: TapeEvent): Effect => ({ fx: "emit", event });
export const perform = (port: string, request: unknown): Effect => ({ fx: "perform", port, request });
