import { Controls } from "../streams/control/controls.ts";
import { tradingNeeds } from "../streams/control/needs.ts";
import type { ControlCommand } from "../streams/domain/control.ts";
import { intentRefused } from "../streams/domain/intent.ts";
import { type ClosingBegan, type ClosingEnded, likeOf, type TradingStopped } from "../streams/domain/limits.ts";
import type { RunConfig } from "../streams/domain/run.ts";
import { type Signal, type Target, target } from "../streams/domain/signal.ts";
import type { Ticker } from "../streams/domain/units.ts";
import { combine, contributions, nextStrength, type StandingView } from "../streams/ensemble/combine.ts";
import { type ActorContext, type ActorSpec, atMomentEnd, type Effect, emit, machine, type Step, tell } from "./actor.ts";
import type { PortfolioMsg } from "./portfolio.ts";
import { PATHS, TURNS } from "./topology.ts";
import type { Wants } from "./wants.ts";

export type EnsembleMsg = Signal | Target | Wants | ControlCommand | TradingStopped | ClosingBegan | ClosingEnded | Decide;

/** All that came in at this moment was heard: the views of a ticker become one target. */
interface Decide {
  readonly type: "decide";
  readonly ticker: Ticker;
}

interface Standing {
  readonly views: StandingView[];
  strength: number;
  /** The message that decides on it, made once. */
  readonly decide: Effect;
}
interface State {
  readonly of: Map<Ticker, Standing>;
  readonly controls: Controls;
  /** Tickers that are being closed. */
  readonly closing: Set<Ticker>;
  readonly same: Step<State>;
}

const standingOf = (state: State, ticker: Ticker): Standing => {
  let s = state.of.get(ticker);
  if (!s) {
    s = { views: [], strength: 0, decide: atMomentEnd(TURNS.ensemble, ticker, { type: "decide", ticker } satisfies Decide) };
    state.of.set(ticker, s);
  }
  return s;
};

const isAtOrAbove = (path: string, other: string): boolean => path === other || other.startsWith(`${path}/`);

const keep = (standing: Standing, view: StandingView): void => {
  const at = standing.views.findIndex((v) => v.strategy === view.strategy);
  if (at >= 0) standing.views[at] = view;
  else standing.views.push(view);
};

/** After a close only a newer view may open the ticker again: those that stood are void. A repeat, while it is being closed, voids nothing. */
const onControl = (state: State, e: ControlCommand | TradingStopped): Step<State> => {
  const does = e.type === "trading.stopped" ? likeOf(e) : e.command.do;
  const isRepeat = does === "kill" && state.controls.killed !== null;
  state.controls.note(e, []);
  const closed = e.type === "control.command" && e.command.do === "close" ? [e.command.ticker] : [];
  const all = (does === "kill" && !isRepeat) || does === "closeAll" ? [...state.of.keys()] : closed;
  for (const ticker of all) if (!state.closing.has(ticker)) state.of.delete(ticker);
  return state.same;
};

/**
 * Weighs the strategies' standing views of a ticker into one target, once at the end of a moment, when every strategy has spoken; strategies with
 * orders of their own pass through it.
 */
export const ensembleActor = (config: RunConfig, weights: ReadonlyMap<string, number>): ActorSpec => {
  const maxWeight = config.sizing.by === "weight" ? config.sizing.maxWeight : 1;

  const onSignal = (state: State, s: Signal): Step<State> => {
    if (!weights.has(s.strategy)) return state.same;
    const standing = standingOf(state, s.ticker);
    keep(standing, { strategy: s.strategy, signal: s.seq, score: s.score, confidence: s.confidence });
    return [state, standing.decide];
  };

  const onDecide = (state: State, ticker: Ticker): Step<State> => {
    const standing = state.of.get(ticker);
    if (standing === undefined) return state.same;
    const strength = nextStrength(combine(standing.views, weights), standing.strength, config.ensemble);
    if (strength === null) return state.same;
    standing.strength = strength;
    const weighed = contributions(standing.views, weights);
    return [state, emit(target({ ticker, strength, weight: strength * maxWeight, contributions: weighed }))];
  };

  /** A portfolio that is stopped hears nothing: the strategy is told, instead of nobody. */
  const onWants = (state: State, msg: Wants, context: ActorContext): Step<State> => {
    if (!weights.get(msg.strategy)) return state.same;
    const gone = [...state.controls.stopped].find(([path, { how }]) => how === "stop" && isAtOrAbove(path, PATHS.portfolio));
    if (gone === undefined) return [state, tell(context.ref<PortfolioMsg>(PATHS.portfolio), msg)];
    const [, { by, reason }] = gone;
    const { strategy, ticker, action } = msg;
    return [
      state,
      emit(
        intentRefused({
          ticker,
          strategy,
          intent: "order",
          field: "do",
          value: action.do,
          reason: `paused by ${by}: ${reason}`,
          malformed: false,
        }),
      ),
    ];
  };

  const initial = (): State => {
    const state: Omit<State, "same"> & { same: State["same"] | null } = {
      of: new Map(),
      controls: new Controls(tradingNeeds),
      closing: new Set(),
      same: null,
    };
    state.same = [state as State];
    return state as State;
  };

  return {
    name: "ensemble",
    listens: [
      { type: "signal.generated" },
      { type: "control.command" },
      { type: "trading.stopped" },
      { type: "closing.began" },
      { type: "closing.ended" },
    ],
    recalls: [
      { type: "signal.generated", last: 1, by: "strategy" },
      { type: "target.set", last: 1 },
      { type: "control.command", last: "all" },
      { type: "trading.stopped", last: "all" },
      { type: "closing.began", last: 1 },
      { type: "closing.ended", last: 1 },
    ],
    behaviour: machine<State, EnsembleMsg>({
      initial,
      receive: (state, msg, context) => {
        switch (msg.type) {
          case "signal.generated":
            return onSignal(state, msg);
          case "decide":
            return onDecide(state, msg.ticker);
          case "target.set": // only told again after a restart: what was acted on stands
            standingOf(state, msg.ticker).strength = msg.strength;
            return state.same;
          case "control.command":
          case "trading.stopped":
            return onControl(state, msg);
          case "closing.began":
            state.closing.add(msg.ticker);
            return state.same;
          case "closing.ended":
            state.closing.delete(msg.ticker);
            return state.same;
          case "wants":
            return onWants(state, msg, context);
        }
      },
      // What the last life heard and had not decided when it ended.
      started: (state) => [state, ...[...state.of.values()].map((s) => s.decide)],
    }),
  };
};
