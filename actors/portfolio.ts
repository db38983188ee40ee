import { type Closing, Controls } from "../streams/control/controls.ts";
import { tradingNeeds } from "../streams/control/needs.ts";
import { ACCOUNT_BOOK, bookOf, ENSEMBLE_BOOK } from "../streams/domain/books.ts";
import type { ControlCommand } from "../streams/domain/control.ts";
import type { BrokerReply } from "../streams/domain/event.ts";
import {
  type ClosingBegan,
  type ClosingEnded,
  closingBegan,
  closingEnded,
  type LimitExceeded,
  type LimitRestored,
  limitRestored,
  type TradingStopped,
  tradingStopped,
} from "../streams/domain/limits.ts";
import type { Bar, Halt, Quote } from "../streams/domain/market.ts";
import { type Fill, type OrderCancelRequested, type OrderLost, type OrderSubmitted, orderLost } from "../streams/domain/order.ts";
import { type AccountAdopted, type AccountOpened, type Dividend, type Split, tradeClosed } from "../streams/domain/portfolio.ts";
import type { BrokerPressure } from "../streams/domain/request.ts";
import type { RunConfig } from "../streams/domain/run.ts";
import type { Target } from "../streams/domain/signal.ts";
import { type OrderId, qty, type Ticker } from "../streams/domain/units.ts";
import { type Denial, type Verdict, verdict } from "../streams/domain/verdict.ts";
import { newYorkDayEnd } from "../streams/market/calendar.ts";
import { adopt, applyDividend, applyFill, applySplit, equity, openLedger } from "../streams/portfolio/ledger.ts";
import { type Account, notePrice, noteSerial, openAccount, passDay, skipSerials, viewOf } from "./account.ts";
import { type ActorContext, type ActorSpec, atMomentEnd, type Effect, emit, machine, type Step, tell, tellFor } from "./actor.ts";
import { ClosedTickers, ownedOf } from "./closedTickers.ts";
import { ExceededLimits } from "./exceededLimits.ts";
import type { Flushed, PeerStarted } from "./flushing.ts";
import {
  allBefore,
  inOrder,
  type Moment,
  noteWithdrawn,
  openMoment,
  orderedBy,
  ownBefore,
  type Planned,
  passTo,
  planned,
} from "./moment.ts";
import { NewestIds } from "./newestIds.ts";
import { type Ask, proposing } from "./proposing.ts";
import type { RiskMsg } from "./risk.ts";
import { PATHS, TURNS } from "./topology.ts";
import type { Wants } from "./wants.ts";
import { addWorking, dropWorking, judgedWorking, repriceWorking, rests, splitWorking, workingOf } from "./working.ts";

export type PortfolioMsg =
  | Bar
  | Quote
  | Halt
  | Target
  | Wants
  | Verdict
  | OrderSubmitted
  | OrderCancelRequested
  | BrokerReply
  | OrderLost
  | LimitExceeded
  | LimitRestored
  | ClosingBegan
  | ClosingEnded
  | AccountOpened
  | AccountAdopted
  | Split
  | Dividend
  | BrokerPressure
  | ControlCommand
  | TradingStopped
  | Flushed
  | PeerStarted
  | Own;

/** What it tells itself. */
type Own =
  | { readonly type: "flush.again" }
  /** The moment is over: what is wanted becomes orders. */
  | { readonly type: "act" }
  /** An exit, or an order for a target, that came to nothing is tried again. */
  | { readonly type: "again"; readonly ticker: Ticker };

/** Owned and changed in place by this actor alone. */
interface State extends Account {
  /** False while events are told again: they are facts then, nothing is to be done about them. */
  live: boolean;
  /**
   * At the start of a life, and when risk or the executor began one: nothing is proposed until all that was proposed before has come through risk and
   * executor, so that it is known and not ordered twice, and what got lost on the way is known too.
   */
  flushing: boolean;
  readonly controls: Controls;
  readonly closed: ClosedTickers;
  readonly exceeded: ExceededLimits;
  readonly moment: Moment;
  /** Tickers whose target was denied for a reason that ends, and the code. */
  readonly denied: Map<Ticker, Denial["code"]>;
  /** How often in a row orders of a ticker came to nothing, and are tried again after a while. */
  readonly tries: Map<Ticker, number>;
  readonly waiting: Set<Ticker>;
  /** Orders that were given up. */
  readonly lost: NewestIds;
  /** The step that changes nothing more, made once: most steps of a run are this one. */
  same: Step<State>;
}

