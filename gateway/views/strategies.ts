import type { Outcome } from "../../streams/domain/portfolio.ts";
import type { StrategyConfig } from "../../streams/domain/run.ts";
import type { Signal, Target } from "../../streams/domain/signal.ts";
import type { OutcomeItem, SignalItem, StrategyItem } from "../contract/items.ts";
import { keyed, type Rec } from "./keyed.ts";
import { recent } from "./recent.ts";
import type { View } from "./view.ts";

interface StrategyRec extends Rec {
  weight: number;
  readonly enabled: boolean;
  signals: number;
  last: Signal | null;
  credit: number;
  outcomes: number;
}
export interface Strategies {
  readonly view: View;
  readonly signals: View;
  readonly learning: View;
  signal(e: Signal): void;
  target(e: Target): void;
  outcome(e: Outcome): void;
  /** The strategy that weighed most in the ticker's last target, or "ensemble". */
  behind(ticker: string): string;
}

const toItem = (r: StrategyRec): StrategyItem => ({
  name: r.key,
  weight: r.weight,
  enabled: r.enabled,
  signals: r.signals,
  lastSignal: r.last ? { seq: r.last.seq, at: r.last.tSeen, ticker: r.last.ticker, score: r.last.score } : null,
  credit: r.credit,
  outcomes: r.outcomes,
});
const signalItem = (e: Signal): SignalItem => ({
  seq: e.seq,
  at: e.tSeen,
  ticker: e.ticker,
  strategy: e.strategy,
  score: e.score,
  confidence: e.confidence,
  reason: e.reason,
  causes: [...e.causes],
});
const outcomeItem = (e: Outcome): OutcomeItem => ({
  seq: e.seq,
  at: e.tSeen,
  ticker: e.ticker,
  trade: e.trade,
  strategy: e.strategy,
  credit: e.credit,
  weight: e.weight,
});
const seqKey = (e: { readonly seq: number }): string => String(e.seq);

export const strategies = (configured: readonly StrategyConfig[]): Strategies => {
  const view = keyed<StrategyRec>(null, toItem);
  const signals = recent<Signal>(500, seqKey, signalItem);
  const learning = recent<Outcome>(500, seqKey, outcomeItem);
  const targets = new Map<string, Target>();
  const open = (name: string, weight = 1, enabled = true): StrategyRec => {
    const known = view.get(name);
    if (known) return known;
    const rec: StrategyRec = { key: name, dirty: false, weight, enabled, signals: 0, last: null, credit: 0, outcomes: 0 };
    view.add(rec);
    return rec;
  };
  for (const c of configured) open(c.name, c.weight, c.enabled);
  return {
    view,
    signals,
    learning,
    signal: (e) => {
      signals.push(e);
      const rec = open(e.strategy);
      rec.signals += 1;
      rec.last = e;
      view.touch(rec);
    },
    target: (e) => {
      targets.set(e.ticker, e);
    },
    outcome: (e) => {
      learning.push(e);
      const rec = view.get(e.strategy);
      if (!rec) return; // what no strategy stands behind is credited to the ensemble, which is none
      rec.credit += e.credit;
      rec.outcomes += 1;
      rec.weight = e.weight;
      view.touch(rec);
    },
    behind: (ticker) => {
      let top = "ensemble";
      let most = 0;
      for (const c of targets.get(ticker)?.contributions ?? []) {
        const pull = Math.abs(c.weight * c.score * c.confidence);
        if (pull > most) {
          most = pull;
          top = c.strategy;
        }
      }
      return top;
    },
  };
};
