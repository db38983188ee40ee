import { type Closing, Controls } from "../streams/control/controls.ts";
import { tradingNeeds } from "../streams/control/needs.ts";
import type { ControlCommand } from "../streams/domain/control.ts";
import type { BrokerReply } from "../streams/domain/event.ts";
import {
  type ClosingBegan,
  type ClosingEnded,
  closingBegan,
  type LimitExceeded,
  type LimitRestored,
  type TradingStopped,
  tradingPaused,
  tradingStopped,
} from "../streams/domain/limits.ts";
import type { Bar, Halt, Quote } from "../streams/domain/market.ts";
import { NewestIds } from "../streams/domain/newestIds.ts";
import type { Fill, OrderCancelRequested, OrderLost, OrderSubmitted } from "../streams/domain/order.ts";
import type { AccountAdopted, AccountOpened, Dividend, Split, Trade, TradeClosed } from "../streams/domain/portfolio.ts";
import type { BrokerPressure } from "../streams/domain/request.ts";
import type { RunConfig } from "../streams/domain/run.ts";
import type { Target } from "../streams/domain/signal.ts";
import type { Seq, Ticker } from "../streams/domain/units.ts";
import type { Denial, Verdict } from "../streams/domain/verdict.ts";
import { equity } from "../streams/portfolio/ledger.ts";
import { type Account, openAccount } from "./account.ts";
import { type ActorContext, atMomentEnd, type Effect, emit, type SetAside, type Step, tell } from "./actor.ts";
import { ClosedTickers } from "./closedTickers.ts";
import { ExceededLimits } from "./exceededLimits.ts";
import type { Flushed, PeerStarted } from "./flushing.ts";
import { type Moment, openMoment } from "./moment.ts";
import type { RiskMsg } from "./risk.ts";
import { PATHS, TURNS } from "./topology.ts";
import type { Wants } from "./wants.ts";

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
  | TradeClosed
  | Split
  | Dividend
  | BrokerPressure
  | ControlCommand
  | TradingStopped
  | Flushed
  | PeerStarted
  | Own;

/** What it tells itself. */
export type Own =
  | { readonly type: "flush.again" }
  /** The moment is over: what is wanted becomes orders. */
  | { readonly type: "act" }
  /** An exit, or an order for a target, that came to nothing is tried again. */
  | { readonly type: "again"; readonly ticker: Ticker };

/** Owned and changed in place by this actor alone. */
export interface State extends Account {
  /** False while events are told again: they are facts then, nothing is to be done about them. */
  live: boolean;
  /**
   * At the start of a life, and when risk or the executor began one: nothing is proposed until all that was proposed before has come through risk and
   * executor, so that it is known and not ordered twice, and what got lost on the way is known too.
   */
  flushing: boolean;
  /** Flushes that were sent. */
  flushes: number;
  readonly controls: Controls;
  readonly closed: ClosedTickers;
  readonly exceeded: ExceededLimits;
  readonly moment: Moment;
  /** The newest target of each ticker that risk has judged an order for. */
  readonly judged: Map<Ticker, Seq>;
  /** Tickers whose target was denied for a reason that ends, and the code. */
  readonly denied: Map<Ticker, Denial["code"]>;
  /** How often in a row orders of a ticker came to nothing, and are tried again after a while. */
  readonly tries: Map<Ticker, number>;
  readonly waiting: Set<Ticker>;
  /** Orders that were given up. */
  readonly lost: NewestIds;
  /** While events are told again: trades that were closed and of which nothing was said, since nobody lived to say it. */
  readonly unsaid: Map<Ticker, Trade[]>;
  /** While events are told again: tickers whose newest order for the target came to nothing. */
  readonly unmet: Set<Ticker>;
  /** The step that changes nothing more, made once: most steps of a run are this one. */
  same: Step<State>;
}

const LOST_KEPT = 1_000;
/** Risk and executor answer a flush at once, unless they are down: then it is repeated. */
const FLUSH_AGAIN_MS = 1_000;
/** A new life leaves out so many ids: proposals of the last one may be on no tape. */
export const SERIALS_LEFT_OUT = 1_000;
/** An order that came to nothing is tried again after this; twice as long each time, up to the most. */
const AGAIN_MS = 1_000;
const AGAIN_MOST_MS = 60_000;
export const FLUSH_KEY = "flush";
const ACT: Effect = atMomentEnd(TURNS.portfolio, "act", { type: "act" } satisfies Own);

