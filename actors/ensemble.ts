import type { ControlCommand } from "../streams/domain/control.ts";
import { likeOf, type TradingStopped } from "../streams/domain/limits.ts";
import type { RunConfig } from "../streams/domain/run.ts";
import { type Signal, type Target, target } from "../streams/domain/signal.ts";
import type { Ticker } from "../streams/domain/units.ts";
import { combine, contributions, nextStrength, type StandingView } from "../streams/ensemble/combine.ts";
import { type ActorSpec, atMomentEnd, type Effect, emit, machine, type Step, tell } from "./actor.ts";
import type { PortfolioMsg } from "./portfolio.ts";
import { PATHS, TURNS } from "./topology.ts";
import type { Wants } from "./wants.ts";

export type EnsembleMsg = Signal | Target | Wants | ControlCommand | TradingStopped | Decide;

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

const keep = (standing: Standing, view: StandingView): void => {
  const at = standing.views.findIndex((v) => v.strategy === view.strategy);
  if (at >= 0) standing.views[at] = view;
  else standing.views.push(view);
};

/** After a close only a newer view may open the ticker again: those that stood are void. */
const onControl = (state: State, e: ControlCommand | TradingStopped): Step<State> => {
  const does = e.type === "trading.stopped" ? likeOf(e) : e.command.do;
  if (does === "kill" || does === "closeAll") state.of.clear();
  else if (e.type === "control.command" && e.command.do === "close") state.of.delete(e.command.ticker);
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

  const initial = (): State => {
    const state: { of: State["of"]; same: State["same"] | null } = { of: new Map(), same: null };
    state.same = [state as State];
    return state as State;
  };

  return {
    name: "ensemble",
    listens: [{ type: "signal.generated" }, { type: "control.command" }, { type: "trading.stopped" }],
    recalls: [
      { type: "signal.generated", last: 1, by: "strategy" },
      { type: "target.set", last: 1 },
      { type: "control.command", last: "all" },
      { type: "trading.stopped", last: "all" },
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
          case "wants":
            return weights.get(msg.strategy) ? [state, tell(context.ref<PortfolioMsg>(PATHS.portfolio), msg)] : state.same;
        }
      },
      // What the last life heard and had not decided when it ended.
      started: (state) => [state, ...[...state.of.values()].map((s) => s.decide)],
    }),
  };
};
