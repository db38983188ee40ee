import { isLegId } from "../streams/domain/books.ts";
import type { ControlCommand } from "../streams/domain/control.ts";
import type { BrokerReply, EventOf } from "../streams/domain/event.ts";
import { intentRefused } from "../streams/domain/intent.ts";
import { type LimitExceeded, likeOf, type TradingStopped } from "../streams/domain/limits.ts";
import {
  type Order,
  type OrderMissing,
  orderCancelRequested,
  orderLost,
  orderReplaceRequested,
  orderSubmitted,
} from "../streams/domain/order.ts";
import type { RequestFailed } from "../streams/domain/request.ts";
import { type Ms, type OrderId, qty, type Ticker } from "../streams/domain/units.ts";
import { legsOf } from "../streams/execution/legs.ts";
import { cancelling, settle, splitOrders, submitted } from "../streams/execution/orders.ts";
import { type ActorContext, type ActorSpec, atMomentEnd, type Effect, emit, machine, perform, type Step, tell } from "./actor.ts";
import { type ExecutorMsg, fresh, LOST_KEPT, type Release, type Reprice, type State } from "./executorState.ts";
import { type Flushed, peerStarted } from "./flushing.ts";
import type { BrokerRequest } from "./ports/broker.ts";
import { hasExit, repriced } from "./repricing.ts";
import { PATHS, PORTS, TURNS } from "./topology.ts";
import type { WaitedLong } from "./unanswered.ts";
import { isLeaving } from "./working.ts";

const ask = (request: BrokerRequest): Effect => perform(PORTS.broker, request);

/** Why nothing may be opened; null when trading. */
const haltedBy = (state: State): string | null =>
  state.controls.halted() ?? (state.exceeded.size > 0 ? "a fill at a gap went past a limit" : null);

/** The intent is emitted first, so it is on the tape before the request that follows it. @throws Error on an id that was used. */
const send = (state: State, order: Order, context: ActorContext): Effect[] => {
  const halted = order.reduceOnly ? null : haltedBy(state);
  if (halted !== null) return [emit(orderLost(order.ticker, order.id, `${halted}: it was not sent`))];
  if (state.open.has(order.id) || state.closed.has(order.id))
    throw new Error(`order id ${order.id} was used before; it is not sent`);
  const intent = orderSubmitted(order);
  submitted(state.open, intent);
  const asked: Effect[] = [emit(intent), ask({ do: "submit", intent })];
  return [...asked, ...state.unanswered.sent(order.id, context.now())];
};

/** Sent at once, or when the orders it waits for are over: then what risk counted on has happened. */
const onApproved = (state: State, { order, at }: { order: Order; at: Ms }, context: ActorContext): Step<State> => {
  if (context.now() > at)
    return [state, emit(orderLost(order.ticker, order.id, "it waited while the executor was away: it was not sent"))];
  if (!state.unanswered.outside || order.after.length === 0) return [state, ...send(state, order, context)];
  state.held.put(order, state.open);
  return [state, ...releasing(state)];
};

const RELEASE: Effect = atMomentEnd(TURNS.executor, "release", { type: "release" } satisfies Release);

/** Not at once: what the same event did to limits and to the account is heard first. */
const releasing = (state: State): readonly Effect[] => (state.held.size === 0 ? [] : [RELEASE]);

