import { takeWhile } from "rxjs";
import type { ActorContext, Effect, FlowBehaviour } from "../../actors/actor.ts";
import { ms } from "../../streams/domain/units.ts";
import { BudgetExceeded, MOST_EFFECTS } from "./budgets.ts";
import type { FlowLife } from "./cell.ts";
import { Inbox } from "./inbox.ts";
import { PutOff } from "./scheduler.ts";

/** Begins one life of a flow. What it emits at once is in `effects`. The kernel is the only subscriber. */
export const openFlow = (life: FlowLife, behaviour: FlowBehaviour<unknown>, context: ActorContext): void => {
  life.inTurn = true;
  try {
    const effects$ = behaviour.flow(life.inbox, context).pipe(takeWhile((effect) => takesIn(life, effect)));
    life.subscription = effects$.subscribe({
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

/** False: the flow has failed, and is unsubscribed from at once, also in the middle of a turn, so that a loop inside of it ends. */
const takesIn = (life: FlowLife, effect: Effect): boolean => {
  if (life.failed) return false;
  if (!life.inTurn)
    fail(life, new Error("a flow emitted outside of its turn: only its inbox and its context's scheduler may drive it"));
  else if (life.effects.length === MOST_EFFECTS) {
    life.effects = [];
    fail(life, new BudgetExceeded(`emitted more than ${MOST_EFFECTS} effects in one turn`));
  } else life.effects.push(effect);
  return !life.failed;
};

export const newFlowLife = (): FlowLife => ({
  inbox: new Inbox(),
  subscription: null,
  inTurn: false,
  effects: [],
  putOffAt: ms(-1),
  putOffTurns: 0,
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
