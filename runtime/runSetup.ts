import { resolve } from "node:path";
import { ZodError } from "zod";
import { RunConfig, type StrategyConfig } from "../streams/domain/run.ts";
import type { BoundStrategy } from "../streams/strategies/define.ts";
import { type AnyStrategy, bindAll, DEFAULT_STRATEGIES, STRATEGIES } from "../streams/strategies/registry.ts";
import { hashOf } from "./adapters/system/digest.ts";
import { CORE_RULES } from "./core/tradingCore.ts";
import { BadInput, faultsOf } from "./failures.ts";
import { nearest } from "./nearest.ts";
import { isStrategyFile, loadStrategyFile } from "./strategyFile.ts";

/** Everything about a run but its tape. */
export interface RunSetup {
  readonly config: RunConfig;
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

const boundAs = (s: StrategyConfig, known: ReadonlyMap<string, AnyStrategy>): readonly BoundStrategy[] => {
  try {
    return bindAll([s], known);
  } catch (error) {
    if (error instanceof ZodError) throw new BadInput(`bad parameters of strategy ${s.name}: ${faultsOf(error)}`);
    throw error;
  }
};

/** The enabled strategies of a config, files of people's own read and bound. @throws BadInput naming the strategy and the parameter at fault. */
export const setUp = async (config: RunConfig): Promise<RunSetup> => {
  const known = new Map<string, AnyStrategy>(STRATEGIES);
  const code: Record<string, string> = {};
  const named: StrategyConfig[] = [];
  for (const s of config.strategies.length > 0 ? config.strategies : DEFAULT_STRATEGIES) {
    const file = s.file ?? (isStrategyFile(s.name) ? s.name : undefined);
    if (file === undefined) {
      named.push(s);
      continue;
    }
    const { strategy, hash } = await loadStrategyFile(file);
    if (known.has(strategy.name))
      throw new BadInput(`strategy file ${file} is named ${strategy.name}, as another strategy is; give it a name of its own`);
    known.set(strategy.name, strategy);
    code[strategy.name] = hash;
    named.push({ ...s, name: strategy.name, file: resolve(file) });
  }
  for (const { name } of named) if (!known.has(name)) throw new BadInput(unknownStrategy(name, [...known.keys()]));
  const complete: RunConfig = { ...config, strategies: named };
  return {
    config: complete,
    strategies: named.flatMap((s) => boundAs(s, known)),
    configHash: hashOf({ config: RunConfig.encode(withoutPaths(complete)), code, rules: CORE_RULES }),
  };
};

/** A short id that follows from what the run is: the same tape, config and seed are the same run. */
export const runIdOf = (prefix: string, parts: readonly unknown[]): string => `${prefix}${hashOf(parts).slice(0, 10)}`;
