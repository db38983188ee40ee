import type { Down } from "../../actors/actor.ts";
import { type Cell, childrenOf, troubleOf } from "./cell.ts";
import { type Core, enqueue, report } from "./core.ts";
import { endLife, setAside } from "./ending.ts";
import { restartsWith, supervisionOf } from "./restart.ts";
import { unregister } from "./tree.ts";

const isTemporary = (cell: Cell): boolean => cell.spec.restart === "temporary";

/** Siblings that wait for a backing-off one to start with it must not wait for ever: the first of them inherits its timer. */
const passRestartTo = (core: Core, cell: Cell): void => {
  const { parent } = cell;
  const timer = cell.trouble?.timer ?? null;
  if (parent === null || timer === null) return;
  const { strategy } = supervisionOf(parent.spec);
  if (strategy === "one_for_one") return;
  const heir = restartsWith(strategy, childrenOf(parent), cell).find((c) => c !== cell && c.phase === "waiting");
  if (heir === undefined || heir.trouble?.timer) return;
  troubleOf(heir).timer = core.timers.set(timer.due, "restart", null, heir, timer.cause);
};

const cancelRestart = (core: Core, cell: Cell): void => {
  const trouble = cell.trouble;
  if (trouble === null || trouble.timer === null) return;
  core.timers.cancel(trouble.timer);
  trouble.timer = null;
};

/** The life of a node and all below it ends, right to left, until it is started again. Mailboxes are kept; spawned children are not. */
export const suspend = (core: Core, cell: Cell, reason: string): void => {
  if (cell.phase === "stopped") return;
  suspendChildren(core, cell, reason);
  cancelRestart(core, cell);
  const was = cell.phase;
  endLife(core, cell);
  cell.phase = "waiting";
  const path = cell.place.path;
  if (was === "live") report(core, { kind: "stopped", path, at: core.now, reason });
  if (was === "crashed")
    // its supervisor had no time to decide
    report(core, { kind: "crashed", path, at: core.now, error: cell.trouble?.lastError ?? "", retryInMs: null });
};

/** Right to left. Those the next life of their parent would not start are gone for good. */
export const suspendChildren = (core: Core, parent: Cell, reason: string): void => {
  for (const child of childrenOf(parent).reverse())
    if (child.dynamic) retire(core, child, "stopped", reason);
    else suspend(core, child, reason);
};

/**
 * A node stops for good, all below it first, right to left. What still waits for it is dropped and counted; a message that had crashed it
 * is set aside. Watchers are told. The spawned and the temporary leave the tree; others stay in it as stopped.
 */
export const retire = (core: Core, cell: Cell, down: Down["reason"], reason: string, keep = false): void => {
  if (cell.phase !== "stopped") {
    for (const child of childrenOf(cell).reverse()) retire(core, child, "stopped", reason, keep);
    passRestartTo(core, cell);
    cancelRestart(core, cell);
    endLife(core, cell);
    cell.phase = "stopped";
    cell.queued = false;
    cell.paused = false;
    if (cell.spec.listens !== undefined) core.listeners.remove(cell, cell.spec.listens);
    dropWaiting(core, cell);
    report(core, { kind: "stopped", path: cell.place.path, at: core.now, reason });
    const told = cell.watchers;
    cell.watchers = null;
    if (told !== null)
      for (const watcher of told) {
        watcher.watching?.delete(cell);
        enqueue(core, watcher, { type: "down", path: cell.place.path, reason: down } satisfies Down, core.cause);
      }
  }
  if (!keep && (cell.dynamic || isTemporary(cell))) {
    for (const child of childrenOf(cell)) unregisterAll(core, child);
    unregister(core, cell);
  }
};

const unregisterAll = (core: Core, cell: Cell): void => {
  for (const child of childrenOf(cell)) unregisterAll(core, child);
  unregister(core, cell);
};

const dropWaiting = (core: Core, cell: Cell): void => {
  const suspect = cell.trouble?.suspect ?? null;
  if (cell.trouble !== null && suspect !== null) {
    cell.trouble.suspect = null;
    cell.depth--;
    setAside(core, cell, suspect, cell.trouble.lastError ?? "stopped");
  }
  while (cell.mailbox?.take() !== undefined) {
    cell.depth--;
    core.undelivered++;
  }
};
