import { resolve } from "node:path";
import { bookNamed } from "../actors/orderIds.ts";
import { nearest } from "../streams/domain/nearest.ts";
import { RunConfig, type StrategyConfig } from "../streams/domain/run.ts";
import type { BoundStrategy } from "../streams/strategies/define.ts";
import { SameStrategyTwice } from "../streams/strategies/ids.ts";
import {
  type AnyStrategy,
  BadParameters,
  DEFAULT_STRATEGIES,
  type ListedStrategy,
  listAll,
  STRATEGIES,
} from "../streams/strategies/registry.ts";
import { hashOf } from "./adapters/system/digest.ts";
import { CORE_RULES } from "./core/tradingCore.ts";
import { BadInput, faultsOf, lineOf, RunFailed } from "./failures.ts";
import { isStrategyFile, loadStrategyFile } from "./strategyFile.ts";
import { attributing } from "./strategyGuard.ts";

/** Everything about a run but its tape. */
export interface RunSetup {
  readonly config: RunConfig;
  /** The strategies of the config, those that are off too, each by the id that it has in the run. */
  readonly listed: readonly StrategyConfig[];
  readonly strategies: readonly BoundStrategy[];
  /** Of the config, the code of strategies read from files, and the rules of the core. */
  readonly configHash: string;
}

/** Where a strategy's file lies decides nothing; its code does. */
const withoutPaths = (config: RunConfig): RunConfig => ({
  ...config,
  strategies: config.strategies.map(({ file: _file, ...rest }) => rest),
});

const unknownStrategy = (name: string, known: readonly string[]): string => {
  const meant = nearest(name, known);
  return `unknown strategy ${JSON.stringify(name)}${meant ? `, did you mean ${meant}?` : ";"} There are: ${known.join(", ")}, or a path to a .ts file of your own`;
};

/** @throws BadInput naming the strategy and what is wrong with it. */
const listed = (configs: readonly StrategyConfig[], known: ReadonlyMap<string, AnyStrategy>): readonly ListedStrategy[] => {
  try {
    return listAll(configs, known);
  } catch (error) {
    if (error instanceof BadParameters)
      throw new BadInput(`bad parameters of strategy ${error.strategy}: ${faultsOf(error.fault)}`);
    if (error instanceof SameStrategyTwice) throw new BadInput(error.message);
    throw new RunFailed(
      `a strategy of ${configs.map((s) => s.file ?? s.name).join(", ")} failed before the run: ${lineOf(error)}`,
    );
  }
};

/** What it does is attributed to its file. */
const ofFile = (file: string, bound: BoundStrategy): BoundStrategy => ({
  ...bound,
  start: (inputs) => attributing({ file, strategy: bound.name }, inputs, bound.start),
});

/** Each strategy with orders keeps its shares in a book of its own. @throws BadInput when the short names of two are the same. */
const checkBooks = (strategies: readonly BoundStrategy[]): void => {
  const books = new Map<string, string>();
  for (const { name, kind } of strategies) {
    if (kind !== "orders") continue;
    const other = books.get(bookNamed(name));
    if (other !== undefined)
      throw new BadInput(`strategies ${other} and ${name} would share the book ${bookNamed(name)}; rename one of them`);
    books.set(bookNamed(name), name);
  }
};

/** Strategies by name, those of people's own files too, and the hashes of their code. */
class Known {
  readonly byName = new Map<string, AnyStrategy>(STRATEGIES);
  readonly code: Record<string, string> = {};
  readonly #names = new Map<string, string>();

  /** The name of the strategy in a file, which may be listed more than once. @throws BadInput */
  async named(file: string): Promise<string> {
    const path = resolve(file);
    const before = this.#names.get(path);
    if (before !== undefined) return before;
    const { strategy, hash } = await loadStrategyFile(file);
    const { name } = strategy;
    if (this.byName.has(name) && this.code[name] !== hash)
      throw new BadInput(`strategy file ${file} is named ${name}, as another strategy is; give it a name of its own`);
    this.byName.set(name, strategy);
    this.code[name] = hash;
    this.#names.set(path, name);
    return name;
  }
}

/** The enabled strategies of a config, files of people's own read and bound. @throws BadInput naming the strategy and the parameter at fault. */
export const setUp = async (config: RunConfig): Promise<RunSetup> => {
  const known = new Known();
  const named: StrategyConfig[] = [];
  for (const s of config.strategies.length > 0 ? config.strategies : DEFAULT_STRATEGIES) {
    const file = s.file ?? (isStrategyFile(s.name) ? s.name : undefined);
    named.push(file === undefined ? s : { ...s, name: await known.named(file), file: resolve(file) });
  }
  for (const { name } of named) if (!known.byName.has(name)) throw new BadInput(unknownStrategy(name, [...known.byName.keys()]));
  const complete: RunConfig = { ...config, strategies: named };
  const all = listed(named, known.byName);
  const strategies = all.flatMap(({ bound, config: { file } }) =>
    bound === null ? [] : file === undefined ? bound : ofFile(file, bound),
  );
  checkBooks(strategies);
  return {
    config: complete,
    listed: all.map(({ id, config: s }) => ({ ...s, name: id })),
    strategies,
    configHash: hashOf({ config: RunConfig.encode(withoutPaths(complete)), code: known.code, rules: CORE_RULES }),
  };
};

/** A short id that follows from what the run is: the same tape, config and seed are the same run. */
export const runIdOf = (prefix: string, parts: readonly unknown[]): string => `${prefix}${hashOf(parts).slice(0, 10)}`;
