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
import { type ActorSpec, type Effect, emit, machine, perform, type Step, tell } from "./actor.ts";
import type { Flush, Flushed } from "./flushing.ts";
import { NewestIds } from "./newestIds.ts";
import type { BrokerRequest } from "./ports/broker.ts";
import { PATHS, PORTS } from "./topology.ts";

/** Cancel what is working of a ticker, by one who asked for it. */
export interface Withdraw {
  readonly type: "withdraw";
  readonly ticker: Ticker;
  readonly by: string;
  readonly reason: string;
}

export type ExecutorMsg =
  | { readonly type: "approved"; readonly order: Order }
  | Withdraw
  | Flush
  | BrokerReply
  | OrderSubmitted
  | OrderCancelRequested
  | ControlCommand;

/** Ids of closed orders that are remembered to refuse their second use. */
const CLOSED_KEPT = 1_000;

interface State {
  readonly open: OrderBook;
  readonly closed: NewestIds;
  /** Replies that fit none of our orders, or no step of the table: broker and we disagree. */
  disagreements: number;
}

/** The intent goes to the tape first; the broker is asked after the tape is written. @throws Error on an id that was used. */
const send = (state: State, order: Order): Step<State> => {
  if (state.open.has(order.id) || state.closed.has(order.id))
    throw new Error(`order id ${order.id} was used before; it is not sent`);
  const intent = orderSubmitted(order);
  submitted(state.open, intent);
  return [state, emit(intent), perform(PORTS.broker, { do: "submit", intent } satisfies BrokerRequest)];
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

/** What is closed must not be opened again by an order that was on its way. */
const onCommand = (state: State, { command }: ControlCommand): Step<State> => {
  switch (command.do) {
    case "kill":
      return withdraw(state, () => true, `killed: ${command.reason}`);
    case "closeAll":
      return withdraw(state, () => true, "everything is closed");
    case "close":
      return withdraw(state, (o) => o.ticker === command.ticker, "the position is closed");
    default:
      return [state];
  }
};

/** Bracket legs are the broker's own. */
const isLeg = (id: OrderId): boolean => id.endsWith(".sl") || id.endsWith(".tp");

const onReply = (state: State, reply: BrokerReply): Step<State> => {
  const settled = settle(state.open, reply);
  if (settled === "closed") state.closed.add(reply.orderId);
  if (settled === "impossible" || (settled === "unknown" && !isLeg(reply.orderId))) state.disagreements += 1;
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
    initial: () => ({ open: new Map(), closed: new NewestIds(CLOSED_KEPT), disagreements: 0 }),
    receive: (state, msg, context) => {
      switch (msg.type) {
        case "approved":
          return send(state, msg.order);
        case "withdraw":
          return withdraw(state, (o) => o.ticker === msg.ticker && o.by === msg.by, msg.reason);
        case "flush":
          return [state, tell(context.ref<Flushed>(PATHS.portfolio), { type: "flushed" })];
        case "control.command":
          return onCommand(state, msg);
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
