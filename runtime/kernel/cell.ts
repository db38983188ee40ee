import type { Subscription } from "rxjs";
import type { ActorContext, ActorSpec, Effect, ReceiveBehaviour, Ref, Rng, SetAside } from "../../actors/actor.ts";
import type { Ms, Seq } from "../../streams/domain/units.ts";
import type { Durations } from "./figures.ts";
import type { Inbox } from "./inbox.ts";
import type { Mailbox } from "./mailbox.ts";
import type { AskedAtEnd } from "./momentEnd.ts";
import type { Timer } from "./timers.ts";

/** The kernel's handle to a place in the tree. Which actor is there stays hidden, so a ref in a message compares and prints as its path. */
export class Place implements Ref {
  readonly path: string;
  #cell: Cell | null = null;

  constructor(path: string) {
    this.path = path;
  }

  /** Who is there; null when nobody is, or the ref is not one of a kernel's. */
  static cellOf(ref: Ref): Cell | null {
    return #cell in ref ? ref.#cell : null;
  }
  static settle(place: Place, cell: Cell | null): void {
    place.#cell = cell;
  }
}

/**
 * waiting: not alive, will be: before the first life, backing off, or until a sibling or parent starts again.
 * crashed: its supervisor has yet to decide. stopped: for good, unless a person or its parent's next life starts it.
 */
export type Phase = "waiting" | "live" | "crashed" | "stopped";

/** One life of a flow: its inbox, the one subscription, and the effects of the turn at hand. */
export interface FlowLife {
  readonly inbox: Inbox<unknown>;
  subscription: Subscription | null;
  /** Inside its turn; what it emits outside of one would depend on chance. */
  inTurn: boolean;
  effects: Effect[];
  /** Core time at which its own scheduler gave it a turn last, and how many at that time. */
  putOffAt: Ms;
  putOffTurns: number;
  completed: boolean;
  failed: boolean;
  error: unknown;
}

/** A message that crashed its actor once. */
export interface Suspect {
  readonly message: unknown;
  readonly cause: Seq;
}

/** What only actors have that crashed, or whose children did. */
export interface Trouble {
  suspect: Suspect | null;
  /** The suspect while it is tried a second time. */
  retriedSuspect: Suspect | null;
  /** `seq` of the event that crashed it last while it was recalled, or by a timer that goes back to it; 0 none. */
  blamed: number;
  /** Crashes since the last quiet time. */
  attempts: number;
  lastError: string | null;
  lastErrorAt: Ms | null;
  timer: Timer<Cell> | null;
  /** Jitter, apart from the actor's own chance. */
  jitter: Rng | null;
  /** `seq`s of events set aside as dead letters: never recalled. */
  readonly poison: Set<number>;
  /** What became a dead letter and was not told to its actor yet, where the actor asks for that. */
  setAside: SetAside[];
  /** Of its children, newest first. */
  childRestarts: readonly Ms[];
  /** Its own, where its supervisor counts each child alone. */
  ownRestarts: readonly Ms[];
}

/** All that the kernel knows of one actor. It outlives the actor's lives; what most never need is made on first use. */
export class Cell {
  /** The short way: a state machine that lives, is not paused, and for which nothing waits aside. */
  open = false;
  /** A message to it goes straight into the queue: it has not stopped, is no group, and conflates nothing. */
  queued: boolean;
  depth = 0;
  messages = 0;
  /** The latest `seq` it knows of: of what it was told, or said; -1: it is yet to be told what was before it. */
  heard = -1;
  state: unknown = undefined;
  context: ActorContext | null = null;
  readonly receive: ReceiveBehaviour<unknown, unknown>["receive"] | null;

  phase: Phase = "waiting";
  /** It stopped because its life ended as it wished: the next restart of all, or of those after a sibling, starts it. */
  hasEnded = false;
  paused = false;
  life = 0;
  bornAt: Ms;
  flow: FlowLife | null = null;
  mailbox: Mailbox | null = null;
  timers: Timer<Cell> | null = null;
  keyed: Map<string, Timer<Cell>> | null = null;
  askedAtEnd: AskedAtEnd<Cell> | null = null;
  watchers: Set<Cell> | null = null;
  watching: Set<Cell> | null = null;
  trouble: Trouble | null = null;
  durations: Durations | null = null;

  readonly place: Place;
  readonly spec: ActorSpec;
  readonly parent: Cell | null;
  /** Spawned by its parent, not in the parent's spec. */
  readonly dynamic: boolean;
  first: Cell | null = null;
  last: Cell | null = null;
  left: Cell | null = null;
  right: Cell | null = null;
  children = 0;

  constructor(place: Place, spec: ActorSpec, parent: Cell | null, dynamic: boolean, now: Ms) {
    this.place = place;
    this.spec = spec;
    this.parent = parent;
    this.dynamic = dynamic;
    this.bornAt = now;
    const behaviour = spec.behaviour;
    this.receive = behaviour !== undefined && "receive" in behaviour ? behaviour.receive : null;
    this.queued = behaviour !== undefined && spec.mailbox?.conflate === undefined;
  }
}

/** A supervisor without behaviour of its own. */
export const isGroup = (cell: Cell): boolean => cell.spec.behaviour === undefined;

/** Whether messages may take the short way from now on. */
export const reopen = (cell: Cell): void => {
  cell.open =
    cell.phase === "live" &&
    cell.receive !== null &&
    !cell.paused &&
    cell.spec.mailbox?.conflate === undefined &&
    (cell.mailbox === null || cell.mailbox.size === 0) &&
    (cell.trouble === null || cell.trouble.suspect === null);
};

export const troubleOf = (cell: Cell): Trouble => {
  cell.trouble ??= {
    suspect: null,
    retriedSuspect: null,
    blamed: 0,
    attempts: 0,
    lastError: null,
    lastErrorAt: null,
    timer: null,
    jitter: null,
    poison: new Set(),
    setAside: [],
    childRestarts: [],
    ownRestarts: [],
  };
  return cell.trouble;
};

/** Left to right. */
export const childrenOf = (parent: Cell): Cell[] => {
  const children: Cell[] = [];
  for (let c = parent.first; c !== null; c = c.right) children.push(c);
  return children;
};
