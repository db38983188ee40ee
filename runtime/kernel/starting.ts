import type { ActorContext, FlowBehaviour, ReceiveBehaviour } from "../../actors/actor.ts";
import type { TapeEvent } from "../../streams/domain/event.ts";
import { type Cell, childrenOf, isGroup, reopen } from "./cell.ts";
import { Context } from "./context.ts";
import { type Core, report, wake } from "./core.ts";
import { carryOut } from "./effects.ts";
import { crash } from "./ending.ts";
import { newFlowLife } from "./flowRunner.ts";
import { blame, openAndTell, recalled } from "./recalling.ts";
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

/** The crashed child, those of its siblings that wait for it, and those that had ended: not those that a person or their parent stopped. */
export const startAgain = (core: Core, cell: Cell): void => {
  const parent = cell.parent;
  if (parent === null) startNode(core, cell);
  else if (parent.phase === "live") {
    const strategy = supervisionOf(parent.spec).strategy;
    const siblings = strategy === "one_for_one" ? [cell] : childrenOf(parent);
    const together = restartsWith(strategy, siblings, cell).filter((c) => c.phase === "waiting" || c.hasEnded || c === cell);
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
  cell.hasEnded = false;
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
  if (cell.phase === "live") tellSetAside(core, cell, context);
  if (cell.phase !== "live") return false;
  wake(core, cell);
  reopen(cell);
  return true;
};

/** Each letter is told once, also when that crashes the actor. */
const tellSetAside = (core: Core, cell: Cell, context: ActorContext): void => {
  const { behaviour } = cell.spec;
  if (cell.trouble === null || behaviour === undefined || !("receive" in behaviour) || behaviour.setAside === undefined) return;
  const { cause } = core;
  for (let letter = cell.trouble.setAside.shift(); letter !== undefined; letter = cell.trouble.setAside.shift()) {
    core.cause = letter.cause;
    try {
      const step = behaviour.setAside(cell.state, letter, context);
      cell.state = step[0];
      carryOut(core, cell, step, 1);
    } catch (e) {
      crash(core, cell, null, e);
    }
    if (cell.phase !== "live") break;
  }
  core.cause = cause;
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
      tellAgain(core, cell, behaviour, context, event);
    }
  core.cause = cause;
  if (behaviour.started === undefined) return [];
  const step = behaviour.started(cell.state, context);
  cell.state = step[0];
  return step;
};

const tellAgain = (
  core: Core,
  cell: Cell,
  behaviour: ReceiveBehaviour<unknown, unknown>,
  context: ActorContext,
  event: TapeEvent,
): void => {
  try {
    cell.state = behaviour.receive(cell.state, event, context)[0];
  } catch (e) {
    blame(core, cell, event);
    throw e;
  }
};

/** What it emitted when it was subscribed to, after a place left free for a state. */
const beginFlow = (core: Core, cell: Cell, behaviour: FlowBehaviour<unknown>, context: ActorContext): readonly unknown[] => {
  const life = newFlowLife();
  cell.flow = life;
  const told = cell.spec.recalls === undefined ? [] : recalled(core, cell, cell.spec.recalls);
  const first = openAndTell(core, cell, life, behaviour, context, told);
  if (life.failed) throw life.error;
  if (life.completed) core.pending.push({ what: "ended", cell, life: cell.life, cause: core.cause });
  return [undefined, ...first];
};
