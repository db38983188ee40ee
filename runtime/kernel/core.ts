import type { Ref } from "../../actors/actor.ts";
import type { Lifecycle } from "../../actors/ports/supervisor.ts";
import type { Ms, Seq } from "../../streams/domain/units.ts";
import { seq } from "../../streams/domain/units.ts";
import { Asks } from "./asks.ts";
import { type Cell, isGroup, Place, troubleOf } from "./cell.ts";
import { DeadLetters } from "./deadLetters.ts";
import type { KernelHost } from "./host.ts";
import { Listeners } from "./listeners.ts";
import { Mailbox } from "./mailbox.ts";
import { MomentEnd } from "./momentEnd.ts";
import { Queue } from "./queue.ts";
import { Timers } from "./timers.ts";

/** Stands in the queue for a message that waits in the actor's own mailbox. */
export const WAKE: unique symbol = Symbol("wake");

/** Something to be done with an actor before the next message: its own turn must be over first. */
export interface PendingAction {
  readonly what: "start" | "failed" | "ended" | "restart" | "pause" | "resume" | "stop" | "revive" | "wake";
  readonly cell: Cell;
  /** For "ended": of which life. */
  readonly life: number;
  readonly cause: Seq;
}

/** What the parts of the kernel share. */
export class Core {
  readonly host: KernelHost;
  readonly seed: number;
  readonly queue = new Queue<Cell>();
  readonly timers = new Timers<Cell>();
  readonly listeners = new Listeners<Cell>();
  readonly asks = new Asks<Cell>();
  readonly letters = new DeadLetters();
  readonly momentEnd = new MomentEnd<Cell>();
  readonly places = new Map<string, Place>();
  readonly pending: PendingAction[] = [];
  root: Cell | null = null;
  now: Ms;
  /** `seq` of the latest event. */
  newest = 0;
  /** Of the message at hand. */
  cause: Seq = seq(0);
  messages = 0;
  /** Messages to nobody: to a place where no actor is, or one that has stopped. */
  undelivered = 0;
  draining = false;
  stopping = false;
  /** A message is timed when the last five bits of its actor's count are this; -1 never. */
  readonly sampleAt: number;

  constructor(seed: number, startAt: Ms, host: KernelHost) {
    this.seed = seed;
    this.now = startAt;
    this.host = host;
    this.sampleAt = host.stopwatch === undefined ? -1 : 0;
  }
}

export const report = (core: Core, e: Lifecycle): void => core.host.lifecycle?.(e);

export const placeOf = (core: Core, path: string): Place => {
  const known = core.places.get(path);
  if (known !== undefined) return known;
  const place = new Place(path);
  core.places.set(path, place);
  return place;
};

/** Who is there now, also by a ref that was had from an earlier actor of that path. */
export const cellAt = (core: Core, ref: Ref): Cell | null => {
  const cell = Place.cellOf(ref);
  if (cell !== null) return cell;
  const place = core.places.get(ref.path);
  return place === undefined ? null : Place.cellOf(place);
};

export const enqueue = (core: Core, cell: Cell, message: unknown, cause: Seq): void => {
  if (cell.queued) {
    cell.depth++;
    core.queue.push(cell, message, cause);
  } else enqueueWithCare(core, cell, message, cause);
};

export const tellTo = (core: Core, ref: Ref, message: unknown, cause: Seq): void => {
  const cell = cellAt(core, ref);
  if (cell !== null) enqueue(core, cell, message, cause);
  else core.undelivered++;
};

const enqueueWithCare = (core: Core, cell: Cell, message: unknown, cause: Seq): void => {
  if (cell.phase === "stopped" || isGroup(cell)) core.undelivered++;
  else enqueueKeyed(core, cell, message, cause, keyOf(core, cell, message));
};

/** A key that cannot be told is none: the message is kept, and the fault shown as the actor's last error. */
const keyOf = (core: Core, cell: Cell, message: unknown): string | null => {
  try {
    return cell.spec.mailbox?.conflate?.(message) ?? null;
  } catch (e) {
    noteError(core, cell, errorText(e));
    return null;
  }
};

/** @param key of which only the newest message counts; null: must not be lost. */
export const enqueueKeyed = (core: Core, cell: Cell, message: unknown, cause: Seq, key: string | null): void => {
  if (cell.spec.mailbox?.conflate === undefined) core.queue.push(cell, message, cause);
  else if (mailboxOf(cell).put(message, cause, core.now, key)) core.queue.push(cell, WAKE, cause);
  else return;
  cell.depth++;
};

export const mailboxOf = (cell: Cell): Mailbox => {
  cell.mailbox ??= new Mailbox();
  return cell.mailbox;
};

/** Puts a mark into the queue for every message that waits aside for it. */
export const wake = (core: Core, cell: Cell): void => {
  let waiting = cell.mailbox?.size ?? 0;
  if (cell.trouble !== null && cell.trouble.suspect !== null) waiting++;
  for (let i = 0; i < waiting; i++) core.queue.push(cell, WAKE, core.cause);
};

export const noteError = (core: Core, cell: Cell, error: string): void => {
  const trouble = troubleOf(cell);
  trouble.lastError = error;
  trouble.lastErrorAt = core.now;
};

/** What was thrown, in words. */
export const errorText = (e: unknown): string => (e instanceof Error ? e.message : String(e));
