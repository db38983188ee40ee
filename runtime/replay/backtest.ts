import type { ActorSpec } from "../../actors/actor.ts";
import type { Scorer } from "../../actors/ports/scorer.ts";
import type { Lifecycle } from "../../actors/ports/supervisor.ts";
import type { TapeReader } from "../../actors/ports/tape.ts";
import type { Trade } from "../../streams/domain/portfolio.ts";
import type { RunConfig } from "../../streams/domain/run.ts";
import { toFloat } from "../../streams/domain/units.ts";
import type { Series } from "../../streams/metrics/series.ts";
import { computeStats, type Stats } from "../../streams/metrics/stats.ts";
import type { Digest } from "../core/decisions.ts";
import { tradingCore } from "../core/tradingCore.ts";
import { TapeSource } from "./player.ts";

export interface BacktestOptions {
  readonly tape: TapeReader;
  readonly config: RunConfig;
  readonly tree: ActorSpec;
  readonly scorer: Scorer;
  /** Makes a fresh sha256. */
  readonly digest: () => Digest;
  /** Called now and then with the inputs played so far. */
  readonly progress?: (inputs: number) => void;
  readonly lifecycle?: (e: Lifecycle) => void;
}

/** What a backtest did. Times epoch ms, equity in USD. */
export interface BacktestResult {
  readonly decisionsHash: string;
  /** By the rules of version 1 of the hash: for one release. */
  readonly decisionsHash1: string;
  readonly stats: Stats;
  readonly trades: readonly Trade[];
  readonly equity: Series;
  readonly bars: number;
  readonly events: number;
}

/** A run that gave up: a supervisor met more crashes than it may. */
class RunGaveUp extends Error {
  constructor(path: string, error: string) {
    super(`${path} gave up: ${error}`);
    this.name = "RunGaveUp";
  }
}

/**
 * Plays a tape through the production actors, as fast as it goes. Same tape, same config, same result, on any machine.
 * @throws RunGaveUp when the root supervisor gives up.
 */
export const backtest = (options: BacktestOptions): BacktestResult => {
  const failure: { error: RunGaveUp | null } = { error: null };
  const core = tradingCore({
    config: options.config,
    tree: options.tree,
    scorer: options.scorer,
    digest: options.digest,
    escalated: (path, error) => {
      failure.error = new RunGaveUp(path, error);
    },
    ...(options.lifecycle ? { lifecycle: options.lifecycle } : {}),
  });
  const source = new TapeSource(options.tape);
  let inputs = 0;
  for (let batch = source.next(); batch !== null; batch = source.next()) {
    core.feed(batch);
    if (failure.error) throw failure.error;
    inputs += batch.length;
    options.progress?.(inputs);
  }
  const { collector } = core;
  const equity = collector.equity();
  return {
    decisionsHash: core.hash.hex(),
    decisionsHash1: core.hash.hex1(),
    stats: computeStats({
      equity,
      trades: collector.trades,
      bars: collector.bars,
      barsInMarket: collector.barsInMarket,
      tradedUsd: collector.ledger.tradedUsd,
      commissionsUsd: toFloat(collector.ledger.commissions),
      slippageUsd: collector.slippageUsd,
    }),
    trades: collector.trades,
    equity,
    bars: collector.bars,
    events: core.door.tail,
  };
};
