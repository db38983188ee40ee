import { Controls } from "../streams/control/controls.ts";
import { tradingNeeds } from "../streams/control/needs.ts";
import type { ControlCommand } from "../streams/domain/control.ts";
import type { TradingStopped } from "../streams/domain/limits.ts";
import type { Halt } from "../streams/domain/market.ts";
import type { Order } from "../streams/domain/order.ts";
import type { BrokerPressure } from "../streams/domain/request.ts";
import type { RiskLimits } from "../streams/domain/run.ts";
import type { OrderId, Ticker } from "../streams/domain/units.ts";
import { verdict } from "../streams/domain/verdict.ts";
import { type Decision, judge, type Proposal } from "../streams/risk/checks.ts";
import { type ActorContext, type ActorSpec, type Effect, emit, machine, type Step, tell } from "./actor.ts";
import type { ExecutorMsg, Reprice, Withdraw } from "./executorState.ts";
import { type Flush, peerStarted } from "./flushing.ts";
import { PATHS } from "./topology.ts";

/** Withdrawals, new prices and flushes come the same way as proposals, so that none overtakes the order it is about. */
export type RiskMsg =
  | ({
      readonly type: "proposed";
      /** Exits at market and withdrawals of the moment that the order may have to wait for. */
      readonly others: readonly OrderId[];
    } & Proposal)
  | Withdraw
  | Reprice
  | Flush
  | Halt
  | BrokerPressure
  | ControlCommand
  | TradingStopped;

interface State {
  readonly controls: Controls;
  readonly tickersHalted: Map<Ticker, string>;
  /** Why replies of the broker are waited for; null when they are taken in as they come. */
  behind: string | null;
}

/** The order as it may be sent: at the size granted, as an exit when none of it may open, behind the orders it passes only after. */
const approved = (order: Order, others: readonly OrderId[], { granted, exits, waits }: Decision): Order => {
  if (granted === order.qty && exits === order.reduceOnly && !waits) return order;
  return {
    ...order,
    qty: granted,
    reduceOnly: exits,
    bracket: exits ? null : order.bracket,
    after: waits ? others : order.after,
  };
};

/** Answers every proposed order: approved, cut to what the limits leave, or denied with the numbers. */
export const riskActor = (limits: RiskLimits): ActorSpec => {
  const onProposed = (state: State, p: Extract<RiskMsg, { type: "proposed" }>, context: ActorContext): Step<State> => {
    const { order } = p;
    const decision = judge(p, {
      limits,
      now: context.now(),
      halted: state.controls.halted() ?? state.behind,
      killed: state.controls.killed !== null,
      tickerHalted: state.tickersHalted.get(order.ticker) ?? null,
    });
    const { granted, denial } = decision;
    const passes = granted > 0 || (order.cashFraction !== null && denial === null);
    const outcome = !passes ? "denied" : granted === order.qty ? "approved" : "resized";
    const sent = approved(order, p.others, decision);
    const after = passes ? sent.after : [];
    const effects: Effect[] = [
      emit(verdict({ ticker: order.ticker, orderId: order.id, outcome, asked: order.qty, granted, denial, after })),
    ];
    if (passes)
      effects.push(
        tell(context.ref<ExecutorMsg>(PATHS.executor), {
          type: "approved",
          order: sent,
          at: context.now(),
        }),
      );
    return [state, ...effects];
  };

  return {
    name: "risk",
    listens: [{ type: "market.halt" }, { type: "broker.pressure" }, { type: "control.command" }, { type: "trading.stopped" }],
    recalls: [
      { type: "market.halt", last: 1 },
      { type: "broker.pressure", last: 1 },
      { type: "control.command", last: "all" },
      { type: "trading.stopped", last: "all" },
    ],
    behaviour: machine<State, RiskMsg>({
      initial: () => ({ controls: new Controls(tradingNeeds), tickersHalted: new Map(), behind: null }),
      receive: (state, msg, context) => {
        switch (msg.type) {
          case "proposed":
            return onProposed(state, msg, context);
          case "withdraw":
          case "replace":
          case "flush":
            return [state, tell(context.ref<ExecutorMsg>(PATHS.executor), msg)];
          case "market.halt":
            if (msg.halted) state.tickersHalted.set(msg.ticker, msg.reason);
            else state.tickersHalted.delete(msg.ticker);
            return [state];
          case "broker.pressure":
            state.behind = msg.behind ? `${msg.waiting} replies of the broker wait to be taken in` : null;
            return [state];
          case "control.command":
          case "trading.stopped":
            state.controls.note(msg, []);
            return [state];
        }
      },
      started: (state, context) => [state, ...peerStarted(context)],
    }),
  };
};