const LOST_KEPT = 1_000;
/** Risk and executor answer a flush at once, unless they are down: then it is repeated. */
const FLUSH_AGAIN_MS = 1_000;
/** A new life leaves out so many ids: proposals of the last one may be on no tape. */
const SERIALS_LEFT_OUT = 1_000;
/** An order that came to nothing is tried again after this; twice as long each time, up to the most. */
const AGAIN_MS = 1_000;
const AGAIN_MOST_MS = 60_000;
const FLUSH_KEY = "flush";
const ACT: Effect = atMomentEnd(TURNS.portfolio, "act", { type: "act" } satisfies Own);

/** Denials that end by themselves or by a person: the target stands, and is tried again when they do. */
const PASSING: ReadonlySet<Denial["code"]> = new Set([
  "TRADING_HALTED",
  "TICKER_HALTED",
  "STALE_DATA",
  "NO_PRICE",
  "LIMIT_EXCEEDED",
  "CLOSING",
  "DAILY_LOSS_EXCEEDS_LIMIT",
  "OUTDATED",
]);
const OF_PRICE: ReadonlySet<Denial["code"]> = new Set(["STALE_DATA", "NO_PRICE"]);

const flush = (context: ActorContext): Effect[] => [
  tell(context.ref<RiskMsg>(PATHS.risk), { type: "flush" }),
  { fx: "after", key: FLUSH_KEY, delayMs: FLUSH_AGAIN_MS, msg: { type: "flush.again" } satisfies Own },
];

const fresh = (config: RunConfig): State => {
  const state: Omit<State, "same"> & { same: Step<State> | null } = {
    ...openAccount(config.cash),
    live: false,
    flushing: true,
    controls: new Controls(tradingNeeds),
    closed: new ClosedTickers(),
    exceeded: new ExceededLimits(config.risk),
    moment: openMoment(),
    denied: new Map(),
    tries: new Map(),
    waiting: new Set(),
    lost: new NewestIds(LOST_KEPT),
    same: null,
  };
  state.same = [state as State];
  return state as State;
};

/**
 * Holds the account: what was filled, by which book, what it is worth, what is on its way. At the end of each moment it turns what is wanted into
 * proposed orders: first withdrawals, then all exits, then entries, each judged with the verdicts before it known.
 */
