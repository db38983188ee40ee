import type { ControlCommand } from "../streams/domain/control.ts";
import type { BrokerReply } from "../streams/domain/event.ts";
import {
  type Order,
  type OrderCancelRequested,
  type OrderLost,
  type OrderMissing,
  type OrderSubmitted,
  orderCancelRequested,
  orderLost,
  orderSubmitted,
} from "../streams/domain/order.ts";
import type { RequestFailed } from "../streams/domain/request.ts";
import { type Ms, type OrderId, qty, type Ticker } from "../streams/domain/units.ts";
import { cancelling, type OrderBook, settle, submitted } from "../streams/execution/orders.ts";
import { type ActorContext, type ActorSpec, type Effect, emit, machine, perform, type Step, tell } from "./actor.ts";
import type { Flush, Flushed } from "./flushing.ts";
import { NewestIds } from "./newestIds.ts";
import type { BrokerRequest } from "./ports/broker.ts";
import { PATHS, PORTS } from "./topology.ts";
import { Unanswered, type WaitedLong } from "./unanswered.ts";

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
  | OrderMissing
  | OrderLost
  | RequestFailed
  | WaitedLong
  | OrderSubmitted
  | OrderCancelRequested
  | ControlCommand;

/** Ids of closed orders that are remembered: to refuse their second use, and to know what comes late. */
const CLOSED_KEPT = 1_000;
const LOST_KEPT = 100;

interface State {
  readonly open: OrderBook;
  /** The newest closed orders, at a broker outside. A simulated exchange knows every id there was. */
  readonly closed: NewestIds;
  /** Orders that were given up. One that turns up after all is withdrawn: what it was for has been proposed again. */
  readonly lost: Map<OrderId, Order | null>;
  /** Since a kill, until trading is resumed: what risk had approved before is not sent, but for exits. */
  killed: boolean;
  readonly unanswered: Unanswered;
  /** Replies that fit none of our orders, or no step of the table: broker and we disagree. */
  disagreements: number;
}

const ask = (request: BrokerRequest): Effect => perform(PORTS.broker, request);

/** The intent is emitted first, so it is on the tape before the request that follows it. @throws Error on an id that was used. */
const send = (state: State, order: Order, context: ActorContext): Step<State> => {
  if (state.killed && !order.reduceOnly) return [state, emit(orderLost(order.ticker, order.id, "killed before it was sent"))];
  if (state.open.has(order.id) || state.closed.has(order.id))
    throw new Error(`order id ${order.id} was used before; it is not sent`);
  const intent = orderSubmitted(order);
  submitted(state.open, intent);
  const asked: Effect[] = [emit(intent), ask({ do: "submit", intent })];
  return [state, ...asked, ...state.unanswered.sent(order.id, context.now())];
};

/** What became of an open order? */
const lookUp = (state: State, id: OrderId): Effect[] => {
  const ticker = state.open.get(id)?.order.ticker;
  return ticker === undefined ? [] : [ask({ do: "lookup", orderId: id, ticker }), ...state.unanswered.lookUp(id)];
};

const cancel = (state: State, id: OrderId, ticker: Ticker, reason: string): Effect[] => {
  const intent = orderCancelRequested(ticker, id, reason);
  return [emit(intent), ask({ do: "cancel", intent }), ...state.unanswered.cancelSent(id)];
};

const withdraw = (state: State, which: (o: Order) => boolean, reason: string): Step<State> => {
  const effects: Effect[] = [];
  const chosen: readonly OrderId[] = [...state.open.values()].filter((o) => which(o.order)).map((o) => o.order.id);
  for (const id of chosen) {
    const ticker = state.open.get(id)?.order.ticker;
    if (ticker && cancelling(state.open, id)) effects.push(...cancel(state, id, ticker, reason));
  }
  return [state, ...effects];
};

