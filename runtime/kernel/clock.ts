import type { Ms } from "../../streams/domain/units.ts";
import type { Ask } from "./asks.ts";
import type { Cell } from "./cell.ts";
import { type Core, enqueue, enqueueKeyed } from "./core.ts";
import { drain } from "./dispatch.ts";
import { endMoment } from "./moment.ts";
import { startAgain } from "./starting.ts";
import type { Timer } from "./timers.ts";

/**
 * Moves the core's time to `t`. What was told before is handled first, at the time it was told; then timers fire in order of (due, creation),
 * each at its due time, and what each leads to is handled before the next. Before time leaves a moment, that moment ends. Time never goes back: an
 * earlier `t` moves nothing.
 * @throws Error when asked to move while a message is being handled: time stands still then.
 */
export const advanceTo = (core: Core, t: Ms): void => {
  if (core.draining && t <= core.now) return;
  if (core.draining) throw new Error("time cannot move while a message is being handled");
  drain(core, Number.POSITIVE_INFINITY);
  const until = t > core.now ? t : core.now;
  for (;;) {
    for (let timer = core.timers.takeDue(core.now); timer !== null; timer = core.timers.takeDue(core.now)) {
      fire(core, timer);
      drain(core, Number.POSITIVE_INFINITY);
    }
    if (core.now >= until) return;
    endMoment(core); // it may set timers, also such as are due now
    const due = core.timers.nextAt();
    if (due === null || due >= until) core.now = until;
    else if (due > core.now) core.now = due;
  }
};

const fire = (core: Core, timer: Timer<Cell>): void => {
  core.cause = timer.cause;
  const owner = timer.owner;
  switch (timer.kind) {
    case "message":
      if (owner === null) return;
      if (timer.key !== null) owner.keyed?.delete(timer.key);
      {
        enqueue(core, owner, timer.load, timer.cause);
        return;
      }
    case "action":
      if (owner !== null) enqueueKeyed(core, owner, timer.load, timer.cause, null);
      return;
    case "restart":
      again(core, timer.load as Cell, timer);
      return;
    case "ask":
      timedOut(core, timer.load as Ask<Cell>);
      return;
  }
};

const again = (core: Core, cell: Cell, timer: Timer<Cell>): void => {
  if (cell.trouble?.timer !== timer) return;
  cell.trouble.timer = null;
  core.draining = true;
  try {
    startAgain(core, cell);
  } finally {
    core.draining = false;
  }
};

const timedOut = (core: Core, question: Ask<Cell>): void => {
  if (core.asks.take(question.askId) === undefined) return;
  if (question.asker !== null) enqueue(core, question.asker, question.onTimeout, question.cause);
  else if (typeof question.onTimeout === "function") question.onTimeout();
};
