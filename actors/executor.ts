import type { ControlCommand } from "../streams/domain/control.ts";
import type { BrokerReply } from "../streams/domain/event.ts";
import {
  type Order,
  type OrderCancelRequested,
  type OrderSubmitted,
  orderCancelRequested,
  orderSubmitted,
} from "../streams/domain/order.ts";
import type { OrderId, Ticker } from "../streams/domain/units.ts";
import { cancelling, type OrderBook, settle, submitted } from "../streams/execution/orders.ts";
import { type ActorSpec, type Effect, emit, machine, perform, type Step } from "./actor.ts";
import type { BrokerRequest } from "./ports/broker.ts";
import { PORTS } from "./topology.ts";

export type ExecutorMsg =
  | { readonly type: "approved"; readonly order: Order }
  | { readonly type: "withdraw"; readonly ticker: Ticker; readonly by: string; readonly reason: string }
  | BrokerReply
  | OrderSubmitted
  | OrderCancelRequested
  | ControlCommand;

interface State {
  readonly open: OrderBook;
  /** Replies that fit none of our orders, or no step of the table: broker and we disagree. */
  disagreements: number;
}

/** The intent goes to the tape first; the broker is asked after the tape is written. */
const send = (order: Order): Effect[] => {
  const intent = orderSubmitted(order);
  const request: BrokerRequest = { do: "submit", intent };
  return [emit(intent), perform(PORTS.broker, request)];
};

const withdraw = (state: State, which: (o: Order) => boolean, reason: string): Step<State> => {
  const effects: Effect[] = [];
  const chosen: readonly OrderId[] = [...state.open.values()].filter((o) => which(o.order)).map((o) => o.order.id);
  for (const id of chosen) {
    const ticker = state.open.get(id)?.order.ticker;
    if (!ticker || !cancelling(state.open, id)) continue;
    const intent = orderCancelRequested(ticker, id, reason);
    effects.push(emit(intent), perform(PORTS.broker, { do: "cancel", intent } satisfies BrokerRequest));
  }
  return [state, ...effects];
};

const onReply = (state: State, reply: BrokerReply): Step<State> => {
  const settled = settle(state.open, reply);
  const leg = reply.orderId.endsWith(".sl") || reply.orderId.endsWith(".tp"); // bracket legs are the broker's own
  if ((settled === "unknown" && !leg) || settled === "impossible") state.disagreements += 1;
  return [state];
};

/** Sends what risk approved, withdraws what is no longer wanted, and follows every order to its end. */
export const executorActor = (): ActorSpec => ({
  name: "executor",
  listens: [
    { type: "order.accepted" },
    { type: "order.rejected" },
    { type: "order.cancelled" },
    { type: "order.expired" },
    { type: "order.filled" },
    { type: "control.command" },
  ],
  recalls: [
    { type: "order.submitted", last: "open" },
    { type: "order.cancelRequested", last: "open" },
    { type: "order.accepted", last: "open" },
    { type: "order.filled", last: "open" },
  ],
  behaviour: machine<State, ExecutorMsg>({
    initial: () => ({ open: new Map(), disagreements: 0 }),
    receive: (state, msg) => {
      switch (msg.type) {
        case "approved":
          submittedNow(state, msg.order);
          return [state, ...send(msg.order)];
        case "withdraw":
          return withdraw(state, (o) => o.ticker === msg.ticker && o.by === msg.by, msg.reason);
        case "control.command":
          return msg.command.do === "kill" ? withdraw(state, () => true, `killed: ${msg.command.reason}`) : [state];
        case "order.submitted": // only told again after a restart
          submitted(state.open, msg);
          return [state];
        case "order.cancelRequested":
          cancelling(state.open, msg.orderId);
          return [state];
        default:
          return onReply(state, msg);
      }
    },
  }),
});

const submittedNow = (state: State, order: Order): void => submitted(state.open, orderSubmitted(order));
