import type { OrderSubmitted } from "../streams/domain/order.ts";
import { outcome, type TradeClosed } from "../streams/domain/portfolio.ts";
import type { Contribution, Target } from "../streams/domain/signal.ts";
import type { OrderId, Ticker } from "../streams/domain/units.ts";
import { credits } from "../streams/learning/credit.ts";
import { type ActorSpec, emit, machine, type Step } from "./actor.ts";

export type LearnerMsg = Target | OrderSubmitted | TradeClosed;

interface State {
  readonly targets: Map<Ticker, Target>;
  /** Who stood behind the order that opened what is held. */
  readonly entries: Map<OrderId, readonly Contribution[]>;
  /** Their ids, a ring once it is full: a map that loses its oldest keys is slow to say which is the oldest now. */
  readonly ids: OrderId[];
  oldest: number;
}

const KEPT = 1_000;

const forgetOldest = (state: State, newest: OrderId): void => {
  if (state.ids.length < KEPT) {
    state.ids.push(newest);
    return;
  }
  state.entries.delete(state.ids[state.oldest] as OrderId);
  state.ids[state.oldest] = newest;
  state.oldest = (state.oldest + 1) % KEPT;
};

const onSubmitted = (state: State, { order }: OrderSubmitted): Step<State> => {
  if (order.reduceOnly) return [state];
  const target = state.targets.get(order.ticker);
  if (order.by === "ensemble" && target?.seq !== order.origin) return [state];
  const by: readonly Contribution[] =
    order.by === "ensemble" && target
      ? target.contributions
      : [{ strategy: order.by, signal: order.origin, weight: 1, score: order.side === "buy" ? 1 : -1, confidence: 1 }];
  if (!state.entries.has(order.id)) forgetOldest(state, order.id);
  state.entries.set(order.id, by);
  return [state];
};

/** Notes for each closed trade how it ended for every strategy that stood behind its entry. It changes no weight yet. */
export const learnerActor = (): ActorSpec => ({
  name: "learner",
  listens: [{ type: "target.set" }, { type: "order.submitted" }, { type: "trade.closed" }],
  recalls: [
    { type: "target.set", last: 20 },
    { type: "order.submitted", last: 20 },
  ],
  behaviour: machine<State, LearnerMsg>({
    initial: () => ({ targets: new Map(), entries: new Map(), ids: [], oldest: 0 }),
    receive: (state, msg) => {
      switch (msg.type) {
        case "target.set":
          state.targets.set(msg.ticker, msg);
          return [state];
        case "order.submitted":
          return onSubmitted(state, msg);
        case "trade.closed": {
          const by = state.entries.get(msg.trade.entryOrder) ?? [];
          return [state, ...credits(msg.trade, by).map((c) => emit(outcome({ ticker: msg.ticker, trade: msg.seq, ...c })))];
        }
      }
    },
  }),
});
