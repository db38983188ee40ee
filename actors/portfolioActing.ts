import type { Closing } from "../streams/control/controls.ts";
import { ACCOUNT_BOOK, ENSEMBLE_BOOK } from "../streams/domain/books.ts";
import { intentRefused } from "../streams/domain/intent.ts";
import { closingEnded, limitRestored } from "../streams/domain/limits.ts";
import type { OrderSubmitted } from "../streams/domain/order.ts";
import type { RunConfig } from "../streams/domain/run.ts";
import { type OrderId, qty, type Ticker } from "../streams/domain/units.ts";
import { type Verdict, verdict } from "../streams/domain/verdict.ts";
import { everyBook } from "../streams/portfolio/ledger.ts";
import { viewOf } from "./account.ts";
import { type ActorContext, type Effect, emit, type Step, tell, tellFor } from "./actor.ts";
import {
  allBefore,
  alone,
  exitsOf,
  inOrder,
  movedAsk,
  noteWithdrawn,
  ownBefore,
  type Planned,
  passTo,
  planned,
} from "./moment.ts";
import { exceeding, retryOne, type State, solvent } from "./portfolioState.ts";
import type { Ask, Proposing } from "./proposing.ts";
import type { RiskMsg } from "./risk.ts";
import { PATHS } from "./topology.ts";
import { addWorking, rests } from "./working.ts";

/** What the portfolio does at the end of a moment. */
export interface Acting {
  /** Decides all that was asked for in the moment, and proposes what can be proposed now. */
  act(state: State, context: ActorContext): Step<State>;
  /** Proposes what waits, up to the next order whose verdict the ones behind it depend on. */
  pump(state: State, context: ActorContext): Effect[];
}

