import type { ActorSpec, Ref, ReplyTo } from "../../actors/actor.ts";
import type { ActorFigures, DeadLetter, SupervisorView } from "../../actors/ports/supervisor.ts";
import type { TapeEvent } from "../../streams/domain/event.ts";
import { type Ms, type Seq, seq } from "../../streams/domain/units.ts";
import { AskTimeout } from "./asks.ts";
import { type Cell, childrenOf, Place } from "./cell.ts";
import { advanceTo } from "./clock.ts";
import { Core, enqueue, type PendingAction, placeOf, tellTo } from "./core.ts";
import { RefusedSpawn } from "./deadLetters.ts";
import { drain } from "./dispatch.ts";
import { dueIn } from "./effects.ts";
import { seqOf } from "./ending.ts";
import type { KernelHost } from "./host.ts";
import { inspect } from "./inspect.ts";
import { endMoment } from "./moment.ts";
import { retire } from "./stopping.ts";
import { request } from "./supervise.ts";
import { register } from "./tree.ts";

export { AskTimeout } from "./asks.ts";
export type { KernelHost } from "./host.ts";

/**
 * Runs a tree of actors: one queue, one message at a time, on a clock and a chance of its own. Pure: the same calls in the same order lead to
 * the same messages, effects, restarts and times.
 */
export interface Kernel extends SupervisorView {
  /** Places every node, then starts them in order, depth first, left to right. @throws BadTree; Error when a tree was started already. */
  start(tree: ActorSpec): void;
  /** Queues an event for whoever listens to its type, or its type and ticker, in order of subscription. */
  deliver(event: TapeEvent): void;
  tell(to: Ref, msg: unknown, cause?: Seq): void;
  /** From outside. @throws AskTimeout (rejects) after `timeoutMs` of the core's time, or when the kernel stops first. */
  ask<A>(to: Ref, msg: (replyTo: ReplyTo) => unknown, timeoutMs: number): Promise<A>;
  ref<M>(path: string): Ref<M>;
  /** Handles waiting messages, at most so many; true when none is left. */
  drain(maxMessages?: number): boolean;
  /** Moves time: see `clock.ts`. Timers due at or before `t` fire in order, at their due times. Time never goes back. */
  advanceTo(t: Ms): void;
  /** All that came in at this time has been told: whoever asked for it is told so, the lowest turn first, until nobody waits (see `moment.ts`). */
  endMoment(): void;
  nextTimerAt(): Ms | null;
  now(): Ms;
  /**
   * restart: a fresh life at once, not counted as a crash; starts what was stopped. pause: messages wait until resume; a group hands both down.
   * stop: stays stopped until restarted, or its parent is; what is told to it meanwhile is dropped and counted. False: no such actor.
   */
  control(path: string, action: "restart" | "pause" | "resume" | "stop"): boolean;
  /**
   * It lives from now on, whatever was before: started when it was stopped or backs off, with those above it, and no longer paused. One that runs is left
   * alone, and so are the actors of a group that does. Without its mail, what waited for it meanwhile is dropped and counted: it starts anew from what is
   * recalled. False: no such actor.
   */
  revive(path: string, keepsMail: boolean): boolean;
  /** Tells a dead letter again, as the newest message. False: no such letter, nobody there, or a refused spawn. */
  retryDeadLetter(id: number): boolean;
  /** Right to left, the deepest first; each handles what it was told before it stops. */
  stop(): void;
  /** Handled so far. */
  readonly messages: number;
  /** Told to nobody: to a place without an actor, or to one that had stopped. */
  readonly undelivered: number;
  /** Answers that came second, late, or to a life that had ended. */
  readonly lateReplies: number;
}

/** @param options.seed of all chance in the core. @param options.startAt the core's time before anything happened. */
export const createKernel = (options: { seed: number; startAt: Ms; host: KernelHost }): Kernel =>
  new CoreKernel(new Core(options.seed, options.startAt, options.host));

/** A class, not closures: its methods are known to be the same ones at every call, so that the clock is read without a number object each. */
class CoreKernel implements Kernel {
  private readonly core: Core;

  constructor(core: Core) {
    this.core = core;
  }

