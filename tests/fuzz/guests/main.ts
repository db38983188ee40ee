import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { tapeInfo } from "../../../runtime/adapters/tape/info.ts";
import type { BacktestReport } from "../../../runtime/backtests/report.ts";
import { type ReadyBacktest, runBacktest } from "../../../runtime/backtests/runBacktest.ts";
import { setUp } from "../../../runtime/runSetup.ts";
import { loadStrategyFile } from "../../../runtime/strategyFile.ts";
import { attributing } from "../../../runtime/strategyGuard.ts";
import { RunConfig } from "../../../streams/domain/run.ts";
import { type BoundStrategy, bindAs, type Strategy } from "../../../streams/strategies/define.ts";
import { writeGeneratedTape } from "../../support/generatedTape.ts";
import { Chance } from "../chance.ts";
import { BEHAVIOURS, strategyText } from "./behaviours.ts";

const DEFAULT_COUNT = 2_000;
const NAME = "guest";
const ENTRIES = 60;
const BARS = 15;
const TOLD = 10;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

interface Drawn {
  readonly kinds: readonly string[];
  /** Number of the bar at which it happens. */
  readonly at: number;
}

/** Each kind comes alone first; then they are mixed. */
const draw = (seed: number): Drawn => {
  const chance = new Chance(seed);
  const all = Object.keys(BEHAVIOURS);
  const first = seed < all.length ? (all[seed] as string) : chance.pick(all);
  const more = seed < all.length ? 0 : chance.below(4);
  return { kinds: [first, ...Array.from({ length: more }, () => chance.pick(all))], at: chance.below(BARS - 5) + 1 };
};

/** What is wrong with a run of a strategy; null: nothing. */
const faultOf = ({ kinds }: Drawn, first: BacktestReport, second: BacktestReport): string | null => {
  const fails = kinds.filter((kind) => BEHAVIOURS[kind]?.fails);
  if (first.decisions_hash !== second.decisions_hash) return "two runs decided otherwise";
  if (fails.length > 0 && first.failures.length === 0) return `failed silently: ${fails.join(", ")}`;
  if (fails.length === 0 && first.failures.length > 0) return `was said to fail: ${first.failures[0]?.message}`;
  const stray = first.failures.find((f) => f.strategy !== NAME || f.ticker === null);
  return stray === undefined ? null : `its failure is told of ${stray.path}: ${stray.message}`;
};

export const main = async (args: readonly string[]): Promise<number> => {
  const { values } = parseArgs({ args: [...args], options: { count: { type: "string" }, seed: { type: "string" } } });
  const folder = mkdtempSync(join(tmpdir(), "tapedeck-guests-"));
  const tape = join(folder, "g.tape");
  const file = join(folder, `${NAME}.ts`);
  writeGeneratedTape(tape, { seed: 7, tickers: ["AAPL", "MSFT"] as never, newsPerDay: 0, start: "2025-02-03" }, ENTRIES);
  writeFileSync(file, strategyText(NAME));
  const { strategy } = await loadStrategyFile(file);
  const config = RunConfig.parse({ strategies: [{ name: "momentum" }], sizing: { by: "shares", shares: 10 } });
  const setup = await setUp(config);
  const info = tapeInfo(tape);
  const bound = (drawn: Drawn): BoundStrategy => {
    const one = bindAs(NAME, strategy as unknown as Strategy<Drawn>, drawn, 1);
    return { ...one, start: (inputs) => attributing({ file, strategy: NAME }, inputs, one.start) };
  };
  const play = (drawn: Drawn): Promise<BacktestReport> => {
    const ready: ReadyBacktest = { tape, id: "g", info, notes: [], setup: { ...setup, strategies: [bound(drawn)] } };
    return runBacktest(ready);
  };
  const seeds =
    values.seed === undefined
      ? Array.from({ length: Number(values.count ?? DEFAULT_COUNT) }, (_, i) => i)
      : [Number(values.seed)];
  const reached = new Map<string, number>();
  let failed = 0;
  for (const seed of seeds) {
    const drawn = draw(seed);
    for (const kind of drawn.kinds) reached.set(kind, (reached.get(kind) ?? 0) + 1);
    const fault = await Promise.all([play(drawn).then((first) => play(drawn).then((second) => faultOf(drawn, first, second)))])
      .then(([one]) => one ?? null)
      .catch((error: Error) => `threw: ${error.message}`);
    if (fault === null) continue;
    failed += 1;
    if (failed <= TOLD) say(`seed ${seed}: ${drawn.kinds.join(", ")} at bar ${drawn.at}: ${fault}`);
  }
  rmSync(folder, { recursive: true, force: true });
  for (const kind of Object.keys(BEHAVIOURS)) say(`${kind.padEnd(20)} ${String(reached.get(kind) ?? 0).padStart(6)}`);
  const missed = values.seed === undefined ? Object.keys(BEHAVIOURS).filter((kind) => !reached.has(kind)) : [];
  if (missed.length > 0) say(`not reached: ${missed.join(", ")}`);
  say(`\n${seeds.length - failed} passed, ${failed + missed.length} failed`);
  return failed + missed.length > 0 ? 1 : 0;
};
