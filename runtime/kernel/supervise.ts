import type { Seq } from "../../streams/domain/units.ts";
import { type Cell, childrenOf, isGroup, type Phase, Place, reopen, troubleOf } from "./cell.ts";
import { type Core, noteError, type PendingAction, report, wake } from "./core.ts";
import { endLife } from "./ending.ts";
import { addRestart, backoffMs, backoffOf, restartsWith, supervisionOf } from "./restart.ts";
import { createRng } from "./rng.ts";
import { startAgain, startNode } from "./starting.ts";
import { retire, suspend, suspendChildren } from "./stopping.ts";

/** Everything put off until no actor is in its turn: births, deaths, and what people ask for. In order. */
export const runPending = (core: Core): void => {
  const pending = core.pending;
  let done = 0;
  try {
    while (done < pending.length) {
      const action = pending[done++];
      if (action !== undefined) run(core, action);
    }
  } finally {
    pending.splice(0, done);
  }
};

const run = (core: Core, { what, cell, life, cause }: PendingAction): void => {
  core.cause = cause;
  switch (what) {
    case "start":
      if (cell.phase === "waiting" && (cell.parent === null || cell.parent.phase === "live")) startNode(core, cell);
      return;
    case "failed":
      failed(core, cell);
      return;
    case "ended":
      if (cell.phase === "live" && cell.life === life) ended(core, cell);
      return;
    case "restart":
      restart(core, cell);
      return;
    case "revive":
      revive(core, cell, false);
      return;
    case "wake":
      revive(core, cell, true);
      return;
    case "stop":
      retire(core, cell, "stopped", "stopped from outside", true);
      return;
    case "pause":
      pause(core, cell);
      return;
    case "resume":
      resume(core, cell);
      return;
  }
};

/** A life ended with an error. What lives below it ends too, right to left, before its supervisor decides. */
const failed = (core: Core, cell: Cell): void => {
  if (cell.phase !== "crashed") return; // another's crash has seen to it
  suspendChildren(core, cell, "its parent crashed");
  decide(core, cell, cell.trouble?.lastError ?? "");
};

/**
 * A life ended as it wished. The permanent begin another, as in Erlang/OTP, and that counts as a restart; others have stopped.
 */
const ended = (core: Core, cell: Cell): void => {
  if ((cell.spec.restart ?? "permanent") !== "permanent" || cell.parent === null || core.stopping) {
    retire(core, cell, "stopped", "ended by itself");
    return;
  }
  suspendChildren(core, cell, "its parent ended");
  endLife(core, cell);
  cell.phase = "waiting";
  decide(core, cell, null);
};

/**
 * The supervisor's decision about a child whose life ended. Ref: Erlang/OTP supervisor: temporary children are not restarted; a restart counts
 * for the supervisor's intensity when it is decided on, and one for all siblings that start with it; one too many and the supervisor stops its
 * children and crashes itself. Unlike OTP, a life begins again after a backoff, and a crash at the very start counts as any other.
 * @param error null: it ended normally.
 */
const decide = (core: Core, cell: Cell, error: string | null): void => {
  const parent = cell.parent;
  const path = cell.place.path;
  if (core.stopping) {
    retire(core, cell, "stopped", "stopping");
    return;
  }
  if (parent === null) {
    escalate(core, cell, error ?? "ended");
    return;
  }
  if (error !== null && cell.spec.restart === "temporary") {
    report(core, { kind: "crashed", path, at: core.now, error, retryInMs: null });
    retire(core, cell, "gave up", error);
    return;
  }
  const supervision = supervisionOf(parent.spec);
  const ledger = troubleOf(parent);
  const restarts = addRestart(ledger.childRestarts, core.now, supervision);
  if (restarts === null) {
    reportEnd(core, cell, error, null);
    giveUp(
      core,
      cell,
      parent,
      `more than ${supervision.maxRestarts} restarts in ${supervision.withinMs} ms, last ${path}: ${error ?? "ended"}`,
    );
    return;
  }
  ledger.childRestarts = restarts;
  const delayMs = nextDelay(core, cell);
  reportEnd(core, cell, error, delayMs);
  if (supervision.strategy !== "one_for_one")
    for (const other of [...restartsWith(supervision.strategy, childrenOf(parent), cell)].reverse())
      if (other !== cell) standDown(core, other, `restarts with ${path}`);
  cell.phase = "waiting";
  if (delayMs === 0) startAgain(core, cell);
  else troubleOf(cell).timer = core.timers.set((core.now + delayMs) as typeof core.now, "restart", null, cell, core.cause);
};

