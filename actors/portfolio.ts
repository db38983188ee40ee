import type { ControlCommand } from "../streams/domain/control.ts";
import type { BrokerReply } from "../streams/domain/event.ts";
import type { Bar, Quote } from "../streams/domain/market.ts";
import type { OrderCancelRequested, OrderLost, OrderSubmitted } from "../streams/domain/order.ts";
import { type AccountAdopted, type AccountOpened, type Dividend, type Split, tradeClosed } from "../streams/domain/portfolio.ts";
import type { RunConfig } from "../streams/domain/run.ts";
import type { Target } from "../streams/domain/signal.ts";
import type { OrderId } from "../streams/domain/units.ts";
import type { Verdict } from "../streams/domain/verdict.ts";
import { newYorkDayEnd } from "../streams/market/calendar.ts";
import { adopt, applyDividend, applyFill, applySplit, equity, openLedger } from "../streams/portfolio/ledger.ts";
import { type Account, notePrice, noteSerial, openAccount, passDay, skipSerials } from "./account.ts";
import { type ActorContext, type ActorSpec, type Effect, emit, machine, type Step, tell } from "./actor.ts";
import type { Flushed } from "./flushing.ts";
import { NewestIds } from "./newestIds.ts";
import { proposing } from "./proposing.ts";
import type { RiskMsg } from "./risk.ts";
import { PATHS } from "./topology.ts";
import type { Wants } from "./wants.ts";
import { addWorking, dropWorking, workingOf } from "./working.ts";

export type PortfolioMsg =
  | Bar
  | Quote
  | Target
  | Wants
  | Verdict
  | OrderSubmitted
  | OrderCancelRequested
  | BrokerReply
  | OrderLost
  | AccountOpened
  | AccountAdopted
  | Split
  | Dividend
  | ControlCommand
  | Flushed
  | FlushAgain;

type Asking = Target | Wants | ControlCommand;

