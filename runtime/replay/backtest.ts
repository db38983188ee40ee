import type { ActorSpec } from "../../actors/actor.ts";
import type { PureScorer, ScoreRequest, ScorerPort } from "../../actors/ports/scorer.ts";
import type { Lifecycle } from "../../actors/ports/supervisor.ts";
import type { Answers, TapeHeader, TapeReader } from "../../actors/ports/tape.ts";
import { PORTS } from "../../actors/topology.ts";
import type { EventOf, InputEvent } from "../../streams/domain/event.ts";
import type { Trade } from "../../streams/domain/portfolio.ts";
import type { RunConfig } from "../../streams/domain/run.ts";
import { toFloat } from "../../streams/domain/units.ts";
import type { Series } from "../../streams/metrics/series.ts";
import { computeStats, type Stats } from "../../streams/metrics/stats.ts";
import type { Digest } from "../core/decisions.ts";
import { AwaitedScores, type Patience } from "../core/scoring.ts";
import { type Surroundings, type TradingCore, tradingCore } from "../core/tradingCore.ts";
import { simulated } from "../core/venue.ts";
import type { Performer } from "../kernel/door.ts";
import { inputsOnly, isRecorded, TapeSource } from "./player.ts";

export interface BacktestOptions {
  readonly tape: TapeReader;
  readonly config: RunConfig;
  /** Made with `answersOf(scorer, tape.header)`: its sentiment actor has to know whether scores may fail. */
  readonly tree: ActorSpec;
  /** A scorer outside is waited for: the tape goes on when the answers are there. */
  readonly scorer: ScorerPort;
  /** Scores headlines that a scorer outside failed at. */
  readonly fallback: PureScorer;
  /** Of a scorer outside. */
  readonly patience?: Patience;
  /** Makes a fresh sha256. */
  readonly digest: () => Digest;
  /** Called now and then with the inputs played so far. */
  readonly progress?: (inputs: number) => void;
  /** Called with the core's time after each batch. */
  readonly played?: (at: number) => void;
  readonly lifecycle?: (e: Lifecycle) => void;
}

/** What a backtest did. Times epoch ms, equity in USD. */
export interface BacktestResult {
  readonly decisionsHash: string;
  /** By the rules of version 1 of the hash: for one release. */
  readonly decisionsHash1: string | null;
  readonly stats: Stats;
  readonly trades: readonly Trade[];
  readonly equity: Series;
  readonly bars: number;
  readonly events: number;
  /** Views and orders of strategies that could not be taken, each kind once with its count. */
  readonly refused: readonly { readonly event: EventOf<"intent.refused">; readonly times: number }[];
}

/** A run that gave up: a supervisor met more crashes than it may. */
class RunGaveUp extends Error {
  constructor(path: string, error: string) {
    super(`${path} gave up: ${error}`);
    this.name = "RunGaveUp";
  }
}

/** Which ports of a backtest are outside, for its tree. */
export const answersOf = (scorer: ScorerPort, header: TapeHeader): Answers =>
  scorer.answers === "recorded" ? { [PORTS.scorer]: "recorded" } : inputsOnly(header.answers);

/** The scores are on the tape: nobody is asked. */
const scoredOnTape = ({ tape }: BacktestOptions): boolean => isRecorded(inputsOnly(tape.header.answers), PORTS.scorer);

const awaited = (options: BacktestOptions): AwaitedScores | null => {
  const { scorer, patience } = options;
  if (scorer.answers === "again" || scoredOnTape(options)) return null;
  if (patience === undefined) throw new TypeError("a scorer outside needs patience");
  return new AwaitedScores(scorer.scorer, patience);
};

const around = (options: BacktestOptions, scores: AwaitedScores | null): Surroundings => {
  const { config, scorer, fallback } = options;
  const all = simulated(config, scorer.answers === "again" ? scorer.scorer : fallback);
  if (scores === null && !scoredOnTape(options)) return all;
  const ask: Performer = { perform: (request, now) => scores?.ask((request as ScoreRequest).news, now) };
  return { ...all, performers: { ...all.performers, [PORTS.scorer]: ask } };
};

/** Groups of one `tSeen`. */
function* moments(batch: readonly InputEvent[]): Iterable<readonly InputEvent[]> {
  for (let from = 0; from < batch.length; ) {
    let to = from + 1;
    while (to < batch.length && batch[to]?.tSeen === batch[from]?.tSeen) to++;
    yield batch.slice(from, to);
    from = to;
  }
}

/** What a moment led to is answered before the next one begins. */
const playMoment = async (core: TradingCore, moment: readonly InputEvent[], scores: AwaitedScores): Promise<void> => {
  core.feed(moment);
  while (scores.inFlight > 0) core.feed(await scores.answers());
};

/**
 * Plays a tape through the production actors, as fast as it goes. Same tape, same config, same result, on any machine.
 * @throws RunGaveUp when the root supervisor gives up.
 */
export const backtest = async (options: BacktestOptions): Promise<BacktestResult> => {
  const scores = awaited(options);
  const failure: { error: RunGaveUp | null } = { error: null };
  const core = tradingCore({
    ...around(options, scores),
    bothHashes: true,
    config: options.config,
    tree: options.tree,
    digest: options.digest,
    escalated: (path, error) => {
      failure.error = new RunGaveUp(path, error);
    },
    ...(options.lifecycle ? { lifecycle: options.lifecycle } : {}),
  });
  const source = new TapeSource(options.tape, inputsOnly(options.tape.header.answers));
  let inputs = 0;
  for (let batch = source.next(); batch !== null; batch = source.next()) {
    if (scores === null) core.feed(batch);
    else for (const moment of moments(batch)) await playMoment(core, moment, scores);
    if (failure.error) throw failure.error;
    inputs += batch.length;
    options.progress?.(inputs);
    options.played?.(core.door.kernel.now());
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
    refused: [...collector.refused.values()],
  };
};
