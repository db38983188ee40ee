import { bookOf, ENSEMBLE_BOOK } from "../streams/domain/books.ts";
import type { BrokerReply } from "../streams/domain/event.ts";
import { type Fill, type OrderLost, type OrderSubmitted, orderLost } from "../streams/domain/order.ts";
import { tradeClosed } from "../streams/domain/portfolio.ts";
import type { RunConfig } from "../streams/domain/run.ts";
import { type Ms, qty, type Ticker } from "../streams/domain/units.ts";
import type { Verdict } from "../streams/domain/verdict.ts";
import { newYorkDayEnd } from "../streams/market/calendar.ts";
import { adopt, applyDividend, applyFill, applySplit, equity, openLedger } from "../streams/portfolio/ledger.ts";
import { notePrice, noteSerial, passDay, skipSerials } from "./account.ts";
import { type ActorContext, type ActorSpec, type Effect, emit, machine, type Step } from "./actor.ts";
import { opened } from "./exceededLimits.ts";
import type { Flushed } from "./flushing.ts";
import { alone, splitMoment } from "./moment.ts";
import { bookNamed } from "./orderIds.ts";
import { acting } from "./portfolioActing.ts";
import { onControl } from "./portfolioControls.ts";
import {
  again,
  begun,
  exceeding,
  FLUSH_KEY,
  flush,
  fresh,
  OF_PRICE,
  PASSING,
  type PortfolioMsg,
  retry,
  retryOne,
  SERIALS_LEFT_OUT,
  type State,
  solvent,
  soon,
  without,
} from "./portfolioState.ts";
import { proposing } from "./proposing.ts";
import { addWorking, dropWorking, judgedWorking, repriceWorking, splitWorking, workingOf } from "./working.ts";

export type { PortfolioMsg } from "./portfolioState.ts";

/**
 * Holds the account: what was filled, by which book, what it is worth, what is on its way. At the end of each moment it turns what is wanted into
 * proposed orders: first withdrawals, then all exits, then entries, each judged with the verdicts before it known.
 */