/** Owned and changed in place by this actor alone. */
interface State extends Account {
  /** False while events are told again: they are facts then, nothing is to be done about them. */
  live: boolean;
  /**
   * What asks for orders waits here at the start of a life, until all that the last life proposed has come through risk and
   * executor, so that it is known and not ordered twice. Null afterwards.
   */
  asking: Asking[] | null;
  /** Entries that were on their way when a person closed their ticker, and who did: what still fills of them is closed too. */
  readonly closing: Map<OrderId, string>;
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

const flush = (context: ActorContext): Effect[] => [
  tell(context.ref<RiskMsg>(PATHS.risk), { type: "flush" }),
  { fx: "after", key: FLUSH_KEY, delayMs: FLUSH_AGAIN_MS, msg: { type: "flush.again" } satisfies FlushAgain },
];
const FLUSH_KEY = "flush";
interface FlushAgain {
  readonly type: "flush.again";
}

const fresh = (config: RunConfig): State => {
  const state: Omit<State, "same"> & { same: Step<State> | null } = {
    ...openAccount(config.cash),
    live: false,
    asking: [],
    closing: new Map(),
    lost: new NewestIds(LOST_KEPT),
    same: null,
  };
  state.same = [state as State];
  return state as State;
};

/** Holds the account: what was filled, what it is worth, what is on its way; turns targets and wishes into proposed orders. */
export const portfolioActor = (config: RunConfig, runId: string): ActorSpec => {
  const { propose, align, exit, sized } = proposing(config, runId);

  const onTarget = (state: State, context: ActorContext, t: Target): Step<State> => {
    state.targets.set(t.ticker, t);
    return state.live ? [state, ...align(state, context, t)] : [state];
  };

  const onWants = (state: State, context: ActorContext, w: Wants): Step<State> => {
    if (w.action.do === "submit")
      return [state, propose(state, context, w.strategy, w.ticker, w.origin, sized(state, w.ticker, w.action.order))];
    const risk = context.ref<RiskMsg>(PATHS.risk);
    return [state, tell(risk, { type: "withdraw", ticker: w.ticker, by: w.strategy, reason: "withdrawn by the strategy" })];
  };

  const onReply = (state: State, context: ActorContext, reply: BrokerReply): Step<State> => {
    if (reply.type === "order.accepted" || reply.type === "order.replaced") return [state];
    const effects: Effect[] = [];
    if (reply.type === "order.filled") {
      passDay(state, reply.tSeen);
      for (const trade of applyFill(state.ledger, reply)) effects.push(emit(tradeClosed(trade)));
    }
    dropWorking(state.working, reply);
    const closedBy = state.closing.get(reply.orderId);
    if (state.live && reply.type === "order.filled" && closedBy !== undefined)
      effects.push(...exit(state, context, reply.ticker, closedBy, reply.seq));
    else if (reply.type === "order.filled" && state.lost.has(reply.orderId))
      effects.push(...afterLost(state, context, reply.ticker));
    effects.push(...realign(state, context, reply.ticker));
    return [state, ...effects];
  };

  /** An order that was given up has filled after all, and what it was for may have been bought again: back to what is wanted. */
  const afterLost = (state: State, context: ActorContext, ticker: Target["ticker"]): Effect[] => {
    const target = state.targets.get(ticker);
    return state.live && target ? align(state, context, target) : [];
  };

  /** Nothing of it works anywhere: what is still wanted is proposed again, under a new id. */
  const onLost = (state: State, context: ActorContext, { orderId, ticker }: OrderLost): Step<State> => {
    const order = state.working.byId.get(orderId)?.order;
    state.lost.add(orderId);
    dropWorking(state.working, { type: "order.rejected", orderId });
    if (!state.live || order === undefined) return [state];
    if (state.turning.has(ticker)) return [state, ...realign(state, context, ticker)];
    const target = state.targets.get(ticker);
    if (order.by === "ensemble") return [state, ...(target ? align(state, context, target) : [])];
    const isExit = order.reduceOnly && order.kind === "market";
    return [state, ...(isExit ? exit(state, context, ticker, order.by, order.origin) : [])];
  };

  /** When the last order that the turned target had withdrawn is gone. */
  const realign = (state: State, context: ActorContext, ticker: Target["ticker"]): Effect[] => {
    if (!state.live || !state.turning.has(ticker) || workingOf(state.working, ticker, "ensemble").length > 0) return [];
    state.turning.delete(ticker);
    const target = state.targets.get(ticker);
    return target ? align(state, context, target) : [];
  };

  const onCommand = (state: State, context: ActorContext, { command, by, seq }: ControlCommand): Step<State> => {
    if (command.do !== "close" && command.do !== "closeAll" && command.do !== "kill") return [state];
    const chosen = command.do === "close" ? [command.ticker] : [...state.ledger.positions.keys()];
    if (command.do === "close") state.targets.delete(command.ticker);
    else state.targets.clear();
    for (const ticker of command.do === "close" ? chosen : state.working.byTicker.keys())
      for (const order of workingOf(state.working, ticker, null)) if (!order.reduceOnly) state.closing.set(order.id, by);
    return state.live ? [state, ...chosen.flatMap((ticker) => exit(state, context, ticker, by, seq))] : [state];
  };

  const onFlushed = (state: State, context: ActorContext): Step<State> => {
    const asking = state.asking ?? [];
    state.asking = null;
    const effects: Effect[] = [
      { fx: "cancel", key: FLUSH_KEY },
      ...[...state.turning].flatMap((ticker) => realign(state, context, ticker)),
    ];
    for (const msg of asking) {
      const [, ...more] = ask(state, msg, context);
      effects.push(...more);
    }
    return [state, ...effects];
  };

  const ask = (state: State, msg: Asking, context: ActorContext): Step<State> => {
    if (state.live && state.asking !== null) {
      state.asking.push(msg);
      return [state];
    }
    switch (msg.type) {
      case "target.set":
        return onTarget(state, context, msg);
      case "wants":
        return onWants(state, context, msg);
      case "control.command":
        return onCommand(state, context, msg);
    }
  };

  const receive = (state: State, msg: PortfolioMsg, context: ActorContext): Step<State> => {
    switch (msg.type) {
      case "market.bar":
        notePrice(state, msg.ticker, msg.close, msg.tSeen, msg.barMs);
        return state.same;
      case "market.quote":
        notePrice(state, msg.ticker, (msg.bid + msg.ask) / 2, msg.tSeen, 0);
        return state.same;
      case "target.set":
      case "wants":
      case "control.command":
        return ask(state, msg, context);
      case "risk.verdict":
        noteSerial(state, msg.ticker, msg.orderId);
        if (msg.outcome !== "denied") return [state];
        dropWorking(state.working, { type: "order.rejected", orderId: msg.orderId });
        return [state, ...realign(state, context, msg.ticker)];
      case "order.submitted":
        noteSerial(state, msg.ticker, msg.order.id);
        addWorking(state.working, msg.order);
        return [state];
      case "order.cancelRequested": // only told again after a restart
        if (state.working.byId.get(msg.orderId)?.order.by === "ensemble") state.turning.add(msg.ticker);
        return [state];
      case "order.lost":
        return onLost(state, context, msg);
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
        return [state];
      case "account.dividend":
        passDay(state, msg.tSeen);
        applyDividend(state.ledger, msg);
        return [state];
      case "flushed":
        return onFlushed(state, context);
      case "flush.again":
        return state.asking === null ? [state] : [state, ...flush(context)];
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
      { type: "order.lost" },
      { type: "account.opened" },
      { type: "account.adopted" },
      { type: "account.split" },
      { type: "account.dividend" },
      { type: "control.command" },
    ],
    recalls: [
      { type: "account.opened", last: "all" },
      { type: "account.adopted", last: "all" },
      { type: "order.filled", last: "all" },
      { type: "account.split", last: "all" },
      { type: "account.dividend", last: "all" },
      { type: "order.submitted", last: "open" },
      { type: "order.cancelRequested", last: "open" },
      // the newest serials: verdicts come in the order of proposals, but for a dead letter that was tried again
      { type: "risk.verdict", last: 8 },
      { type: "order.lost", last: 20 },
      { type: "control.command", last: "all" },
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
        if (context.now() > 0) skipSerials(state, SERIALS_LEFT_OUT);
        return [state, ...flush(context)];
      },
    }),
  };
};
