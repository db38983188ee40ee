import type { ActorContext, Effect, FlowBehaviour } from "../../actors/actor.ts";
import type { FlowLife } from "./cell.ts";
import { Inbox } from "./inbox.ts";
import { PutOff } from "./scheduler.ts";

/** Begins one life of a flow. What it emits at once is in `effects`. The kernel is the only subscriber. */
export const openFlow = (life: FlowLife, behaviour: FlowBehaviour<unknown>, context: ActorContext): void => {
  life.inTurn = true;
  try {
    life.subscription = behaviour.flow(life.inbox, context).subscribe({
      next: (effect) => {
        if (life.inTurn) life.effects.push(effect);
        else fail(life, new Error("a flow emitted outside of its turn: only its inbox and its context's scheduler may drive it"));
      },
      error: (e: unknown) => fail(life, e),
      complete: () => {
        life.completed = true;
      },
    });
  } catch (e) {
    fail(life, e);
  }
  life.inTurn = false;
};

export const newFlowLife = (): FlowLife => ({
  inbox: new Inbox(),
  subscription: null,
  inTurn: false,
  effects: [],
  completed: false,
  failed: false,
  error: undefined,
});

/** One turn: a message, or work that was put off. Its effects are then in `effects`; `failed` and `completed` say how it ended. */
export const turn = (life: FlowLife, message: unknown): void => {
  if (life.failed || life.completed) return;
  life.inTurn = true;
  try {
    if (message instanceof PutOff) message.run();
    else life.inbox.next(message);
  } catch (e) {
    fail(life, e);
  }
  life.inTurn = false;
};

/** The effects of the turn, taken out. */
export const takeEffects = (life: FlowLife): readonly Effect[] => {
  const effects = life.effects;
  life.effects = [];
  return effects;
};

const fail = (life: FlowLife, e: unknown): void => {
  if (life.failed) return;
  life.failed = true;
  life.error = e;
};