export const acting = (config: RunConfig, proposes: Proposing): Acting => {
  const { order: orderOf, align, exit, sized } = proposes;

  /** What is wanted, in the order in which it has to be done. */
  const act = (state: State, context: ActorContext): Step<State> => {
    if (!state.live || state.flushing) return [state];
    passTo(state.moment, context.now());
    const insolvent = solvent(state);
    if (insolvent.length > 0) return [state, ...insolvent];
    const exits: Planned[] = [];
    const entries: Planned[] = [];
    const effects = takeWants(state, context, exits, entries);
    // A fill comes before the bar that made it: what it bought is worth by now is known when the moment is over.
    const { fills } = state.moment;
    for (const f of fills) effects.push(...exceeding(state, f));
    while (fills.length > 0) fills.pop();
    for (const limit of state.exceeded.within(state.ledger)) effects.push(emit(limitRestored(limit)));
    effects.push(...close(state, context, exits));
    for (const ticker of sorted(state.moment.dirty)) effects.push(...alignTo(state, context, ticker, exits, entries));
    state.moment.dirty.clear();
    queue(state, exits);
    queue(state, entries);
    return [state, ...effects, ...pump(state, context)];
  };

  /** Strategies' own orders: withdrawals and new prices at once, and nothing of what a strategy wanted before it withdrew all. */
  const takeWants = (state: State, context: ActorContext, exits: Planned[], entries: Planned[]): Effect[] => {
    const { wants } = state.moment;
    if (wants.length === 0) return [];
    state.moment.wants = [];
    const risk = context.ref<RiskMsg>(PATHS.risk);
    const effects: Effect[] = [];
    let asks: Ask[] = [];
    for (const { strategy, ticker, action, origin } of wants) {
      const isOf = (a: Ask): boolean => a.by === strategy && a.ticker === ticker;
      switch (action.do) {
        case "submit":
          asks.push({ ticker, book: strategy, by: strategy, origin, wanted: sized(state, ticker, strategy, action.order) });
          break;
        case "cancelAll":
          for (const a of asks) if (isOf(a)) effects.push(emit(intentRefused({ ...TAKEN_BACK, ticker, strategy })));
          asks = asks.filter((a) => !isOf(a));
          noteWithdrawn(state, state.moment, ticker, strategy);
          effects.push(tell(risk, { type: "withdraw", ticker, by: strategy, reason: "withdrawn by the strategy" }));
          break;
        case "replace":
          {
            const moved = exitsOf(action);
            let isMoved = false;
            asks = asks.map((a) => {
              const later = isOf(a) ? movedAsk(a, moved) : null;
              isMoved ||= later !== null;
              return later ?? a;
            });
            effects.push(tell(risk, { type: "replace", ticker, by: strategy, moved, isMoved }));
          }
          break;
      }
    }
    for (const ask of planned(state, asks)) (ask.closes ? exits : entries).push(ask);
    return effects;
  };

  /** Every book that a control closes is on its way out, and a closing that is done ends. */
  const close = (state: State, context: ActorContext, exits: Planned[]): Effect[] => {
    const { controls, ledger } = state;
    const isOwed = (book: string, pressed: Closing): boolean => pressed.wholeAccount || book !== ACCOUNT_BOOK;
    if (controls.killed === null && controls.closing.size === 0) return [];
    const effects: Effect[] = [];
    const left = new Set<Ticker>();
    for (const { ticker, book, shares } of everyBook(ledger)) {
      const closing = controls.closing.get(ticker);
      const pressed = controls.killed !== null && isOwed(book, controls.killed) ? controls.killed : closing;
      if (shares === 0 || pressed === undefined || !isOwed(book, pressed)) continue;
      left.add(ticker);
      leave(state, ticker, book, pressed, exits);
    }
    effects.push(...withdrawResting(state, context));
    for (const ticker of controls.closing.keys()) {
      if (left.has(ticker) || state.working.byTicker.has(ticker)) continue;
      controls.flat(ticker);
      effects.push(emit(closingEnded(ticker)));
      retryOne(state, "CLOSING", ticker);
    }
    return effects;
  };

  const withdrawResting = (state: State, context: ActorContext): Effect[] => {
    const { controls, working } = state;
    const risk = context.ref<RiskMsg>(PATHS.risk);
    const closing = controls.killed === null ? [...controls.closing.keys()] : [...working.byTicker.keys()];
    return closing
      .filter((ticker) => rests(working, ticker))
      .map((ticker) => tell(risk, { type: "withdraw", ticker, by: null, reason: "it is being closed" }));
  };

  const leave = (
    state: State,
    ticker: Ticker,
    book: string,
    { by, seq }: { by: string; seq: Ask["origin"] },
    exits: Planned[],
  ): void => {
    const out = state.waiting.has(ticker) ? null : exit(state, ticker, book, by, seq);
    if (out !== null) exits.push(alone(out, true));
  };

  const alignTo = (state: State, context: ActorContext, ticker: Ticker, exits: Planned[], entries: Planned[]): Effect[] => {
    const target = state.targets.get(ticker);
    if (target === undefined || state.turning.has(ticker) || state.waiting.has(ticker)) return [];
    const { asks, turn } = align(state, target);
    for (const ask of asks) {
      const closes = ask.wanted.reduceOnly === true;
      if (closes && (state.controls.killed !== null || state.controls.closing.has(ticker))) continue; // it is on its way out
      (closes ? exits : entries).push(alone(ask, closes));
    }
    if (!turn) return [];
    state.turning.add(ticker);
    return [tell(context.ref<RiskMsg>(PATHS.risk), { type: "withdraw", ticker, by: ENSEMBLE_BOOK, reason: "the target turned" })];
  };

  /** Proposes what waits, up to the next order whose verdict the ones behind it depend on. */
  const pump = (state: State, context: ActorContext): Effect[] => {
    const { moment } = state;
    const effects: Effect[] = [];
    while (!state.flushing && moment.queue.length > 0 && moment.awaiting === null)
      effects.push(...propose(state, context, moment.queue.shift() as Planned));
    return effects;
  };

  const propose = (state: State, context: ActorContext, ask: Planned): Effect[] => {
    const { moment } = state;
    const { closes } = ask;
    const own = closes ? NOTHING_BEFORE : ownBefore(state, moment, ask);
    const all = closes ? null : allBefore(state, moment, own);
    const order = orderOf(state, ask, own);
    const stopped = closes ? null : stoppedBy(state);
    if (stopped !== null) return [emit(refused(order, stopped))];
    const pressed = state.controls.closing.get(ask.ticker);
    const account = viewOf(
      state,
      config.risk,
      order,
      {
        before: own,
        all,
        closing: pressed === undefined ? null : pressed.by,
        exceeded: state.exceeded.first(),
      },
      context.now(),
    );
    addWorking(state.working, order);
    if (ask.pair !== null && closes) moment.pairs.set(ask.pair, order.id);
    else if (ask.pair !== null) moment.pairs.delete(ask.pair);
    if (!closes) moment.awaiting = order.id;
    const risk = context.ref<RiskMsg>(PATHS.risk);
    const others = all === null ? [] : [...all];
    return [tellFor(risk, { type: "proposed", order, account, others }, ask.origin)];
  };

  /** Nobody may judge or send an order while an actor of `money` is stopped: it is denied here, so that whoever wanted it is told. */
  const stoppedBy = (state: State): string | null => {
    for (const { by, reason } of state.controls.stopped.values()) return `paused by ${by}: ${reason}`;
    return null;
  };

  const refused = (order: OrderSubmitted["order"], reason: string): Verdict =>
    verdict({
      ticker: order.ticker,
      orderId: order.id,
      outcome: "denied",
      asked: order.qty,
      granted: qty(0),
      denial: { code: "TRADING_HALTED", reason },
    });

  return { act, pump };
};

const TAKEN_BACK = {
  intent: "order",
  field: "do",
  value: "submit",
  reason: "cancelAll took it back in the same moment",
} as const;
const NOTHING_BEFORE: ReadonlySet<OrderId> = new Set();

const sorted = (tickers: ReadonlySet<Ticker>): Iterable<Ticker> => (tickers.size > 1 ? [...tickers].sort() : tickers);

const queue = (state: State, asks: Planned[]): void => {
  if (asks.length > 1) asks.sort(inOrder);
  for (const ask of asks) state.moment.queue.push(ask);
};
