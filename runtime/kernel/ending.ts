import { BudgetExceeded } from "./budgets.ts";
import { type Cell, type Suspect, troubleOf } from "./cell.ts";
import { type Core, errorText, noteError, report } from "./core.ts";
import { PutOff } from "./scheduler.ts";

/** The `seq` of a message that is an event of the tape; 0 for others. */
export const seqOf = (message: unknown): number =>
  typeof message === "object" && message !== null && "seq" in message && typeof message.seq === "number" ? message.seq : 0;

/** Whatever belongs to the life at hand goes with it: timers, questions, what it asked for at the end of the moment, watches, subscriptions, state. Its mailbox stays. */
export const endLife = (core: Core, cell: Cell): void => {
  const flow = cell.flow;
  cell.open = false;
  cell.flow = null;
  try {
    flow?.subscription?.unsubscribe();
  } catch (e) {
    noteError(core, cell, errorText(e)); // a teardown of its own that threw: the life is over all the same
  }
  for (let t = cell.timers; t !== null; t = t.after)
    if (t.kind === "ask") core.asks.take((t.load as { readonly askId: number }).askId);
  core.timers.cancelAll(cell);
  core.momentEnd.forget(cell);
  cell.keyed = null;
  if (cell.watching !== null) for (const target of cell.watching) target.watchers?.delete(cell);
  cell.watching = null;
  cell.state = undefined;
  cell.context = null;
};

/**
 * The life ends with an error; its supervisor decides before the next message. The message it was handling is tried once more,
 * first thing in the next life; one that crashes it again becomes a dead letter.
 */
export const crash = (core: Core, cell: Cell, message: Suspect | null, e: unknown): void => {
  if (cell.phase !== "live") return;
  const error = errorText(e);
  endLife(core, cell);
  cell.phase = "crashed";
  noteError(core, cell, error);
  const trouble = troubleOf(cell);
  if (trouble.retriedSuspect !== null) {
    setAside(core, cell, trouble.retriedSuspect, error);
    trouble.retriedSuspect = null;
  } else if (message !== null && message.message instanceof PutOff) {
    if (!(e instanceof BudgetExceeded)) trouble.blamed = message.cause; // the next life comes by the same timer again while it is told again
  } else if (message !== null) {
    trouble.suspect = message;
    cell.depth++;
  }
  core.pending.push({ what: "failed", cell, life: cell.life, cause: message?.cause ?? core.cause });
};

/** Into the dead letters, and never told again by recall. */
export const setAside = (core: Core, cell: Cell, suspect: Suspect, error: string): void => {
  const at = seqOf(suspect.message);
  if (at > 0) troubleOf(cell).poison.add(at);
  const { behaviour } = cell.spec;
  if (behaviour !== undefined && "receive" in behaviour && behaviour.setAside !== undefined)
    troubleOf(cell).setAside.push({ message: suspect.message, error, cause: suspect.cause });
  deadLetter(core, cell.place.path, error, suspect.message);
};

export const deadLetter = (core: Core, path: string, error: string, message: unknown): void => {
  const letter = core.letters.add(path, core.now, error, message);
  report(core, { kind: "dead_letter", path, at: core.now, letter });
};
