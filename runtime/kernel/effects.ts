import type { ActorSpec, Down, Effect, Ref } from "../../actors/actor.ts";
import type { Ms } from "../../streams/domain/units.ts";
import type { Ask } from "./asks.ts";
import { type Cell, Place } from "./cell.ts";
import { type Core, cellAt, enqueue, placeOf, tellTo } from "./core.ts";
import { RefusedSpawn } from "./deadLetters.ts";
import { crash, deadLetter } from "./ending.ts";
import { retire } from "./stopping.ts";
import { BadTree, childNamed, childPath, nameFault, settle } from "./tree.ts";

/** Does what an actor wants done, in order, from the given place in its step. Nothing here runs an actor: what follows is queued. */
export const carryOut = (core: Core, cell: Cell, step: readonly unknown[], from: number): void => {
  for (let i = from; i < step.length; i++) {
    const effect = step[i] as Effect;
    if (effect.fx === "tell") tellTo(core, effect.to, effect.msg, core.cause);
    else if (effect.fx === "emit") {
      core.host.emit(effect.event, core.cause);
      if (effect.event.seq > cell.heard) cell.heard = effect.event.seq;
    } else carryOutOther(core, cell, effect);
  }
};

const carryOutOther = (core: Core, cell: Cell, effect: Exclude<Effect, { fx: "tell" | "emit" }>): void => {
  switch (effect.fx) {
    case "perform":
      core.host.perform(effect.port, effect.request, core.cause);
      return;
    case "after":
      setTimer(core, cell, effect.key, effect.delayMs, effect.msg);
      return;
    case "cancel":
      cancelTimer(core, cell, effect.key);
      return;
    case "atMomentEnd":
      if (cell.phase === "live") core.momentEnd.ask(cell, effect.turn, effect.key, effect.msg, core.cause); // else it crashed meanwhile
      return;
    case "tellFor":
      tellTo(core, effect.to, effect.msg, effect.cause);
      return;
    case "spawn":
      spawn(core, cell, effect.child);
      return;
    case "stop":
      stop(core, cell, effect.child);
      return;
    case "watch":
      watch(core, cell, effect.target);
      return;
    case "unwatch":
      unwatch(core, cell, effect.target);
      return;
    case "ask":
      ask(core, cell, effect);
      return;
    case "reply":
      answer(core, effect.to.askId, effect.answer);
      return;
  }
};

/** Whole ms, rounded up: nothing fires early. */
export const dueIn = (core: Core, delayMs: number): Ms => (core.now + Math.max(0, Math.ceil(delayMs))) as Ms;

const setTimer = (core: Core, cell: Cell, key: string, delayMs: number, message: unknown): void => {
  if (cell.phase !== "live") return; // it crashed while its effects were carried out
  cancelTimer(core, cell, key);
  cell.keyed ??= new Map();
  cell.keyed.set(key, core.timers.set(dueIn(core, delayMs), "message", cell, message, core.cause, key));
};

const cancelTimer = (core: Core, cell: Cell, key: string): void => {
  const timer = cell.keyed?.get(key);
  if (timer === undefined) return;
  cell.keyed?.delete(key);
  core.timers.cancel(timer);
};

const spawn = (core: Core, parent: Cell, spec: ActorSpec): void => {
  if (parent.phase !== "live") return;
  const path = childPath(parent, spec.name);
  const fault = nameFault(spec.name);
  if (fault !== null) {
    refuse(core, path, spec, fault);
    return;
  }
  if (parent.children >= (parent.spec.maxChildren ?? Number.POSITIVE_INFINITY)) {
    refuse(core, path, spec, `${parent.place.path} has its ${parent.children} children already`);
    return;
  }
  const place = placeOf(core, path);
  if (Place.cellOf(place) !== null) {
    refuse(core, path, spec, "the name is taken");
    return;
  }
  try {
    const cell = settle(core, place, spec, parent, true);
    core.pending.push({ what: "start", cell, life: 0, cause: core.cause });
  } catch (e) {
    if (!(e instanceof BadTree)) throw e;
    refuse(core, path, spec, e.message);
  }
};

const refuse = (core: Core, path: string, spec: ActorSpec, why: string): void =>
  deadLetter(core, path, `not spawned: ${why}`, new RefusedSpawn(spec.name));

/** A child at once; oneself when all effects of the step are done. */
const stop = (core: Core, cell: Cell, child: string | undefined): void => {
  if (child === undefined) {
    core.pending.push({ what: "ended", cell, life: cell.life, cause: core.cause });
    return;
  }
  const stopped = childNamed(core, cell, child);
  if (stopped !== null) retire(core, stopped, "stopped", "stopped by its parent");
};

const watch = (core: Core, cell: Cell, ref: Ref): void => {
  const target = cellAt(core, ref);
  if (target === null || target.phase === "stopped") {
    enqueue(core, cell, { type: "down", path: ref.path, reason: "absent" } satisfies Down, core.cause);
    return;
  }
  target.watchers ??= new Set();
  target.watchers.add(cell);
  cell.watching ??= new Set();
  cell.watching.add(target);
};

const unwatch = (core: Core, cell: Cell, ref: Ref): void => {
  const target = cellAt(core, ref);
  if (target === null) return;
  target.watchers?.delete(cell);
  cell.watching?.delete(target);
};

const ask = (core: Core, cell: Cell, effect: Extract<Effect, { fx: "ask" }>): void => {
  if (cell.phase !== "live") return;
  const question = core.asks.add(cell, effect.onReply, effect.onTimeout, core.cause);
  question.timer = core.timers.set(dueIn(core, effect.timeoutMs), "ask", cell, question, core.cause);
  let message: unknown;
  try {
    message = effect.msg({ askId: question.askId });
  } catch (e) {
    crash(core, cell, null, e);
    return;
  }
  tellTo(core, effect.to, message, core.cause);
};

const answer = (core: Core, askId: number, what: unknown): void => {
  const question = core.asks.take(askId);
  if (question === undefined) {
    core.asks.late++;
    return;
  }
  if (question.timer !== null) core.timers.cancel(question.timer);
  bringBack(core, question, what);
};

const bringBack = (core: Core, { asker, onReply }: Ask<Cell>, what: unknown): void => {
  let message: unknown;
  try {
    message = onReply(what);
  } catch (e) {
    if (asker !== null) crash(core, asker, null, e);
    return;
  }
  if (asker !== null) enqueue(core, asker, message, core.cause);
};
