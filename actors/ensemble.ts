import type { RunConfig } from "../streams/domain/run.ts";
import { type Signal, type Target, target } from "../streams/domain/signal.ts";
import type { Ticker } from "../streams/domain/units.ts";
import { combine, contributions, nextStrength, type StandingView } from "../streams/ensemble/combine.ts";
import { type ActorSpec, emit, machine, type Step, tell } from "./actor.ts";
import type { PortfolioMsg } from "./portfolio.ts";
import { PATHS } from "./topology.ts";
import type { Wants } from "./wants.ts";

export type EnsembleMsg = Signal | Target | Wants;

interface Standing {
  readonly views: StandingView[];
  strength: number;
}
type State = Map<Ticker, Standing>;

const standingOf = (state: State, ticker: Ticker): Standing => {
  let s = state.get(ticker);
  if (!s) {
    s = { views: [], strength: 0 };
    state.set(ticker, s);
  }
  return s;
};

const keep = (standing: Standing, view: StandingView): void => {
  const at = standing.views.findIndex((v) => v.strategy === view.strategy);
  if (at >= 0) standing.views[at] = view;
  else standing.views.push(view);
};

/** Weighs the strategies' standing views of a ticker into one target; strategies with orders of their own pass through it. */
export const ensembleActor = (config: RunConfig, weights: ReadonlyMap<string, number>): ActorSpec => {
  const maxWeight = config.sizing.by === "weight" ? config.sizing.maxWeight : 1;

  const onSignal = (state: State, s: Signal): Step<State> => {
    if (!weights.has(s.strategy)) return [state];
    const standing = standingOf(state, s.ticker);
    keep(standing, { strategy: s.strategy, signal: s.seq, score: s.score, confidence: s.confidence });
    const strength = nextStrength(combine(standing.views, weights), standing.strength, config.ensemble);
    if (strength === null) return [state];
    standing.strength = strength;
    const weighed = contributions(standing.views, weights);
    return [state, emit(target({ ticker: s.ticker, strength, weight: strength * maxWeight, contributions: weighed }))];
  };

  return {
    name: "ensemble",
    listens: [{ type: "signal.generated" }],
    recalls: [
      { type: "signal.generated", last: 4 * weights.size },
      { type: "target.set", last: 1 },
    ],
    behaviour: machine<State, EnsembleMsg>({
      initial: () => new Map(),
      receive: (state, msg, context) => {
        switch (msg.type) {
          case "signal.generated":
            return onSignal(state, msg);
          case "target.set": // only told again after a restart: what was acted on stands
            standingOf(state, msg.ticker).strength = msg.strength;
            return [state];
          case "wants":
            return weights.get(msg.strategy) ? [state, tell(context.ref<PortfolioMsg>(PATHS.portfolio), msg)] : [state];
        }
      },
    }),
  };
};