const release = (state: State, context: ActorContext): Effect[] => {
  const { ready, dropped } = state.held.settle();
  return [
    ...dropped.map(({ order, why }) => emit(orderLost(order.ticker, order.id, why))),
    ...ready.flatMap((order) =>
      state.tickersHalted.has(order.ticker)
        ? [emit(orderLost(order.ticker, order.id, `${order.ticker} does not trade: it was not sent`))]
        : send(state, order, context),
    ),
  ];
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

const withdraw = (state: State, which: (o: Order) => boolean, reason: string): Effect[] => {
  const effects: Effect[] = [];
  for (const order of state.held.take(which)) effects.push(emit(orderLost(order.ticker, order.id, `${reason}: it was not sent`)));
  const chosen: readonly Order[] = [...state.open.values()].map((o) => o.order).filter(which);
  for (const { id, ticker } of chosen) if (cancelling(state.open, id)) effects.push(...cancel(state, id, ticker, reason));
  return effects;
};

const mayOpen = (o: Order): boolean => !o.reduceOnly;

/** What is closed must not be opened again by an order that was on its way. */
const onCommand = (state: State, e: ControlCommand | TradingStopped): Step<State> => {
  const does = e.type === "trading.stopped" ? likeOf(e) : e.command.do;
  if (does === "reconcile")
    return [state, ...(state.unanswered.outside ? [...state.open.keys()].flatMap((id) => lookUp(state, id)) : [])];
  const before = state.controls.halted();
  state.controls.note(e, []);
  const now = state.controls.halted();
  if (!state.live) return [state];
  switch (does) {
    case "kill":
      return [state, ...withdraw(state, (o) => !isLeaving(o), now ?? "killed")];
    case "closeAll":
      return [state, ...withdraw(state, (o) => !isLeaving(o), "everything is closed")];
    case "close": {
      const ticker = e.type === "control.command" && e.command.do === "close" ? e.command.ticker : null;
      return [state, ...withdraw(state, (o) => o.ticker === ticker && !isLeaving(o), "the position is closed")];
    }
    default:
      return [state, ...(now !== null && before === null ? withdraw(state, mayOpen, now) : [])];
  }
};

const limitKey = ({ limit, ticker }: Pick<LimitExceeded, "limit" | "ticker">): string =>
  limit === "position" ? `${limit} ${ticker}` : limit;

/** What works and may open is withdrawn: nothing more opens until the account is within its limits. */
const onExceeded = (state: State, e: LimitExceeded): Step<State> => {
  state.exceeded.add(limitKey(e));
  return [state, ...(state.live ? withdraw(state, mayOpen, `past the limit of ${e.limit}`) : [])];
};

/** The exits of brackets that work get their new prices, and entries that wait new brackets. */
const onReprice = (state: State, { ticker, by, moved, isMoved }: Reprice, tickSize: number | null): Step<State> => {
  const effects: Effect[] = [];
  let isKnown = isMoved;
  for (const one of state.open.values()) {
    const { order } = one;
    if (order.ticker !== ticker || order.by !== by || one.status === "pending_cancel") continue;
    isKnown ||= hasExit(order, moved);
    const to = repriced(order, moved, tickSize);
    if (to === null) continue;
    const intent = orderReplaceRequested(ticker, order.id, to);
    effects.push(emit(intent), ask({ do: "replace", intent }));
  }
  if (isKnown) return [state, ...effects];
  const value = moved.stopLoss === null ? "takeProfit" : moved.takeProfit === null ? "stopLoss" : "stopLoss, takeProfit";
  const reason = "no bracket of the strategy that works here has such an exit";
  return [
    state,
    emit(intentRefused({ ticker, strategy: by, intent: "order", field: "replace", value, reason, malformed: false })),
  ];
};

const onReply = (state: State, reply: BrokerReply, context: ActorContext): Step<State> => {
  const { orderId: id } = reply;
  const before = state.open.get(id);
  const settled = settle(state.open, reply);
  if (settled === "closed" && state.unanswered.outside) state.closed.add(id);
  if (state.held.size > 0) state.held.heard(reply, before?.order ?? null, settled === "closed");
  const isLate = state.closed.has(id) && reply.type !== "order.filled";
  if (settled === "impossible" || (settled === "unknown" && !isLegId(id) && !isLate)) state.disagreements += 1;
  state.unanswered.heard();
  const legs: Effect[] = [];
  if (reply.type === "order.filled" && before !== undefined && before.order.bracket !== null)
    for (const leg of legsOf(before.order, before.filled)) legs.push(...state.unanswered.born(leg.id, context.now()));
  const one = state.open.get(id);
  if (one === undefined) {
    const isAlive = reply.type === "order.accepted" || (reply.type === "order.filled" && reply.leaves > 0);
    if (isAlive && state.lost.has(id)) return turnedUp(state, reply, context.now());
    if (reply.type === "order.filled") legs.push(...legsOfLost(state, reply, context.now()));
    return [state, ...legs, ...state.unanswered.closed(id), ...releasing(state)];
  }
  // Heard of as open although a cancel was sent and not answered: the cancel did not arrive.
  const again = reply.type === "order.accepted" && one.status === "pending_cancel" && state.unanswered.lookedUp(id);
  return [
    state,
    ...legs,
    ...(again ? cancel(state, id, one.order.ticker, "asked again: the order still works") : []),
    ...state.unanswered.answered(id, one),
    ...releasing(state),
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

/** An order that was given up has filled whole: its legs work, and are withdrawn. */
const legsOfLost = (state: State, { orderId: id, qty: filled }: EventOf<"order.filled">, now: Ms): Effect[] => {
  const order = state.lost.get(id);
  if (!order) return [];
  state.lost.delete(id);
  return legsOf(order, filled).flatMap((leg) => {
    state.open.set(leg.id, { order: leg, status: "pending_cancel", filled: qty(0) });
    state.unanswered.found(leg.id, now);
    return cancel(state, leg.id, leg.ticker, "its entry was given up, and turned up");
  });
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
  state.held.gone(id);
  return [state, emit(orderLost(one.order.ticker, id, reason, one.order)), ...state.unanswered.closed(id), ...releasing(state)];
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

const onFlush = (state: State, n: number, context: ActorContext): Effect => {
  const held = state.held.all();
  const known = new Set([...state.open.keys(), ...held.map((o) => o.id)]);
  return tell(context.ref<Flushed>(PATHS.portfolio), { type: "flushed", n, known, held });
};

/**
 * Sends what risk approved, withdraws what is no longer wanted, and follows every order to its end.
 * @param outside the broker is outside: answers take their time, or never come.
 * @param tickSize price step of orders, µUSD; null: that of US equities.
 */
export const executorActor = (outside = false, tickSize: number | null = null): ActorSpec => ({
  name: "executor",
  listens: [
    { type: "order.accepted" },
    { type: "order.rejected" },
    { type: "order.cancelled" },
    { type: "order.expired" },
    { type: "order.filled" },
    { type: "order.replaced" },
    { type: "order.missing" },
    { type: "request.failed" },
    { type: "account.split" },
    { type: "market.halt" },
    { type: "limit.exceeded" },
    { type: "limit.restored" },
    { type: "control.command" },
    { type: "trading.stopped" },
  ],
  recalls: [
    { type: "order.submitted", last: "open" },
    { type: "order.cancelRequested", last: "open" },
    { type: "order.accepted", last: "open" },
    { type: "order.replaced", last: "open" },
    { type: "order.filled", last: "open" },
    { type: "order.cancelled", last: "open" },
    { type: "order.expired", last: "open" },
    { type: "order.rejected", last: "open" },
    { type: "order.lost", last: 20 },
    { type: "account.split", last: "all" },
    { type: "market.halt", last: 1 },
    { type: "limit.exceeded", last: 1, by: "limit" },
    { type: "limit.restored", last: 1, by: "limit" },
    { type: "control.command", last: "all" },
    { type: "trading.stopped", last: "all" },
  ],
  behaviour: machine<State, ExecutorMsg>({
    initial: () => fresh(outside),
    receive: (state, msg, context) => {
      switch (msg.type) {
        case "approved":
          return onApproved(state, msg, context);
        case "withdraw":
          return [
            state,
            ...withdraw(state, (o) => o.ticker === msg.ticker && (msg.by === null ? !isLeaving(o) : o.by === msg.by), msg.reason),
          ];
        case "replace":
          return onReprice(state, msg, tickSize);
        case "flush":
          return [state, onFlush(state, msg.n, context)];
        case "account.split":
          splitOrders(state.open, msg);
          state.held.split(msg);
          return [state];
        case "market.halt":
          if (msg.halted) state.tickersHalted.add(msg.ticker);
          else state.tickersHalted.delete(msg.ticker);
          return [state];
        case "release":
          return [state, ...release(state, context)];
        case "order.replaceRequested":
          return [state];
        case "limit.exceeded":
          return onExceeded(state, msg);
        case "limit.restored":
          state.exceeded.delete(limitKey(msg));
          return [state];
        case "control.command":
        case "trading.stopped":
          return onCommand(state, msg);
        case "order.submitted": // only told again after a restart
          submitted(state.open, msg);
          state.unanswered.sent(msg.order.id, msg.tSeen);
          return [state];
        case "order.cancelRequested":
          cancelling(state.open, msg.orderId);
          return [state];
        case "order.lost":
          giveUp(state, msg.orderId, msg.order);
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
    started: (state, context) => {
      const { controls } = state;
      const halted = haltedBy(state);
      const unwanted = controls.killed === null ? mayOpen : (o: Order) => !isLeaving(o);
      state.live = true;
      return [
        state,
        ...state.unanswered.started(state.open),
        ...(halted === null ? [] : withdraw(state, unwanted, halted)),
        ...peerStarted(context),
      ];
    },
  }),
});