export const portfolioActor = (config: RunConfig, runId: string): ActorSpec => {
  const proposes = proposing(config, runId);
  const { exit } = proposes;
  const { act, pump } = acting(config, proposes);

  /** True when a new day begins with this price. */
  const noteNew = (state: State, ticker: Ticker, usd: number, at: Ms, barMs: number): boolean => {
    const before = state.dayEndsAt;
    notePrice(state, ticker, usd, at, barMs);
    return state.dayEndsAt !== before;
  };

  const onPrice = (state: State, ticker: Ticker, isNewDay: boolean): Step<State> => {
    if (equity(state.ledger) <= 0) return [state, ...solvent(state)];
    if (state.denied.size === 0 && state.exceeded.size === 0) return state.same;
    state.exceeded.marked(ticker);
    const ofDay = isNewDay ? retryOne(state, "DAILY_LOSS_EXCEEDS_LIMIT") : [];
    return [state, ...ofDay, ...retry(state, OF_PRICE, ticker), ...(state.exceeded.size > 0 ? soon(state) : [])];
  };

  const onFill = (state: State, f: Fill): Effect[] => {
    const effects: Effect[] = [];
    const isLate = !state.working.byId.has(f.orderId);
    passDay(state, f.tSeen);
    const trades = applyFill(state.ledger, f);
    if (!state.live) {
      if (trades.length > 0) state.unsaid.set(f.ticker, [...(state.unsaid.get(f.ticker) ?? []), ...trades]);
      return effects;
    }
    for (const trade of trades) effects.push(emit(tradeClosed(trade)));
    if (config.risk.enabled && opened(state.ledger, f)) {
      effects.push(...exceeding(state, f));
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

  const onReply = (state: State, reply: BrokerReply): Step<State> => {
    if (reply.type === "order.accepted") return [state];
    if (reply.type === "order.replaced") {
      repriceWorking(state.working, reply);
      return [state];
    }
    const order = state.working.byId.get(reply.orderId)?.order;
    const effects = reply.type === "order.filled" ? onFill(state, reply) : [];
    dropWorking(state.working, reply);
    const { ticker } = reply;
    if (!state.live) {
      if (bookOf(reply.orderId, ticker) === ENSEMBLE_BOOK) noteEnd(state, reply);
      return [state, ...effects];
    }
    if (state.turning.has(ticker)) effects.push(...turned(state, ticker));
    else if (reply.type !== "order.filled" && order !== undefined) effects.push(...unfilled(state, order, reply.type));
    if (state.controls.closing.has(ticker)) effects.push(...soon(state));
    return [state, ...effects];
  };

  /** While events are told again: whether the newest order for a ticker's target came to what it was for. */
  const noteEnd = (state: State, reply: BrokerReply): void => {
    if (reply.type !== "order.filled") state.unmet.add(reply.ticker);
    else if (reply.leaves === 0) state.unmet.delete(reply.ticker);
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

  /** A strategy's own exit at market is asked for again, for what it was about and no more. What a control closed is asked for by the control, while it lasts. */
  const againExit = (state: State, order: OrderSubmitted["order"]): void => {
    const { ticker } = order;
    const book = bookOf(order.id, ticker);
    if (book === ENSEMBLE_BOOK || book !== bookNamed(order.by) || !order.reduceOnly || order.kind !== "market") return;
    if (state.controls.killed !== null || state.controls.closing.has(ticker)) return;
    const out = exit(state, ticker, book, order.by, order.origin);
    const size = Math.min(order.qty, out?.wanted.qty ?? 0);
    if (out === null || size === 0) return;
    state.moment.queue.unshift(alone({ ...out, wanted: { ...out.wanted, qty: qty(size) } }, true));
  };

  /** Nothing of it works anywhere: what is still wanted is proposed again, under a new id. */
  const onLost = (state: State, { orderId, ticker }: OrderLost): Step<State> => {
    const order = state.working.byId.get(orderId)?.order;
    state.lost.add(orderId);
    dropWorking(state.working, { type: "order.rejected", orderId });
    if (state.moment.awaiting === orderId) state.moment.awaiting = null;
    if (!state.live) return [state];
    if (order === undefined) return [state, ...(bookOf(orderId, ticker) === ENSEMBLE_BOOK ? soon(state, ticker) : [])];
    if (state.turning.has(ticker)) return [state, ...turned(state, ticker)];
    againExit(state, order);
    if (order.by !== ENSEMBLE_BOOK) return [state, ...soon(state)];
    const isAgain = (state.tries.get(ticker) ?? 0) > 0;
    if (!isAgain) state.tries.set(ticker, 1);
    return [state, ...(isAgain ? again(state, ticker) : soon(state, ticker))];
  };

  const onVerdict = (state: State, context: ActorContext, v: Verdict): Step<State> => {
    noteSerial(state, v.ticker, v.orderId);
    if (!state.live) state.closed.heard(v.ticker, v.orderId);
    const isEnsemble = bookOf(v.orderId, v.ticker) === ENSEMBLE_BOOK;
    if (isEnsemble) state.judged.set(v.ticker, v.cause);
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

  const onFlushed = (state: State, { known, held }: Flushed): Step<State> => {
    state.flushing = false;
    for (const order of held) if (!state.working.byId.has(order.id)) addWorking(state.working, order);
    const effects: Effect[] = [{ fx: "cancel", key: FLUSH_KEY }];
    for (const [id, { order }] of state.working.byId)
      if (!known.has(id)) effects.push(emit(orderLost(order.ticker, id, "it was never sent: an actor on its way was stopped")));
    for (const ticker of state.turning) effects.push(...turned(state, ticker));
    if (state.moment.awaiting !== null && !known.has(state.moment.awaiting)) state.moment.awaiting = null;
    return [state, ...effects, ...soon(state)];
  };

  const restart = (state: State, context: ActorContext): Step<State> => {
    state.flushing = true;
    return [state, ...flush(state, context)];
  };

  const receive = (state: State, msg: PortfolioMsg, context: ActorContext): Step<State> => {
    switch (msg.type) {
      case "market.bar":
        return onPrice(state, msg.ticker, noteNew(state, msg.ticker, msg.close, msg.tSeen, msg.barMs));
      case "market.quote":
        return onPrice(state, msg.ticker, noteNew(state, msg.ticker, (msg.bid + msg.ask) / 2, msg.tSeen, 0));
      case "market.halt":
        return [state, ...(msg.halted ? [] : retryOne(state, "TICKER_HALTED", msg.ticker))];
      case "broker.pressure":
        return [state, ...(msg.behind ? [] : retryOne(state, "TRADING_HALTED"))];
      case "target.set":
        state.targets.set(msg.ticker, msg);
        state.unmet.delete(msg.ticker);
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
      case "trade.closed": // only told again after a restart: all of its ticker before it was said too
        state.unsaid.delete(msg.ticker);
        return [state];
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
        splitMoment(state.moment, msg);
        return [state];
      case "account.dividend":
        passDay(state, msg.tSeen);
        applyDividend(state.ledger, msg);
        return [state];
      case "flushed":
        return msg.n === state.flushes ? onFlushed(state, msg) : [state];
      case "peer.started":
        return restart(state, context);
      case "flush.again":
        return state.flushing ? [state, ...flush(state, context)] : [state];
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
      { type: "trade.closed", last: 1 },
      { type: "account.split", last: "all" },
      { type: "account.dividend", last: "all" },
      { type: "order.submitted", last: "open" },
      { type: "order.replaced", last: "open" },
      { type: "order.cancelRequested", last: "open" },
      { type: "order.cancelled", last: "open" },
      { type: "order.expired", last: "open" },
      { type: "order.rejected", last: "open" },
      // how orders for targets ended
      { type: "order.cancelled", last: 4 },
      { type: "order.expired", last: 4 },
      { type: "order.rejected", last: 4 },
      // the newest serials: verdicts come in the order of proposals, but for a dead letter that was tried again
      { type: "risk.verdict", last: 8 },
      { type: "order.lost", last: 20 },
      { type: "limit.exceeded", last: 1, by: "limit" },
      { type: "limit.restored", last: 1, by: "limit" },
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
      setAside: (state, letter) => [state, ...without(state, letter)],
      started: (state, context) => {
        state.live = true;
        // Targets that the last life had heard of and not acted on when it ended, or whose last order came to nothing.
        for (const [ticker, { seq }] of state.targets)
          if (seq > (state.judged.get(ticker) ?? 0) || state.unmet.has(ticker)) state.moment.dirty.add(ticker);
        state.unmet.clear();
        const unsaid = [...state.unsaid.values()].flat().map((trade) => emit(tradeClosed(trade)));
        state.unsaid.clear();
        if (context.now() > 0) skipSerials(state, SERIALS_LEFT_OUT);
        return [state, ...unsaid, ...flush(state, context), ...soon(state)];
      },
    }),
  };
};