/** What is closed must not be opened again by an order that was on its way. */
const onCommand = (state: State, { command }: ControlCommand): Step<State> => {
  switch (command.do) {
    case "reconcile":
      return [state, ...(state.unanswered.outside ? [...state.open.keys()].flatMap((id) => lookUp(state, id)) : [])];
    case "resume":
      state.killed = false;
      return [state];
    case "kill":
      state.killed = true;
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

const onReply = (state: State, reply: BrokerReply, context: ActorContext): Step<State> => {
  const { orderId: id } = reply;
  const settled = settle(state.open, reply);
  if (settled === "closed" && state.unanswered.outside) state.closed.add(id);
  const isLate = state.closed.has(id) && reply.type !== "order.filled";
  if (settled === "impossible" || (settled === "unknown" && !isLeg(id) && !isLate)) state.disagreements += 1;
  state.unanswered.heard();
  const one = state.open.get(id);
  if (one === undefined) {
    const isAlive = reply.type === "order.accepted" || (reply.type === "order.filled" && reply.leaves > 0);
    if (isAlive && state.lost.has(id)) return turnedUp(state, reply, context.now());
    return [state, ...state.unanswered.closed(id)];
  }
  // Heard of as open although a cancel was sent and not answered: the cancel did not arrive.
  const again = reply.type === "order.accepted" && one.status === "pending_cancel" && state.unanswered.lookedUp(id);
  return [
    state,
    ...(again ? cancel(state, id, one.order.ticker, "asked again: the order still works") : []),
    ...state.unanswered.answered(id, one),
  ];
};

/** An order that was given up works after all: it is followed again, and withdrawn until it is gone. */
const turnedUp = (state: State, { orderId: id, ticker }: BrokerReply, now: Ms): Step<State> => {
  state.disagreements += 1;
  const order = state.lost.get(id);
  if (order) {
    state.lost.delete(id);
    state.open.set(id, { order, status: "pending_cancel", filled: qty(0) });
    state.unanswered.found(id, now);
  }
  return [state, ...cancel(state, id, ticker, "it was given up, and turned up")];
};

const giveUp = (state: State, id: OrderId, order: Order | null): void => {
  state.closed.add(id);
  state.lost.set(id, order);
  if (state.lost.size > LOST_KEPT) state.lost.delete(state.lost.keys().next().value as OrderId);
};

const lose = (state: State, id: OrderId, reason: string): Step<State> => {
  const one = state.open.get(id);
  if (one === undefined) return [state];
  state.open.delete(id);
  giveUp(state, id, one.order);
  return [state, emit(orderLost(one.order.ticker, id, reason)), ...state.unanswered.closed(id)];
};

/** Time is up for an answer: whoever may have it is asked what became of the order. What never left is given up. */
const onWaitedLong = (state: State, { orderId: id }: WaitedLong): Step<State> => {
  const one = state.open.get(id);
  const { unanswered } = state;
  if (one === undefined) return [state];
  const refusal = unanswered.neverSent(id);
  if (refusal !== null) return lose(state, id, `it was never sent: ${refusal}`);
  if (!unanswered.outside) return one.status === "submitted" ? lose(state, id, "it was never answered") : [state];
  return [state, ...lookUp(state, id)];
};

const onFailed = (state: State, f: RequestFailed, context: ActorContext): Step<State> => {
  const id = f.about as OrderId;
  if (f.port !== PORTS.broker || !state.open.has(id)) return [state];
  return [state, ...state.unanswered.failed(id, f, context.now())];
};

const onMissing = (state: State, { orderId: id }: OrderMissing, context: ActorContext): Step<State> => {
  const dead = state.unanswered.missing(id, context.now());
  return dead ? lose(state, id, "never answered, and the broker knows no order of this id") : [state];
};

/**
 * Sends what risk approved, withdraws what is no longer wanted, and follows every order to its end.
 * @param outside the broker is outside: answers take their time, or never come.
 */
export const executorActor = (outside = false): ActorSpec => ({
  name: "executor",
  listens: [
    { type: "order.accepted" },
    { type: "order.rejected" },
    { type: "order.cancelled" },
    { type: "order.expired" },
    { type: "order.filled" },
    { type: "order.missing" },
    { type: "request.failed" },
    { type: "control.command" },
  ],
  recalls: [
    { type: "order.submitted", last: "open" },
    { type: "order.cancelRequested", last: "open" },
    { type: "order.accepted", last: "open" },
    { type: "order.filled", last: "open" },
    { type: "order.lost", last: 20 },
    { type: "control.command", last: "all" },
  ],
  behaviour: machine<State, ExecutorMsg>({
    initial: () => ({
      open: new Map(),
      closed: new NewestIds(CLOSED_KEPT),
      lost: new Map(),
      killed: false,
      unanswered: new Unanswered(outside),
      disagreements: 0,
    }),
    receive: (state, msg, context) => {
      switch (msg.type) {
        case "approved":
          return send(state, msg.order, context);
        case "withdraw":
          return withdraw(state, (o) => o.ticker === msg.ticker && o.by === msg.by, msg.reason);
        case "flush":
          return [state, tell(context.ref<Flushed>(PATHS.portfolio), { type: "flushed" })];
        case "control.command":
          return onCommand(state, msg);
        case "order.submitted": // only told again after a restart
          submitted(state.open, msg);
          state.unanswered.sent(msg.order.id, msg.tSeen);
          return [state];
        case "order.cancelRequested":
          cancelling(state.open, msg.orderId);
          return [state];
        case "order.lost":
          giveUp(state, msg.orderId, null);
          return [state];
        case "order.missing":
          return onMissing(state, msg, context);
        case "request.failed":
          return onFailed(state, msg, context);
        case "waited.long":
          return onWaitedLong(state, msg);
        default:
          return onReply(state, msg, context);
      }
    },
    started: (state) => [state, ...state.unanswered.started(state.open)],
  }),
});
