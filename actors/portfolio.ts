import type { ControlCommand } from "../streams/domain/control.ts";
import type { BrokerReply } from "../streams/domain/event.ts";
import type { Bar, Quote } from "../streams/domain/market.ts";
import type { Order, OrderIntent, OrderSubmitted } from "../streams/domain/order.ts";
import { type AccountOpened, type Dividend, type Split, tradeClosed } from "../streams/domain/portfolio.ts";
import type { RunConfig } from "../streams/domain/run.ts";
import type { Target } from "../streams/domain/signal.ts";
import { type Ms, money, ms, orderId, qty, type Seq, seq, shares, type Ticker, toPx } from "../streams/domain/units.ts";
import type { Verdict } from "../streams/domain/verdict.ts";
import { legsTo, onTick, wantedShares } from "../streams/execution/sizing.ts";
import { newYorkOffsetMs } from "../streams/market/calendar.ts";
import {
  applyDividend,
  applyFill,
  applySplit,
  equity,
  grossExposure,
  type Ledger,
  mark,
  markOf,
  openLedger,
  sharesOf,
} from "../streams/portfolio/ledger.ts";
import type { AccountView } from "../streams/risk/checks.ts";
import { type ActorContext, type ActorSpec, type Effect, emit, machine, type Step, tell } from "./actor.ts";
import type { ExecutorMsg } from "./executor.ts";
import type { RiskMsg } from "./risk.ts";
import { PATHS } from "./topology.ts";
import type { Wants } from "./wants.ts";
import { addWorking, dropWorking, grossOf, openedFlat, signedWorking, type WorkingOrders } from "./working.ts";

export type PortfolioMsg =
  | Bar
  | Quote
  | Target
  | Wants
  | Verdict
  | OrderSubmitted
  | BrokerReply
  | AccountOpened
  | Split
  | Dividend
  | ControlCommand;

interface Price {
  at: Ms;
  barMs: number;
}

/** Owned and changed in place by this actor alone. */
interface State {
  ledger: Ledger;
  readonly prices: Map<Ticker, Price>;
  readonly working: WorkingOrders;
  readonly targets: Map<Ticker, Target>;
  /** Tickers whose working orders were withdrawn because the target turned; aligned again when the last is gone. */
  readonly turning: Set<Ticker>;
  dayEndsAt: number;
  dayStartEquity: number;
  /** For ids: how many orders came from the same origin. */
  origin: Seq;
  fromOrigin: number;
  /** The step that changes nothing more, made once: most steps of a run are this one. */
  same: Step<State>;
}

const fresh = (config: RunConfig): State => {
  const state: Omit<State, "same"> & { same: Step<State> | null } = {
    ledger: openLedger(config.cash),
    prices: new Map(),
    working: { byId: new Map(), byTicker: new Map() },
    targets: new Map(),
    turning: new Set(),
    dayEndsAt: 0,
    dayStartEquity: config.cash,
    origin: seq(0),
    fromOrigin: 0,
    same: null,
  };
  state.same = [state as State];
  return state as State;
};

const DAY_MS = 86_400_000;

/** Equity at the first price of each New York day is what that day's loss is measured from. */
const turnDay = (state: State, at: Ms): void => {
  const offset = newYorkOffsetMs(at);
  state.dayEndsAt = (Math.floor((at + offset) / DAY_MS) + 1) * DAY_MS - offset;
  state.dayStartEquity = equity(state.ledger);
};

const onPrice = (state: State, ticker: Ticker, usd: number, at: Ms, barMs: number): Step<State> => {
  if (at >= state.dayEndsAt) turnDay(state, at);
  mark(state.ledger, ticker, usd);
  const price = state.prices.get(ticker);
  if (price) {
    price.at = at;
    if (barMs > 0) price.barMs = barMs;
  } else state.prices.set(ticker, { at, barMs });
  return state.same;
};

