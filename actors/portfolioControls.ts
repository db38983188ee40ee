import type { ControlCommand } from "../streams/domain/control.ts";
import { likeOf, type TradingStopped } from "../streams/domain/limits.ts";
import type { Ticker } from "../streams/domain/units.ts";
import type { Step } from "./actor.ts";
import { ownedOf } from "./closedTickers.ts";
import { begun, resumed, type State, soon } from "./portfolioState.ts";

/** What a control does to the portfolio. A repeat changes nothing, but that it may reach further. */
export const onControl = (state: State, e: ControlCommand | TradingStopped): Step<State> => {
  const { controls } = state;
  const does = e.type === "trading.stopped" ? likeOf(e) : e.command.do;
  const before = new Map(controls.closing);
  const isRepeat = does === "kill" && controls.killed !== null;
  const touched = new Set([...ownedOf(state.ledger, true), ...state.working.byTicker.keys()]);
  controls.note(e, state.live ? touched : []);
  switch (does) {
    case "kill":
    case "close":
    case "closeAll":
      break;
    case "actor":
    case "resume":
    case "unkill":
      return [state, ...resumed(state)];
    default:
      return [state];
  }
  const one = e.type === "control.command" && e.command.do === "close" ? e.command.ticker : null;
  state.closed.press(e, one, state.serials, state.live);
  const meant = one === null ? new Set([...state.targets.keys(), ...state.waiting, ...state.tries.keys()]) : [one];
  if (!isRepeat) for (const ticker of meant) if (!before.has(ticker)) forget(state, ticker);
  if (!state.live) return [state];
  const began = [...controls.closing]
    .filter(([ticker, now]) => before.get(ticker) !== now)
    .map(([ticker, pressed]) => begun(ticker, pressed));
  return [state, ...began, ...soon(state)];
};

/** What was wanted of a ticker before it is closed. */
const forget = (state: State, ticker: Ticker): void => {
  state.targets.delete(ticker);
  state.denied.delete(ticker);
  state.turning.delete(ticker);
  state.unmet.delete(ticker);
  state.waiting.delete(ticker);
  state.tries.delete(ticker);
};