/** Denials that end by themselves or by a person: the target stands, and is tried again when they do. */
export const PASSING: ReadonlySet<Denial["code"]> = new Set([
  "TRADING_HALTED",
  "TICKER_HALTED",
  "STALE_DATA",
  "NO_PRICE",
  "LIMIT_EXCEEDED",
  "CLOSING",
  "DAILY_LOSS_EXCEEDS_LIMIT",
  "OUTDATED",
]);
export const OF_PRICE: ReadonlySet<Denial["code"]> = new Set(["STALE_DATA", "NO_PRICE"]);

export const flush = (state: State, context: ActorContext): Effect[] => {
  state.flushes += 1;
  return [
    tell(context.ref<RiskMsg>(PATHS.risk), { type: "flush", n: state.flushes }),
    { fx: "after", key: FLUSH_KEY, delayMs: FLUSH_AGAIN_MS, msg: { type: "flush.again" } satisfies Own },
  ];
};

export const fresh = (config: RunConfig): State => {
  const state: Omit<State, "same"> & { same: Step<State> | null } = {
    ...openAccount(config.cash),
    live: false,
    flushing: true,
    flushes: 0,
    controls: new Controls(tradingNeeds),
    closed: new ClosedTickers(),
    exceeded: new ExceededLimits(config.risk),
    moment: openMoment(),
    judged: new Map(),
    denied: new Map(),
    tries: new Map(),
    waiting: new Set(),
    lost: new NewestIds(LOST_KEPT),
    unsaid: new Map(),
    unmet: new Set(),
    same: null,
  };
  state.same = [state as State];
  return state as State;
};

/** To be decided at the end of the moment. */
export const soon = (state: State, ticker?: Ticker): Effect[] => {
  if (ticker !== undefined) state.moment.dirty.add(ticker);
  return state.live ? [ACT] : [];
};

export const again = (state: State, ticker: Ticker): Effect[] => {
  if (!state.live || state.waiting.has(ticker)) return [];
  const tries = state.tries.get(ticker) ?? 0;
  state.tries.set(ticker, tries + 1);
  state.waiting.add(ticker);
  const delayMs = Math.min(AGAIN_MOST_MS, AGAIN_MS * 2 ** tries);
  return [{ fx: "after", key: `again ${ticker}`, delayMs, msg: { type: "again", ticker } satisfies Own }];
};

/** Targets that were denied for one of these reasons are looked at again. */
export const retry = (state: State, codes: ReadonlySet<Denial["code"]>, only?: Ticker): Effect[] => {
  let found = false;
  for (const [ticker, code] of state.denied) {
    if ((only !== undefined && only !== ticker) || !codes.has(code)) continue;
    state.denied.delete(ticker);
    state.moment.dirty.add(ticker);
    found = true;
  }
  return found ? soon(state) : [];
};

export const retryOne = (state: State, code: Denial["code"], only?: Ticker): Effect[] =>
  state.denied.size === 0 ? [] : retry(state, new Set([code]), only);

/** What the account is worth may have changed: at or below nothing, the deck stops by itself. */
export const solvent = (state: State): Effect[] =>
  state.live && state.controls.killed === null && equity(state.ledger) <= 0
    ? [emit(tradingStopped("the account is worth nothing or less", equity(state.ledger)))]
    : [];

/** Without one of these the ledger is wrong. */
const MONEY: ReadonlySet<PortfolioMsg["type"]> = new Set([
  "order.filled",
  "account.opened",
  "account.adopted",
  "account.split",
  "account.dividend",
]);

/** The ledger misses what crashed this actor twice: nothing may be opened by what it says until a person has looked, and nothing is closed by it. */
export const without = (state: State, { message, error }: SetAside): Effect[] => {
  const missed = message as PortfolioMsg;
  if (!MONEY.has(missed.type)) return [];
  const what = missed.type === "order.filled" ? `fill ${missed.fillId} of ${missed.ticker}` : missed.type;
  return [
    emit(tradingPaused(`the account is without ${what}, which crashed the portfolio twice: ${error}`, equity(state.ledger))),
  ];
};

export const exceeding = (state: State, f: Fill): Effect[] => state.exceeded.filled(state.ledger, f).map(emit);

/** Trading may go on: what was denied because it was halted is tried again. Halted still, it is denied again and waits on. */
export const resumed = (state: State): Effect[] => (state.controls.halted() === null ? retryOne(state, "TRADING_HALTED") : []);

export const begun = (ticker: Ticker, { by, reason, wholeAccount }: Closing): Effect =>
  emit(closingBegan({ ticker, by, reason, wholeAccount }));
