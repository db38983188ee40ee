import type { ActorContext, FlowBehaviour, Recall, ReceiveBehaviour } from "../../actors/actor.ts";
import type { TapeEvent } from "../../streams/domain/event.ts";
import { type Cell, childrenOf, isGroup, reopen, troubleOf } from "./cell.ts";
import { Context } from "./context.ts";
import { type Core, report, wake } from "./core.ts";
import { carryOut } from "./effects.ts";
import { crash, seqOf, setAside } from "./ending.ts";
import { newFlowLife, openFlow, takeEffects, turn } from "./flowRunner.ts";
import { restartsWith, supervisionOf } from "./restart.ts";
import { retire } from "./stopping.ts";
import { childNamed, register } from "./tree.ts";

/**
 * Starts a node, then all below it, depth first, left to right. What lives already is left alone.
 * False when its life ended as it began; its children then wait for the next.
 */
export const startNode = (core: Core, cell: Cell): boolean => {
  if (cell.phase === "live") return true;
  if (cell.phase === "stopped") rejoin(core, cell);
  const trouble = cell.trouble;
  if (trouble !== null && trouble.timer !== null) {
    core.timers.cancel(trouble.timer);
    trouble.timer = null;
  }
  if (!beginLife(core, cell)) return false;
  startChildren(core, cell);
  return true;
};

/** A crash of a first child holds back its siblings, unless each stands for itself or it will not be back: they start with it. */
const startSiblings = (core: Core, parent: Cell, cells: readonly Cell[]): void => {
  const alone = supervisionOf(parent.spec).strategy === "one_for_one";
  for (const cell of cells) if (!startNode(core, cell) && !alone && cell.spec.restart !== "temporary") return;
};

/** The crashed child, and those of its siblings that wait for it. */
export const startAgain = (core: Core, cell: Cell): void => {
  const parent = cell.parent;
  if (parent === null) startNode(core, cell);
  else if (parent.phase === "live") {
    const strategy = supervisionOf(parent.spec).strategy;
    const siblings = strategy === "one_for_one" ? [cell] : childrenOf(parent);
    const together = restartsWith(strategy, siblings, cell).filter((c) => c.phase === "waiting" || c === cell);
    startSiblings(core, parent, together);
  }
};

const startChildren = (core: Core, parent: Cell): void => {
  if (parent.spec.children === undefined) return;
  let left: Cell | null = null;
  const cells: Cell[] = [];
  for (const spec of parent.spec.children) {
    left = childNamed(core, parent, spec.name) ?? register(core, spec, parent, false, left);
    cells.push(left);
  }
  startSiblings(core, parent, cells);
};

/** Back from having stopped: it listens and can be told again; the children it had spawned are forgotten. */
const rejoin = (core: Core, cell: Cell): void => {
  for (const child of childrenOf(cell)) if (child.dynamic) retire(core, child, "stopped", "its parent starts anew");
  cell.heard = -1;
  if (cell.spec.listens !== undefined) core.listeners.add(cell, cell.spec.listens);
  cell.queued = !isGroup(cell) && cell.spec.mailbox?.conflate === undefined;
};

/** initial, recall with effects dropped, started, then what waits. False when it crashed on the way. */
const beginLife = (core: Core, cell: Cell): boolean => {
  cell.life++;
  cell.phase = "live";
  cell.bornAt = core.now;
  if (cell.trouble !== null) cell.trouble.childRestarts = []; // a new supervisor has restarted nobody yet
  report(core, { kind: "started", path: cell.place.path, at: core.now, life: cell.life });
  const behaviour = cell.spec.behaviour;
  if (behaviour === undefined) return true;
  const context = new Context(core, cell);
  cell.context = context;
  const cause = core.cause;
  let first: readonly unknown[];
  try {
    first = "receive" in behaviour ? beginMachine(core, cell, behaviour, context) : beginFlow(core, cell, behaviour, context);
  } catch (e) {
    core.cause = cause;
    crash(core, cell, null, e);
    return false;
  }
  core.cause = cause;
  if (cell.heard < 0) cell.heard = core.newest;
  carryOut(core, cell, first, 1);
  if (cell.phase !== "live") return false;
  wake(core, cell);
  reopen(cell);
  return true;
};

/** Its first step; the state is kept. */
const beginMachine = (
  core: Core,
  cell: Cell,
  behaviour: ReceiveBehaviour<unknown, unknown>,
  context: ActorContext,
): readonly unknown[] => {
  cell.state = behaviour.initial(context);
  const cause = core.cause;
  if (cell.spec.recalls !== undefined)
    for (const event of recalled(core, cell, cell.spec.recalls)) {
      core.cause = event.seq;
      cell.state = behaviour.receive(cell.state, event, context)[0];
    }
  core.cause = cause;
  if (behaviour.started === undefined) return [];
  const step = behaviour.started(cell.state, context);
  cell.state = step[0];
  return step;
};

/** What it emitted when it was subscribed to, after a place left free for a state. */
const beginFlow = (core: Core, cell: Cell, behaviour: FlowBehaviour<unknown>, context: ActorContext): readonly unknown[] => {
  const life = newFlowLife();
  cell.flow = life;
  openFlow(life, behaviour, context);
  const first = takeEffects(life);
  const recalls = life.failed ? undefined : cell.spec.recalls;
  if (recalls !== undefined)
    for (const event of recalled(core, cell, recalls)) {
      core.cause = event.seq;
      turn(life, event);
      if (life.failed) break;
      takeEffects(life);
    }
  if (life.failed) throw life.error;
  if (life.completed) core.pending.push({ what: "ended", cell, life: cell.life, cause: core.cause });
  return [undefined, ...first];
};

/**
 * What the actor is to be told again: what it asks for, but for dead letters, and but for what it is still to be told for the first
 * time: what waits for it, and what came after all it has heard of, which someone else has yet to pass on. Who begins its first life,
 * or comes back from having stopped, was told nothing meanwhile, and nothing is on its way: it is told all.
 */
function* recalled(core: Core, cell: Cell, recalls: readonly Recall[]): Iterable<TapeEvent> {
  const waiting = seqsWaiting(core, cell);
  const heard = cell.heard < 0 ? Number.POSITIVE_INFINITY : cell.heard;
  for (const event of core.host.recall(recalls)) {
    if (event.seq > core.newest) core.newest = event.seq; // of a tape from before this process
    if (event.seq > heard || waiting.has(event.seq) || cell.trouble?.poison.has(event.seq)) continue;
    let folded = false;
    try {
      yield event;
      folded = true;
    } finally {
      if (!folded) blame(core, cell, event);
    }
  }
}

/** An event that crashes its actor twice while it is recalled is set aside like any other message: the tape cannot hold the actor down. */
const blame = (core: Core, cell: Cell, event: TapeEvent): void => {
  const trouble = troubleOf(cell);
  if (trouble.blamed === event.seq)
    setAside(core, cell, { message: event, cause: event.seq }, "crashed its actor twice while it was recalled");
  else trouble.blamed = event.seq;
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
