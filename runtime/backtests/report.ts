import { Trade } from "../../streams/domain/portfolio.ts";
import { DECISIONS_HASH_VERSION } from "../core/decisions.ts";
import type { BacktestResult } from "../replay/backtest.ts";
import type { RunSetup } from "../runSetup.ts";
import { VERSION } from "../version.ts";
import type { Failure } from "./failures.ts";

/** Points of the equity curve that are printed; a longer curve is thinned evenly. The statistics use every mark. */
const MOST_POINTS = 20_000;

const thinned = ({ ts, value }: BacktestResult["equity"]): [number, number][] => {
  const step = Math.max(1, Math.ceil(ts.length / MOST_POINTS));
  const points: [number, number][] = [];
  for (let i = 0; i < ts.length; i += step) points.push([ts[i] as number, value[i] as number]);
  const last = ts.length - 1;
  if (last >= 0 && last % step !== 0) points.push([ts[last] as number, value[last] as number]);
  return points;
};

/** What `--json` prints. */
export const reportOf = (
  setup: RunSetup,
  id: string,
  tapeHash: string,
  result: BacktestResult,
  seconds: number,
  failures: readonly Failure[],
) => ({
  run: { id, tape_hash: tapeHash, config_hash: setup.configHash, seed: setup.config.seed, version: VERSION },
  decisions_hash: result.decisionsHash,
  decisions_hash_version: DECISIONS_HASH_VERSION,
  /** The hash as the release before made it, with the ids of orders; not in the next release. */
  decisions_hash_v1: result.decisionsHash1,
  stats: result.stats,
  trades: result.trades.map((t) => Trade.encode(t)),
  equity: thinned(result.equity),
  /** What broke; not empty: the backtest has failed. */
  failures: failures.map(({ at, ...f }) => ({ ...f, bar: new Date(at).toISOString() })),
  throughput: {
    events: result.events,
    bars: result.bars,
    seconds,
    bars_per_second: seconds > 0 ? Math.round(result.bars / seconds) : null,
  },
});
export type BacktestReport = ReturnType<typeof reportOf>;