  start(tree: ActorSpec): void {
    start(this.core, tree);
  }
  deliver(event: TapeEvent): void {
    deliver(this.core, event);
  }
  tell(to: Ref, msg: unknown, cause = seq(0)): void {
    tellTo(this.core, to, msg, cause);
  }
  ask<A>(to: Ref, msg: (replyTo: ReplyTo) => unknown, timeoutMs: number): Promise<A> {
    return askFromOutside(this.core, to, msg, timeoutMs);
  }
  ref<M>(path: string): Ref<M> {
    return placeOf(this.core, path);
  }
  drain(max = Number.POSITIVE_INFINITY): boolean {
    return drain(this.core, max);
  }
  advanceTo(t: Ms): void {
    advanceTo(this.core, t);
  }
  endMoment(): void {
    endMoment(this.core);
  }
  nextTimerAt(): Ms | null {
    return this.core.timers.nextAt();
  }
  now(): Ms {
    return this.core.now;
  }
  control(path: string, action: "restart" | "pause" | "resume" | "stop"): boolean {
    return askFor(this.core, path, action);
  }
  revive(path: string, keepsMail: boolean): boolean {
    return askFor(this.core, path, keepsMail ? "wake" : "revive");
  }
  retryDeadLetter(id: number): boolean {
    return retryDeadLetter(this.core, id);
  }
  stop(): void {
    stop(this.core);
  }
  inspect(): readonly ActorFigures[] {
    return inspect(this.core);
  }
  deadLetters(): readonly DeadLetter[] {
    return this.core.letters.all();
  }
  get messages(): number {
    return this.core.messages;
  }
  get undelivered(): number {
    return this.core.undelivered;
  }
  get lateReplies(): number {
    return this.core.asks.late;
  }
}

const start = (core: Core, tree: ActorSpec): void => {
  if (core.root !== null) throw new Error("the kernel has its tree already");
  core.root = register(core, tree, null, false);
  request(core, "start", core.root, core.cause);
};

const askFor = (core: Core, path: string, what: PendingAction["what"]): boolean => {
  const place = core.places.get(path);
  const cell = place === undefined ? null : Place.cellOf(place);
  if (cell === null) return false;
  request(core, what, cell, core.draining ? core.cause : seq(0));
  return true;
};

const deliver = (core: Core, event: TapeEvent): void => {
  const { seq } = event;
  core.newest = seq;
  const told = core.listeners.of(event);
  if (told === undefined) return;
  for (let i = 0; i < told.length; i++) enqueue(core, told[i] as Cell, event, seq);
};

const askFromOutside = <A>(core: Core, to: Ref, msg: (replyTo: ReplyTo) => unknown, timeoutMs: number): Promise<A> =>
  new Promise<A>((resolve, reject) => {
    const late = () => reject(new AskTimeout(to.path, timeoutMs));
    const question = core.asks.add(null, (answer) => resolve(answer as A), late, seq(0));
    question.timer = core.timers.set(dueIn(core, timeoutMs), "ask", null, question, seq(0));
    tellTo(core, to, msg({ askId: question.askId }), seq(0));
  });

const retryDeadLetter = (core: Core, id: number): boolean => {
  const letter = core.letters.get(id);
  if (letter === undefined || letter.message instanceof RefusedSpawn) return false;
  const place = core.places.get(letter.path);
  const cell = place === undefined ? null : Place.cellOf(place);
  if (cell === null || cell.phase === "stopped") return false;
  core.letters.remove(id);
  const at = seqOf(letter.message);
  cell.trouble?.poison.delete(at);
  enqueue(core, cell, letter.message, seq(at));
  return true;
};

const stop = (core: Core): void => {
  if (core.draining) throw new Error("the kernel cannot stop while a message is being handled");
  drain(core, Number.POSITIVE_INFINITY);
  core.stopping = true;
  if (core.root !== null) stopNode(core, core.root);
  for (const question of core.asks.takeAll()) {
    if (question.timer !== null) core.timers.cancel(question.timer);
    if (question.asker === null && typeof question.onTimeout === "function") question.onTimeout();
  }
};

const stopNode = (core: Core, cell: Cell): void => {
  for (const child of childrenOf(cell).reverse()) stopNode(core, child);
  drain(core, Number.POSITIVE_INFINITY);
  if (cell.phase !== "stopped") retire(core, cell, "stopped", "stopping", true);
};