/** Holds the account: what was filled, what it is worth, what is on its way; turns targets and wishes into proposed orders. */
export const portfolioActor = (config: RunConfig, runId: string): ActorSpec => {
  const accountOf = (state: State, ticker: Ticker): AccountView => {
    const usd = markOf(state.ledger, ticker);
    const price = state.prices.get(ticker);
    return {
      equity: equity(state.ledger),
      dayStartEquity: money(state.dayStartEquity),
      gross: money(grossExposure(state.ledger) + grossOf(state.working, state.ledger)),
      openPositions: state.ledger.openCount + openedFlat(state.working, state.ledger),
      held: sharesOf(state.ledger, ticker),
      working: signedWorking(state.working, ticker),
      price: usd === null ? null : toPx(usd),
      priceAt: price?.at ?? ms(0),
      barMs: price?.barMs ?? 0,
    };
  };

  const idFor = (state: State, by: string, ticker: Ticker, origin: Seq) => {
    state.fromOrigin = origin === state.origin ? state.fromOrigin + 1 : 0;
    state.origin = origin;
    return orderId(`${runId}-${by}-${ticker}-${origin}${state.fromOrigin === 0 ? "" : `-${state.fromOrigin}`}`);
  };

  const propose = (
    state: State,
    context: ActorContext,
    by: string,
    ticker: Ticker,
    origin: Seq,
    intent: Omit<OrderIntent, "reason">,
  ): Effect => {
    const order: Order = {
      id: idFor(state, by, ticker, origin),
      ticker,
      side: intent.side,
      kind: intent.kind,
      qty: intent.qty ?? qty(0),
      cashFraction: intent.cashFraction ?? null,
      limitPx: intent.limitPx === undefined ? null : onTick(intent.limitPx, config.tickSize),
      stopPx: intent.stopPx === undefined ? null : onTick(intent.stopPx, config.tickSize),
      tif: intent.kind === "market" ? "day" : "gtc",
      bracket: intent.bracket
        ? {
            stopLoss: intent.bracket.stopLoss === null ? null : onTick(intent.bracket.stopLoss, config.tickSize),
            takeProfit: intent.bracket.takeProfit === null ? null : onTick(intent.bracket.takeProfit, config.tickSize),
          }
        : null,
      reduceOnly: intent.reduceOnly ?? false,
      by,
      origin,
    };
    const account = accountOf(state, ticker);
    addWorking(state.working, order);
    return tell(context.ref<RiskMsg>(PATHS.risk), { type: "proposed", order, account });
  };

  /** Orders that lead from what is held and on its way to what the target wants. */
  const align = (state: State, context: ActorContext, t: Target): Step<State> => {
    const { ticker } = t;
    const usd = markOf(state.ledger, ticker);
    if (usd === null) return [state];
    const held = sharesOf(state.ledger, ticker);
    const onItsWay = signedWorking(state.working, ticker);
    const now = shares(held + onItsWay);
    if (config.sizing.by === "cash" && t.strength > 0) {
      if (now !== 0 || state.working.byTicker.has(ticker)) return [state];
      return [
        state,
        propose(state, context, "ensemble", ticker, t.seq, {
          side: "buy",
          kind: "market",
          qty: null,
          cashFraction: config.sizing.fraction,
        }),
      ];
    }
    const legs = legsTo(wantedShares(config.sizing, t.strength, equity(state.ledger), toPx(usd)), now);
    if (legs === null) return [state];
    if (onItsWay !== 0 && onItsWay > 0 !== (legs.side === "buy")) {
      state.turning.add(ticker);
      return [
        state,
        tell(context.ref<ExecutorMsg>(PATHS.executor), { type: "withdraw", ticker, by: "ensemble", reason: "the target turned" }),
      ];
    }
    const effects: Effect[] = [];
    const order = (size: number, reduceOnly: boolean): void => {
      if (size > 0)
        effects.push(
          propose(state, context, "ensemble", ticker, t.seq, {
            side: legs.side,
            kind: "market",
            qty: qty(size),
            reduceOnly,
          }),
        );
    };
    order(legs.exit, true);
    order(legs.entry, false);
    return [state, ...effects];
  };

  const exit = (state: State, context: ActorContext, ticker: Ticker, by: string, origin: Seq): Effect[] => {
    const held = sharesOf(state.ledger, ticker);
    if (held === 0) return [];
    const side = held > 0 ? "sell" : "buy";
    return [
      propose(state, context, by, ticker, origin, {
        side,
        kind: "market",
        qty: qty(Math.abs(held)),
        reduceOnly: true,
      }),
    ];
  };

  const sized = (state: State, ticker: Ticker, intent: OrderIntent): OrderIntent => {
    if (intent.qty !== null || intent.cashFraction !== undefined) return intent;
    const held = sharesOf(state.ledger, ticker);
    if (intent.reduceOnly) return { ...intent, qty: qty(Math.abs(held)) };
    if (config.sizing.by === "cash") return { ...intent, cashFraction: config.sizing.fraction };
    const price = intent.limitPx ?? intent.stopPx ?? toPx(markOf(state.ledger, ticker) ?? 0);
    return { ...intent, qty: qty(Math.abs(wantedShares(config.sizing, 1, equity(state.ledger), price))) };
  };

  const onWants = (state: State, context: ActorContext, w: Wants): Step<State> => {
    if (w.action.do === "cancelAll") {
      const executor = context.ref<ExecutorMsg>(PATHS.executor);
      return [state, tell(executor, { type: "withdraw", ticker: w.ticker, by: w.strategy, reason: "withdrawn by the strategy" })];
    }
    return [state, propose(state, context, w.strategy, w.ticker, w.origin, sized(state, w.ticker, w.action.order))];
  };

  const onReply = (state: State, context: ActorContext, reply: BrokerReply): Step<State> => {
    if (reply.type === "order.accepted") return [state];
    const effects: Effect[] = [];
    if (reply.type === "order.filled") for (const trade of applyFill(state.ledger, reply)) effects.push(emit(tradeClosed(trade)));
    dropWorking(state.working, reply);
    const { ticker } = reply;
    const target = state.targets.get(ticker);
    if (target && state.turning.has(ticker) && signedWorking(state.working, ticker) === 0) {
      state.turning.delete(ticker);
      const [, ...more] = align(state, context, target);
      effects.push(...more);
    }
    return [state, ...effects];
  };

  const onCommand = (state: State, context: ActorContext, { command, by, seq }: ControlCommand): Step<State> => {
    if (command.do !== "close" && command.do !== "closeAll" && command.do !== "kill") return [state];
    const chosen = command.do === "close" ? [command.ticker] : [...state.ledger.positions.keys()];
    for (const ticker of chosen) state.targets.delete(ticker);
    return [state, ...chosen.flatMap((ticker) => exit(state, context, ticker, by, seq))];
  };

  const receive = (state: State, msg: PortfolioMsg, context: ActorContext): Step<State> => {
    switch (msg.type) {
      case "market.bar":
        return onPrice(state, msg.ticker, msg.close, msg.tSeen, msg.barMs);
      case "market.quote":
        return onPrice(state, msg.ticker, (msg.bid + msg.ask) / 2, msg.tSeen, 0);
      case "target.set":
        state.targets.set(msg.ticker, msg);
        return align(state, context, msg);
      case "wants":
        return onWants(state, context, msg);
      case "risk.verdict":
        if (msg.outcome === "denied") dropWorking(state.working, { type: "order.rejected", orderId: msg.orderId });
        return [state];
      case "order.submitted":
        addWorking(state.working, msg.order);
        return [state];
      case "account.opened":
        state.ledger = openLedger(msg.cash);
        state.dayStartEquity = msg.cash;
        return [state];
      case "account.split":
        applySplit(state.ledger, msg);
        return [state];
      case "account.dividend":
        applyDividend(state.ledger, msg);
        return [state];
      case "control.command":
        return onCommand(state, context, msg);
      default:
        return onReply(state, context, msg);
    }
  };

  return {
    name: "portfolio",
    listens: [
      { type: "market.bar" },
      { type: "market.quote" },
      { type: "target.set" },
      { type: "risk.verdict" },
      { type: "order.submitted" },
      { type: "order.rejected" },
      { type: "order.cancelled" },
      { type: "order.expired" },
      { type: "order.filled" },
      { type: "account.opened" },
      { type: "account.split" },
      { type: "account.dividend" },
      { type: "control.command" },
    ],
    recalls: [
      { type: "account.opened", last: "all" },
      { type: "order.filled", last: "all" },
      { type: "account.split", last: "all" },
      { type: "account.dividend", last: "all" },
      { type: "order.submitted", last: "open" },
      { type: "target.set", last: 1 },
      { type: "market.bar", last: 1 },
    ],
    behaviour: machine<State, PortfolioMsg>({
      initial: () => fresh(config),
      receive,
    }),
  };
};
