import type { ScorerPort } from "../../actors/ports/scorer.ts";
import { PATHS } from "../../actors/topology.ts";
import type { RunConfig } from "../../streams/domain/run.ts";
import { stopwatch } from "../adapters/system/clock.ts";
import { sha256 } from "../adapters/system/digest.ts";
import { type TapeInfo, tapeInfo } from "../adapters/tape/info.ts";
import { openTape } from "../adapters/tape/reader.ts";
import { lineOf } from "../failures.ts";
import { answersOf, backtest } from "../replay/backtest.ts";
import { type RunSetup, runIdOf, setUp } from "../runSetup.ts";
import { pureScorer } from "../scorer.ts";
import { hearStrategyFaults } from "../strategyFaults.ts";
import { tapeNotes } from "../tapeNotes.ts";
import { deckTree } from "../tree.ts";
import { Failures } from "./failures.ts";
import { type BacktestReport, reportOf } from "./report.ts";

/** A backtest that may begin: its tape was read, its strategies are bound. */
export interface ReadyBacktest {
  readonly tape: string;
  readonly id: string;
  readonly setup: RunSetup;
  readonly info: TapeInfo;
  /** What a person should know of the tape before. */
  readonly notes: readonly string[];
}

/** What somebody else said the backtest is. */
export interface Asked {
  readonly tapeHash: string;
  readonly configHash: string;
}

/** This machine has another tape, or other strategy code, than was asked for. */
export class NotAsAsked extends Error {
  constructor(message: string) {
    super(message);
    this.name = "NotAsAsked";
  }
}

const check = (tape: string, found: Asked, asked: Asked): void => {
  if (found.tapeHash !== asked.tapeHash)
    throw new NotAsAsked(`${tape} has hash ${found.tapeHash.slice(0, 16)}, asked for is ${asked.tapeHash.slice(0, 16)}`);
  if (found.configHash !== asked.configHash)
    throw new NotAsAsked("the code of its strategies, or what the settings mean, differs from where it was asked for");
};

/** @throws BadInput, TapeUnreadable; NotAsAsked when it comes to something else than `asked`. */
export const readyBacktest = async (tape: string, config: RunConfig, asked?: Asked): Promise<ReadyBacktest> => {
  const setup = await setUp(config);
  const info = tapeInfo(tape);
  if (asked !== undefined) check(tape, { tapeHash: info.hash, configHash: setup.configHash }, asked);
  const notes = tapeNotes(tape, info, setup.config.universe);
  return { tape, setup, info, notes, id: runIdOf("b", [info.hash, setup.configHash, setup.config.seed]) };
};

/** Promises and timers that strategies left behind have failed by then, if they were going to. */
const settled = (): Promise<void> => new Promise((resolve) => void setImmediate(() => setTimeout(resolve, AFTER_TIMERS_MS)));
const AFTER_TIMERS_MS = 2;

const filesOf = ({ listed }: RunSetup): ReadonlyMap<string, string> =>
  new Map(listed.flatMap(({ name, file }) => (file === undefined ? [] : [[name, file] as const])));

/** Plays it, as fast as it goes. `progress` is told of the inputs played so far. */
export const runBacktest = async (
  ready: ReadyBacktest,
  progress: (inputs: number) => void = () => {},
): Promise<BacktestReport> => {
  const { tape, id, setup, info } = ready;
  const watch = stopwatch();
  const begun = watch();
  const reader = openTape(tape);
  const scorer: ScorerPort = { answers: "again", scorer: pureScorer() };
  const failures = new Failures(filesOf(setup));
  let now = 0;
  const quiet = hearStrategyFaults(({ who, error }) =>
    failures.add(`${PATHS.tickers}/${who.ticker}/${who.strategy}`, now, `outside of its turn: ${lineOf(error)}`),
  );
  const result = await backtest({
    tape: reader,
    config: setup.config,
    tree: deckTree(setup.config, id, setup.strategies, answersOf(scorer, reader.header)),
    scorer,
    fallback: scorer.scorer,
    digest: sha256,
    progress,
    played: (at) => {
      now = at;
    },
    lifecycle: (e) => failures.note(e),
  });
  const seconds = (watch() - begun) / 1e6;
  await settled();
  quiet();
  for (const refused of result.refused) failures.refused(refused);
  return reportOf(setup, id, info.hash, result, seconds, failures.all());
};
