import type { ControlCommand } from "../streams/domain/control.ts";
import type { Halt } from "../streams/domain/market.ts";
import type { BrokerPressure } from "../streams/domain/request.ts";
import type { RiskLimits } from "../streams/domain/run.ts";
import type { Ticker } from "../streams/domain/units.ts";
import { verdict } from "../streams/domain/verdict.ts";
import { judge, type Proposal } from "../streams/risk/checks.ts";
import { type ActorContext, type ActorSpec, type Effect, emit, machine, type Step, tell } from "./actor.ts";
import type { ExecutorMsg, Withdraw } from "./executor.ts";
import type { Flush } from "./flushing.ts";
import { PATHS } from "./topology.ts";

/** Withdrawals and flushes come the same way as proposals, so that none overtakes the order it is about. */
export type RiskMsg = ({ readonly type: "proposed" } & Proposal) | Withdraw | Flush | Halt | BrokerPressure | ControlCommand;

interface State {
  readonly halted: string | null;
  readonly tickersHalted: ReadonlyMap<Ticker, string>;
  /** Why replies of the broker are waited for; null when they are taken in as they come. */
  readonly behind: string | null;
}

const onHalt = (state: State, h: Halt): Step<State> => {
  const tickersHalted = new Map(state.tickersHalted);
  if (h.halted) tickersHalted.set(h.ticker, h.reason);
  else tickersHalted.delete(h.ticker);
  return [{ ...state, tickersHalted }];
};

const onCommand = (state: State, { command, by }: ControlCommand): Step<State> => {
  switch (command.do) {
    case "pause":
      return [{ ...state, halted: `paused by ${by}: ${command.reason}` }];
    case "kill":
      return [{ ...state, halted: `killed by ${by}: ${command.reason}` }];
    case "resume":
      return [{ ...state, halted: null }];
    default:
      return [state];
  }
};

/** Answers every proposed order: approved, cut to what the limits leave, or denied with the numbers. */
export const riskActor = (limits: RiskLimits): ActorSpec => {
  const onProposed = (state: State, p: Proposal, context: ActorContext): Step<State> => {
    const { order } = p;
    const { granted, denial } = judge(p, {
      limits,
      now: context.now(),
      halted: state.halted ?? state.behind,
      tickerHalted: state.tickersHalted.get(order.ticker) ?? null,
    });
    const passes = granted > 0 || (order.cashFraction !== null && denial === null);
    const outcome = !passes ? "denied" : granted === order.qty ? "approved" : "resized";
    const effects: Effect[] = [
      emit(verdict({ ticker: order.ticker, orderId: order.id, outcome, asked: order.qty, granted, denial })),
    ];
    if (passes) {
      const approved = granted === order.qty ? order : { ...order, qty: granted };
      effects.push(tell(context.ref<ExecutorMsg>(PATHS.executor), { type: "approved", order: approved }));
    }
    return [state, ...effects];
  };

  return {
    name: "risk",
    listens: [{ type: "market.halt" }, { type: "broker.pressure" }, { type: "control.command" }],
    recalls: [
      { type: "market.halt", last: 1 },
      { type: "broker.pressure", last: 1 },
      { type: "control.command", last: "all" },
    ],
    behaviour: machine<State, RiskMsg>({
      initial: () => ({ halted: null, tickersHalted: new Map(), behind: null }),
      receive: (state, msg, context) => {
        switch (msg.type) {
          case "proposed":
            return onProposed(state, msg, context);
          case "withdraw":
          case "flush":
            return [state, tell(context.ref<ExecutorMsg>(PATHS.executor), msg)];
          case "market.halt":
            return onHalt(state, msg);
          case "broker.pressure":
            return [{ ...state, behind: msg.behind ? `${msg.waiting} replies of the broker wait to be taken in` : null }];
          case "control.command":
            return onCommand(state, msg);
        }
      },
    }),
  };
};