export const portfolioActor = (config: RunConfig, runId: string): ActorSpec => {
  const { order: orderOf, align, exit, sized, bracket } = proposing(config, runId);

  /** To be decided at the end of the moment. */
  const soon = (state: State, ticker?: Ticker): Effect[] => {
    if (ticker !== undefined) state.moment.dirty.add(ticker);
    return state.live ? [ACT] : [];
  };

  const again = (state: State, ticker: Ticker): Effect[] => {
    if (!state.live || state.waiting.has(ticker)) return [];
    const tries = state.tries.get(ticker) ?? 0;
    state.tries.set(ticker, tries + 1);
    state.waiting.add(ticker);
    const delayMs = Math.min(AGAIN_MOST_MS, AGAIN_MS * 2 ** tries);
    return [{ fx: "after", key: `again ${ticker}`, delayMs, msg: { type: "again", ticker } satisfies Own }];
  };

  /** Targets that were denied for one of these reasons are looked at again. */
  const retry = (state: State, codes: ReadonlySet<Denial["code"]>, only?: Ticker): Effect[] => {
    let found = false;
    for (const [ticker, code] of state.denied) {
      if ((only !== undefined && only !== ticker) || !codes.has(code)) continue;
      state.denied.delete(ticker);
      state.moment.dirty.add(ticker);
      found = true;
    }
    return found ? soon(state) : [];
  };

  const retryOne = (state: State, code: Denial["code"], only?: Ticker): Effect[] =>
    state.denied.size === 0 ? [] : retry(state, new Set([code]), only);

  /** What the account is worth may have changed: at or below nothing, the deck stops by itself. */
  const solvent = (state: State): Effect[] =>
    state.live && state.ledger.openCount > 0 && state.controls.killed === null && equity(state.ledger) <= 0
      ? [emit(tradingStopped("the account is worth nothing or less", equity(state.ledger)))]
      : [];

  const onPrice = (state: State, ticker: Ticker): Step<State> => {
    if (state.live && state.ledger.openCount > 0 && equity(state.ledger) <= 0) return [state, ...solvent(state)];
    if (state.denied.size === 0 && state.exceeded.size === 0) return state.same;
    state.exceeded.marked(ticker);
    return [state, ...retry(state, OF_PRICE, ticker), ...(state.exceeded.size > 0 ? soon(state) : [])];
  };

  const onFill = (state: State, f: Fill): Effect[] => {
    const effects: Effect[] = [];
    const isLate = !state.working.byId.has(f.orderId);
    passDay(state, f.tSeen);
    for (const trade of applyFill(state.ledger, f)) effects.push(emit(tradeClosed(trade)));
    if (!state.live) return effects;
    effects.push(...exceeding(state, f));
    if (config.risk.enabled) {
      state.moment.fills.push(f);
      effects.push(...soon(state));
    }
    effects.push(...solvent(state));
    state.tries.delete(f.ticker);
    if (isLate) {
      const pressed = state.closed.before(f.ticker, f.orderId);
      if (pressed !== null && !state.controls.closing.has(f.ticker)) {
        state.controls.closing.set(f.ticker, pressed);
        effects.push(begun(f.ticker, pressed));
      }
      // What it was for may have been bought again.
      if (state.lost.has(f.orderId)) effects.push(...soon(state, f.ticker));
    }
    if (state.controls.killed !== null || state.controls.closing.has(f.ticker)) effects.push(...soon(state));
    return effects;
  };

  const exceeding = (state: State, f: Fill): Effect[] => state.exceeded.filled(state.ledger, f).map(emit);

  const onReply = (state: State, reply: BrokerReply): Step<State> => {
    if (reply.type === "order.accepted") return [state];
    if (reply.type === "order.replaced") {
      repriceWorking(state.working, reply);
      return [state];
    }
    const order = state.working.byId.get(reply.orderId)?.order;
    const effects = reply.type === "order.filled" ? onFill(state, reply) : [];
    dropWorking(state.working, reply);
    if (!state.live) return [state, ...effects];
    const { ticker } = reply;
    if (state.turning.has(ticker)) effects.push(...turned(state, ticker));
    else if (reply.type !== "order.filled" && order !== undefined) effects.push(...unfilled(state, order, reply.type));
    if (state.controls.closing.has(ticker)) effects.push(...soon(state));
    return [state, ...effects];
  };

  /** An order came to its end without a fill, or without all of it: what it was for is still wanted. */
  const unfilled = (
    state: State,
    order: OrderSubmitted["order"],
    how: Exclude<BrokerReply["type"], "order.filled">,
  ): Effect[] => {
    const { ticker } = order;
    const closes = state.controls.killed !== null || state.controls.closing.has(ticker);
    if (closes) return order.reduceOnly && order.kind === "market" ? again(state, ticker) : soon(state);
    if (order.by !== ENSEMBLE_BOOK || !state.targets.has(ticker)) return [];
    if (how === "order.expired") return soon(state, ticker);
    if (state.controls.halted() !== null && !order.reduceOnly) {
      state.denied.set(ticker, "TRADING_HALTED");
      return [];
    }
    if (state.exceeded.size > 0 && !order.reduceOnly) {
      state.denied.set(ticker, "LIMIT_EXCEEDED");
      return [];
    }
    return how === "order.cancelled" || order.reduceOnly ? again(state, ticker) : [];
  };

  /** When the last order that the turned target had withdrawn is gone. */
  const turned = (state: State, ticker: Ticker): Effect[] => {
    if (workingOf(state.working, ticker, ENSEMBLE_BOOK).length > 0) return [];
    state.turning.delete(ticker);
    return soon(state, ticker);
  };

  /** Nothing of it works anywhere: what is still wanted is proposed again, under a new id. */
  const onLost = (state: State, { orderId, ticker }: OrderLost): Step<State> => {
    const order = state.working.byId.get(orderId)?.order;
    state.lost.add(orderId);
    dropWorking(state.working, { type: "order.rejected", orderId });
    if (state.moment.awaiting === orderId) state.moment.awaiting = null;
    if (!state.live || order === undefined) return [state];
    if (state.turning.has(ticker)) return [state, ...turned(state, ticker)];
    const closes = state.controls.killed !== null || state.controls.closing.has(ticker);
    if (!closes && order.by !== ENSEMBLE_BOOK && order.reduceOnly && order.kind === "market") {
      const out = exit(state, ticker, bookOf(orderId, ticker), order.by, order.origin);
      if (out !== null) state.moment.queue.unshift({ ...out, closes: true, pair: null });
    }
    if (order.by !== ENSEMBLE_BOOK) return [state, ...soon(state)];
    const isAgain = (state.tries.get(ticker) ?? 0) > 0;
    if (!isAgain) state.tries.set(ticker, 1);
    return [state, ...(isAgain ? again(state, ticker) : soon(state, ticker))];
  };

  const onVerdict = (state: State, context: ActorContext, v: Verdict): Step<State> => {
    noteSerial(state, v.ticker, v.orderId);
    const isEnsemble = bookOf(v.orderId, v.ticker) === ENSEMBLE_BOOK;
    const code = v.denial?.code;
    if (isEnsemble && code !== undefined && PASSING.has(code)) state.denied.set(v.ticker, code);
    else if (isEnsemble && v.outcome !== "denied") state.denied.delete(v.ticker);
    if (v.outcome === "denied") dropWorking(state.working, { type: "order.rejected", orderId: v.orderId });
    else judgedWorking(state.working, v);
    if (!state.live) return [state];
    const effects = v.outcome === "denied" && state.turning.has(v.ticker) ? turned(state, v.ticker) : [];
    if (code === "OUTDATED") effects.push(...retryOne(state, code, v.ticker));
    if (state.moment.awaiting === v.orderId) {
      state.moment.awaiting = null;
      effects.push(...pump(state, context));
    }
    return [state, ...effects];
  };

  const onControl = (state: State, e: ControlCommand | TradingStopped): Step<State> => {
    const { controls, closed } = state;
    const does = e.type === "trading.stopped" ? "kill" : e.command.do;
    const closes = does === "kill" || does === "closeAll" || does === "close";
    const touched = new Set([...ownedOf(state.ledger, true), ...state.working.byTicker.keys()]);
    const before = new Set(controls.closing.keys());
    controls.note(e, state.live ? touched : []);
    if (!closes) {
      if (e.type === "control.command" && e.command.do === "actor") return [state, ...resumed(state)];
      return [state, ...(does === "resume" || does === "unkill" ? resumed(state) : [])];
    }
    const one = e.type === "control.command" && e.command.do === "close" ? e.command.ticker : null;
    if (one === null) {
      state.targets.clear();
      state.denied.clear();
      state.turning.clear();
    } else {
      state.targets.delete(one);
      state.denied.delete(one);
      state.turning.delete(one);
    }
    closed.press(e, one, state.serials);
    state.waiting.clear();
    state.tries.clear();
    if (!state.live) return [state];
    const began = [...controls.closing]
      .filter(([ticker]) => !before.has(ticker))
      .map(([ticker, pressed]) => begun(ticker, pressed));
    return [state, ...began, ...soon(state)];
  };

  /** Trading may go on: what was denied because it was halted is tried again. Halted still, it is denied again and waits on. */
  const resumed = (state: State): Effect[] => (state.controls.halted() === null ? retryOne(state, "TRADING_HALTED") : []);

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
    for (const f of state.moment.fills) effects.push(...exceeding(state, f));
    state.moment.fills.length = 0;
    for (const limit of state.exceeded.within(state.ledger)) effects.push(emit(limitRestored(limit)));
    effects.push(...close(state, context, exits));
    for (const ticker of [...state.moment.dirty].sort()) effects.push(...alignTo(state, context, ticker, exits, entries));
    state.moment.dirty.clear();
    state.moment.queue.push(...exits.sort(inOrder), ...entries.sort(inOrder));
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
      switch (action.do) {
        case "submit":
          asks.push({ ticker, book: strategy, by: strategy, origin, wanted: sized(state, ticker, strategy, action.order) });
          break;
        case "cancelAll":
          asks = asks.filter((a) => a.by !== strategy || a.ticker !== ticker);
          noteWithdrawn(state, state.moment, ticker, strategy);
          effects.push(tell(risk, { type: "withdraw", ticker, by: strategy, reason: "withdrawn by the strategy" }));
          break;
        case "replace":
          effects.push(tell(risk, { type: "replace", ticker, by: strategy, moved: moved(state, ticker, strategy, action) }));
          break;
      }
    }
    for (const ask of planned(state, asks)) (ask.closes ? exits : entries).push(ask);
    return effects;
  };

  /** New prices on the step, by the side of the entry. Legs and their entry have opposite sides. */
  const moved = (
    state: State,
    ticker: Ticker,
    by: string,
    to: { readonly stopLoss?: Ask["wanted"]["stopPx"]; readonly takeProfit?: Ask["wanted"]["limitPx"] },
  ) => {
    const entry = orderedBy(state, ticker, by).find((o) => o.bracket !== null || o.reduceOnly);
    const side = entry === undefined || entry.bracket !== null ? (entry?.side ?? "buy") : entry.side === "buy" ? "sell" : "buy";
    return bracket({ stopLoss: to.stopLoss ?? null, takeProfit: to.takeProfit ?? null }, side);
  };

  /** Every book that a control closes is on its way out, and a closing that is done ends. */
  const close = (state: State, context: ActorContext, exits: Planned[]): Effect[] => {
    const { controls, ledger } = state;
    const isOwed = (book: string, pressed: Closing): boolean => pressed.wholeAccount || book !== ACCOUNT_BOOK;
    if (controls.killed === null && controls.closing.size === 0) return [];
    const effects: Effect[] = [];
    const left = new Set<Ticker>();
    for (const { ticker, book, shares } of ledger.books) {
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
    if (out !== null) exits.push({ ...out, closes: true, pair: null });
  };

  const alignTo = (state: State, context: ActorContext, ticker: Ticker, exits: Planned[], entries: Planned[]): Effect[] => {
    const target = state.targets.get(ticker);
    if (target === undefined || state.turning.has(ticker) || state.waiting.has(ticker)) return [];
    const { asks, turn } = align(state, target);
    for (const ask of asks) {
      const closes = ask.wanted.reduceOnly === true;
      (closes ? exits : entries).push({ ...ask, closes, pair: null });
    }
    if (!turn) return [];
    state.turning.add(ticker);
    return [tell(context.ref<RiskMsg>(PATHS.risk), { type: "withdraw", ticker, by: ENSEMBLE_BOOK, reason: "the target turned" })];
  };

  /** Proposes what waits, up to the next order whose verdict the ones behind it depend on. */
  const pump = (state: State, context: ActorContext): Effect[] => {
    const { moment } = state;
    const effects: Effect[] = [];
    while (moment.queue.length > 0 && moment.awaiting === null)
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
    else if (order.kind === "market") moment.exits.add(order.id);
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

  const onFlushed = (state: State, known: ReadonlySet<OrderId>): Step<State> => {
    state.flushing = false;
    const effects: Effect[] = [{ fx: "cancel", key: FLUSH_KEY }];
    for (const [id, { order }] of state.working.byId)
      if (!known.has(id)) effects.push(emit(orderLost(order.ticker, id, "it was never sent: an actor on its way was stopped")));
    for (const ticker of state.turning) effects.push(...turned(state, ticker));
    if (state.moment.awaiting !== null && !known.has(state.moment.awaiting)) state.moment.awaiting = null;
    return [state, ...effects, ...soon(state)];
  };

  const restart = (state: State, context: ActorContext): Step<State> => {
    state.flushing = true;
    return [state, ...flush(context)];
  };

  const receive = (state: State, msg: PortfolioMsg, context: ActorContext): Step<State> => {
    switch (msg.type) {
      case "market.bar":
        notePrice(state, msg.ticker, msg.close, msg.tSeen, msg.barMs);
        return onPrice(state, msg.ticker);
      case "market.quote":
        notePrice(state, msg.ticker, (msg.bid + msg.ask) / 2, msg.tSeen, 0);
        return onPrice(state, msg.ticker);
      case "market.halt":
        return [state, ...(msg.halted ? [] : retryOne(state, "TICKER_HALTED", msg.ticker))];
      case "broker.pressure":
        return [state, ...(msg.behind ? [] : retryOne(state, "TRADING_HALTED"))];
      case "target.set":
        state.targets.set(msg.ticker, msg);
        state.waiting.delete(msg.ticker);
        return state.live ? [state, ...soon(state, msg.ticker)] : [state];
      case "wants":
        state.moment.wants.push(msg);
        return [state, ...soon(state)];
      case "control.command":
      case "trading.stopped":
        return onControl(state, msg);
      case "act":
        return act(state, context);
      case "again":
        state.waiting.delete(msg.ticker);
        return [state, ...soon(state, msg.ticker)];
      case "risk.verdict":
        return onVerdict(state, context, msg);
      case "order.submitted":
        noteSerial(state, msg.ticker, msg.order.id);
        addWorking(state.working, msg.order);
        return [state];
      case "order.cancelRequested": // only told again after a restart
        if (state.working.byId.get(msg.orderId)?.order.by === ENSEMBLE_BOOK) state.turning.add(msg.ticker);
        return [state];
      case "order.lost":
        return onLost(state, msg);
      case "closing.began": // only told again after a restart
        state.controls.closing.set(msg.ticker, {
          since: msg.tSeen,
          by: msg.by,
          reason: msg.reason,
          seq: msg.cause,
          wholeAccount: msg.wholeAccount,
        });
        return [state];
      case "closing.ended":
        state.controls.flat(msg.ticker);
        return [state];
      case "limit.exceeded": // only told again after a restart
        state.exceeded.add(msg);
        return [state];
      case "limit.restored":
        state.exceeded.drop(msg);
        return [state, ...(state.live && state.exceeded.size === 0 ? retryOne(state, "LIMIT_EXCEEDED") : [])];
      case "account.opened":
        state.ledger = openLedger(msg.cash);
        state.dayStartEquity = msg.cash;
        return [state];
      case "account.adopted":
        adopt(state.ledger, msg);
        state.dayStartEquity = equity(state.ledger);
        return [state];
      case "account.split":
        passDay(state, msg.tSeen);
        applySplit(state.ledger, msg);
        splitWorking(state.working, msg);
        return [state];
      case "account.dividend":
        passDay(state, msg.tSeen);
        applyDividend(state.ledger, msg);
        return [state];
      case "flushed":
        return onFlushed(state, msg.known);
      case "peer.started":
        return restart(state, context);
      case "flush.again":
        return state.flushing ? [state, ...flush(context)] : [state];
      default:
        return onReply(state, msg);
    }
  };

  return {
    name: "portfolio",
    listens: [
      { type: "market.bar" },
      { type: "market.quote" },
      { type: "market.halt" },
      { type: "broker.pressure" },
      { type: "target.set" },
      { type: "risk.verdict" },
      { type: "order.submitted" },
      { type: "order.rejected" },
      { type: "order.cancelled" },
      { type: "order.expired" },
      { type: "order.replaced" },
      { type: "order.filled" },
      { type: "order.lost" },
      { type: "limit.restored" },
      { type: "account.opened" },
      { type: "account.adopted" },
      { type: "account.split" },
      { type: "account.dividend" },
      { type: "control.command" },
      { type: "trading.stopped" },
    ],
    recalls: [
      { type: "account.opened", last: "all" },
      { type: "account.adopted", last: "all" },
      { type: "order.filled", last: "all" },
      { type: "account.split", last: "all" },
      { type: "account.dividend", last: "all" },
      { type: "order.submitted", last: "open" },
      { type: "order.replaced", last: "open" },
      { type: "order.cancelRequested", last: "open" },
      { type: "order.cancelled", last: "open" },
      // the newest serials: verdicts come in the order of proposals, but for a dead letter that was tried again
      { type: "risk.verdict", last: 8 },
      { type: "order.lost", last: 20 },
      { type: "limit.exceeded", last: 3 },
      { type: "limit.restored", last: 3 },
      { type: "closing.began", last: 1 },
      { type: "closing.ended", last: 1 },
      { type: "control.command", last: "all" },
      { type: "trading.stopped", last: "all" },
      { type: "target.set", last: 1 },
      { type: "market.bar", last: 2 },
      // the marks that the day's loss is measured from
      { type: "market.bar", last: 2, per: newYorkDayEnd },
      { type: "market.quote", last: 2, per: newYorkDayEnd },
    ],
    behaviour: machine<State, PortfolioMsg>({
      initial: () => fresh(config),
      receive,
      started: (state, context) => {
        state.live = true;
        state.moment.dirty.clear();
        if (context.now() > 0) skipSerials(state, SERIALS_LEFT_OUT);
        return [state, ...flush(context), ...soon(state)];
      },
    }),
  };
};

const begun = (ticker: Ticker, { by, reason, wholeAccount }: Closing): Effect =>
  emit(closingBegan({ ticker, by, reason, wholeAccount }));

const NOTHING_BEFORE: ReadonlySet<OrderId> = new Set();
