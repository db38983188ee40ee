import type { ActorFigures } from "../../actors/ports/supervisor.ts";
import { type Cell, isGroup } from "./cell.ts";
import type { Core } from "./core.ts";

/** Every node, in tree order. */
export const inspect = (core: Core): readonly ActorFigures[] => {
  const all: ActorFigures[] = [];
  const visit = (cell: Cell): void => {
    all.push(figuresOf(core, cell));
    for (let c = cell.first; c !== null; c = c.right) visit(c);
  };
  if (core.root !== null) visit(core.root);
  return all;
};

const figuresOf = (core: Core, cell: Cell): ActorFigures => {
  const oldest = cell.mailbox?.oldestAt ?? null;
  return {
    path: cell.place.path,
    state: stateOf(cell),
    group: isGroup(cell),
    mailboxDepth: cell.depth,
    mailboxAgeMs: oldest === null ? 0 : core.now - oldest,
    messages: cell.messages,
    p50Us: cell.durations?.quantile(0.5) ?? null,
    p99Us: cell.durations?.quantile(0.99) ?? null,
    restarts: Math.max(0, cell.life - 1),
    conflated: cell.mailbox?.conflated ?? 0,
    lastError: cell.trouble?.lastError ?? null,
    lastErrorAt: cell.trouble?.lastErrorAt ?? null,
  };
};

const stateOf = (cell: Cell): ActorFigures["state"] => {
  if (cell.phase === "stopped") return "stopped";
  if (cell.paused) return "paused";
  return cell.phase === "live" ? "running" : "backing_off";
};
