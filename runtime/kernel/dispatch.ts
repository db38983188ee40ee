import type { Seq } from "../../streams/domain/units.ts";
import { BudgetExceeded, MOST_MESSAGES } from "./budgets.ts";
import { type Cell, isGroup, reopen } from "./cell.ts";
import { type Core, mailboxOf, WAKE } from "./core.ts";
import { carryOut } from "./effects.ts";
import { crash } from "./ending.ts";
import { Durations } from "./figures.ts";
import { takeEffects, turn } from "./flowRunner.ts";
import { runPending } from "./supervise.ts";

/** One message in this many is timed, per actor, when there is a stopwatch. */
const SAMPLE_MASK = 31;

/**
 * Hands out messages, oldest first, until none is left (true) or `max` were (false). One at a time: what they lead to is queued.
 * Called again from within, it does nothing and says false.
 */
export const drain = (core: Core, max: number): boolean => {
  if (core.draining) return false;
  const queue = core.queue;
  if (queue.head === queue.tail && core.pending.length === 0) return true;
  core.draining = true;
  try {
    for (let left = max, budget = MOST_MESSAGES; ; left--, budget--) {
      if (core.pending.length > 0) runPending(core);
      const at = queue.head;
      if (at === queue.tail) {
        queue.rewind();
        return true;
      }
      if (left <= 0) return false;
      const cell = queue.cells[at] as Cell;
      const message = queue.messages[at];
      queue.messages[at] = undefined;
      queue.head = (at + 1) & queue.mask;
      const { tail } = queue;
      if (cell.open && message !== WAKE) handleByMachine(core, cell, message, queue.causes[at] as Seq);
      else handOut(core, cell, message, queue.causes[at] as Seq);
      if (budget <= 0 && queue.tail !== tail && goesOn(core, cell)) budget = MOST_MESSAGES;
    }
  } finally {
    core.draining = false;
  }
};

/** One input has led to more messages than it may: the next actor that leads to one more crashes, who only listens does not. What it did stands. */
const goesOn = (core: Core, cell: Cell): boolean => {
  if (cell.phase !== "live") return false;
  crash(
    core,
    cell,
    null,
    new BudgetExceeded(`one input has led to more than ${MOST_MESSAGES} messages, and this actor to one more`),
  );
  return true;
};

const handleByMachine = (core: Core, cell: Cell, message: unknown, cause: Seq): void => {
  cell.depth--;
  core.messages++;
  core.cause = cause;
  if (cause > cell.heard) cell.heard = cause;
  if ((++cell.messages & SAMPLE_MASK) === core.sampleAt) timed(core, cell, message, cause, receive);
  else receive(core, cell, message, cause);
};

const handleByFlow = (core: Core, cell: Cell, message: unknown, cause: Seq): void => {
  cell.depth--;
  core.messages++;
  core.cause = cause;
  if (cause > cell.heard) cell.heard = cause;
  if ((++cell.messages & SAMPLE_MASK) === core.sampleAt) timed(core, cell, message, cause, flowOn);
  else flowOn(core, cell, message, cause);
};

const receive = (core: Core, cell: Cell, message: unknown, cause: Seq): void => {
  let step: readonly unknown[];
  try {
    step = (cell.receive as NonNullable<Cell["receive"]>)(cell.state, message, cell.context as NonNullable<Cell["context"]>);
    cell.state = step[0];
  } catch (e) {
    crash(core, cell, { message, cause }, e);
    return;
  }
  if (step.length > 1) carryOut(core, cell, step, 1);
};

const flowOn = (core: Core, cell: Cell, message: unknown, cause: Seq): void => {
  const flow = cell.flow;
  if (flow === null) return;
  turn(flow, message);
  if (flow.failed) {
    crash(core, cell, { message, cause }, flow.error);
    return;
  }
  if (flow.effects.length > 0) carryOut(core, cell, takeEffects(flow), 0);
  if (flow.completed) core.pending.push({ what: "ended", cell, life: cell.life, cause });
};

const timed = (core: Core, cell: Cell, message: unknown, cause: Seq, work: typeof receive): void => {
  const from = stopwatch(core);
  work(core, cell, message, cause);
  cell.durations ??= new Durations();
  cell.durations.add(stopwatch(core) - from);
};

const handle = (core: Core, cell: Cell, message: unknown, cause: Seq): void =>
  cell.receive !== null ? handleByMachine(core, cell, message, cause) : handleByFlow(core, cell, message, cause);

/** The long way: what cannot be handled now waits aside, and what waits aside comes first. */
const handOut = (core: Core, cell: Cell, message: unknown, cause: Seq): void => {
  if (cell.phase === "stopped" || isGroup(cell)) {
    if (message === WAKE) return;
    cell.depth--;
    core.undelivered++;
  } else if (cell.phase !== "live" || cell.paused) {
    if (message !== WAKE) mailboxOf(cell).put(message, cause, core.now, null);
  } else if (cell.trouble !== null && cell.trouble.suspect !== null) {
    if (message !== WAKE) mailboxOf(cell).put(message, cause, core.now, null);
    tryAgain(core, cell);
  } else if (cell.mailbox !== null && cell.mailbox.size > 0) {
    if (message !== WAKE) cell.mailbox.put(message, cause, core.now, null);
    const next = cell.mailbox.take();
    if (next !== undefined) handle(core, cell, next.message, next.cause);
    reopen(cell);
  } else if (message !== WAKE) handle(core, cell, message, cause);
};

/** The message that crashed the last life, once more. */
const tryAgain = (core: Core, cell: Cell): void => {
  const trouble = cell.trouble;
  if (trouble === null || trouble.suspect === null) return;
  const suspect = trouble.suspect;
  trouble.suspect = null;
  trouble.retriedSuspect = suspect;
  handle(core, cell, suspect.message, suspect.cause);
  trouble.retriedSuspect = null;
  reopen(cell);
};

const stopwatch = (core: Core): number => core.host.stopwatch?.() ?? 0;
