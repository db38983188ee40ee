import type { ActorContext, Effect, FlowBehaviour, Recall } from "../../actors/actor.ts";
import type { TapeEvent } from "../../streams/domain/event.ts";
import type { Ms } from "../../streams/domain/units.ts";
import { BudgetExceeded, MOST_TURNS_TOLD_AGAIN } from "./budgets.ts";
import { type Cell, type FlowLife, troubleOf } from "./cell.ts";
import type { Core } from "./core.ts";
import { seqOf, setAside } from "./ending.ts";
import { openFlow, takeEffects, turn } from "./flowRunner.ts";
import { earliest } from "./timers.ts";

/**
 * What the actor is to be told again: what it asks for, but for dead letters, and but for what it is still to be told for the first
 * time: what waits for it, and what came after all it has heard of, which someone else has yet to pass on. Who begins its first life,
 * or comes back from having stopped, was told nothing meanwhile, and nothing is on its way: it is told all.
 */
export const recalled = (core: Core, cell: Cell, recalls: readonly Recall[]): readonly TapeEvent[] => {
  const waiting = seqsWaiting(core, cell);
  const heard = cell.heard < 0 ? Number.POSITIVE_INFINITY : cell.heard;
  const told: TapeEvent[] = [];
  for (const event of core.host.recall(recalls)) {
    if (event.seq > core.newest) core.newest = event.seq; // of a tape from before this process
    if (event.seq <= heard && !waiting.has(event.seq) && !cell.trouble?.poison.has(event.seq)) told.push(event);
  }
  return told;
};

/** An event that crashes its actor twice while it is recalled is set aside like any other message: the tape cannot hold the actor down. */
export const blame = (core: Core, cell: Cell, event: TapeEvent): void => {
  const trouble = troubleOf(cell);
  if (trouble.blamed === event.seq)
    setAside(core, cell, { message: event, cause: event.seq }, "crashed its actor twice while it was recalled");
  else trouble.blamed = event.seq;
};

/**
 * Begins a life of a flow on the time of what it is told again: at the first event's `tSeen`, then at each event's, and at its end at the core's.
 * Timers of the flow that fall due on the way fire then, in order, as in the life before; those due later wait on. Effects are dropped, but for those
 * of the beginning, which are returned. `life.failed` says when it came to nothing.
 */
export const openAndTell = (
  core: Core,
  cell: Cell,
  life: FlowLife,
  behaviour: FlowBehaviour<unknown>,
  context: ActorContext,
  told: readonly TapeEvent[],
): readonly Effect[] => {
  const { now } = core;
  core.now = seenAt(told[0], now);
  openFlow(life, behaviour, context);
  const first = takeEffects(life);
  let at: TapeEvent | undefined;
  for (const event of told) {
    at = passTo(core, cell, life, seenAt(event, now), told) ?? at;
    if (life.failed) break;
    at = event;
    core.cause = event.seq;
    turn(life, event);
    if (life.failed) break;
    takeEffects(life);
  }
  if (!life.failed) at = passTo(core, cell, life, now, told) ?? at;
  core.now = now;
  if (life.failed && at !== undefined && !(life.error instanceof BudgetExceeded)) blame(core, cell, at);
  return first;
};

const seenAt = (event: TapeEvent | undefined, now: Ms): Ms => (event !== undefined && event.tSeen < now ? event.tSeen : now);

/**
 * Lets the flow's time go on to `t`. Where its timers would give it too many turns, what is left of them is due at `t`. When one of them crashed it:
 * the event that the timer goes back to, if it is among those told.
 */
const passTo = (core: Core, cell: Cell, life: FlowLife, t: Ms, told: readonly TapeEvent[]): TapeEvent | undefined => {
  if (t <= core.now || life.failed) return undefined;
  for (let left = MOST_TURNS_TOLD_AGAIN; left > 0; left--) {
    const timer = earliest(cell);
    if (timer === null || timer.due > t) break;
    if (timer.due > core.now) core.now = timer.due;
    core.timers.cancel(timer);
    core.cause = timer.cause;
    turn(life, timer.load);
    if (life.failed) return told.find((e) => e.seq === timer.cause);
    takeEffects(life);
  }
  core.now = t;
  return undefined;
};

/** The `seq`s of the events that wait for it, wherever they wait. */
const seqsWaiting = (core: Core, cell: Cell): ReadonlySet<number> => {
  const found = new Set<number>();
  const look = (message: unknown): void => {
    const seq = seqOf(message);
    if (seq > 0) found.add(seq);
  };
  if (cell.trouble !== null && cell.trouble.suspect !== null) look(cell.trouble.suspect.message);
  cell.mailbox?.forEach(look);
  core.queue.forEach((who, message) => {
    if (who === cell) look(message);
  });
  return found;
};