const reportEnd = (core: Core, { place: { path } }: Cell, error: string | null, retryInMs: number | null): void => {
  if (error !== null) report(core, { kind: "crashed", path, at: core.now, error, retryInMs });
  else
    report(core, { kind: "stopped", path, at: core.now, reason: `ended by itself${retryInMs === null ? "" : ", starts again"}` });
};

/** A sibling that restarts with the crashed one. The temporary are not restarted; one that a person stopped stays so. */
const standDown = (core: Core, cell: Cell, reason: string): void =>
  cell.spec.restart === "temporary" ? retire(core, cell, "stopped", reason) : suspend(core, cell, reason);

const nextDelay = (core: Core, cell: Cell): number => {
  const backoff = backoffOf(cell.spec);
  const trouble = troubleOf(cell);
  if (core.now - cell.bornAt >= backoff.resetAfterMs) trouble.attempts = 0;
  trouble.jitter ??= createRng(core.seed, `${cell.place.path}#backoff`);
  return backoffMs(backoff, trouble.attempts++, trouble.jitter.next());
};

/** A supervisor's intensity is exceeded: its children stop, right to left, and it crashes itself. */
const giveUp = (core: Core, child: Cell, parent: Cell, error: string): void => {
  const ledger = troubleOf(parent);
  report(core, { kind: "gave_up", path: parent.place.path, at: core.now, restarts: ledger.childRestarts.length });
  child.phase = "waiting";
  suspendChildren(core, parent, "its supervisor gave up");
  endLife(core, parent);
  parent.phase = "crashed";
  noteError(core, parent, error);
  decide(core, parent, error);
};

/** Nobody is above the root. */
const escalate = (core: Core, root: Cell, error: string): void => {
  core.stopping = true;
  report(core, { kind: "crashed", path: root.place.path, at: core.now, error, retryInMs: null });
  retire(core, root, "gave up", error, true);
  core.host.escalated?.(root.place.path, error);
};

const isGone = (cell: Cell): boolean => Place.cellOf(cell.place) !== cell;

/** A fresh life at once, asked for by a person: not a crash, and the backoff starts over. Those above it start first, with all that is below them. */
const restart = (core: Core, cell: Cell): void => {
  const { parent } = cell;
  if (isGone(cell) || core.stopping) return;
  if (parent !== null && parent.phase !== "live") {
    restart(core, parent);
    if (isGone(cell) || cell.phase !== "stopped" || (parent.phase as Phase) !== "live") return; // held back by a sibling before it
  }
  if (cell.trouble !== null) cell.trouble.attempts = 0;
  cell.paused = false;
  if (cell.phase === "live") {
    suspend(core, cell, "restarted from outside");
    startNode(core, cell);
  } else if (cell.phase === "stopped") startNode(core, cell);
  else startAgain(core, cell);
};

/** The message that crashed it once was not tried twice: an event is recalled by the next life, and is no dead letter. */
const forgetSuspect = (core: Core, cell: Cell): void => {
  if (cell.trouble === null || cell.trouble.suspect === null) return;
  cell.trouble.suspect = null;
  cell.depth--;
  core.undelivered++;
};

/** See `Kernel.revive`. */
const revive = (core: Core, cell: Cell, keepsMail: boolean): void => {
  const backsOff = cell.phase !== "live" && cell.phase !== "stopped";
  if (keepsMail) resume(core, cell);
  else if (cell.paused || (backsOff && !isGroup(cell))) {
    forgetSuspect(core, cell);
    retire(core, cell, "stopped", "starts anew, without what waited", true);
  }
  if (cell.phase !== "live") restart(core, cell);
};

/** Its messages wait. A group hands it down to all actors below it. */
const pause = (core: Core, cell: Cell): void => {
  if (isGroup(cell)) for (const child of childrenOf(cell)) pause(core, child);
  else if (!cell.paused && cell.phase !== "stopped") {
    cell.paused = true;
    reopen(cell);
    report(core, { kind: "paused", path: cell.place.path, at: core.now });
  }
};

const resume = (core: Core, cell: Cell): void => {
  if (isGroup(cell)) for (const child of childrenOf(cell)) resume(core, child);
  else if (cell.paused) {
    cell.paused = false;
    report(core, { kind: "resumed", path: cell.place.path, at: core.now });
    if (cell.phase !== "live") return;
    wake(core, cell);
    reopen(cell);
  }
};

/** Asked for from outside: between two messages, or now when none is being handled. */
export const request = (core: Core, what: PendingAction["what"], cell: Cell, cause: Seq): void => {
  core.pending.push({ what, cell, life: cell.life, cause });
  if (core.draining) return;
  core.draining = true;
  try {
    runPending(core);
  } finally {
    core.draining = false;
  }
};
