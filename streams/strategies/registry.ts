import { ZodError } from "zod";
import type { StrategyConfig } from "../domain/run.ts";
import { channelBreakout } from "./channelBreakout.ts";
import { type BoundStrategy, bindAs, paramsOf, type Strategy } from "./define.ts";
import { idsOf, repeatedIn } from "./ids.ts";
import { limitPullback } from "./limitPullback.ts";
import { meanReversion } from "./meanReversion.ts";
import { momentum } from "./momentum.ts";
import { newsDriven } from "./newsDriven.ts";
import { rsiBracket } from "./rsiBracket.ts";
import { smaCross } from "./smaCross.ts";

/** A strategy of any parameters: they are read by its own schema when it is bound. */
export type AnyStrategy = Strategy<never> | Strategy<unknown>;
const entry = <P>(s: Strategy<P>): readonly [string, AnyStrategy] => [s.name, s as unknown as AnyStrategy];

/** The strategies that come with Tapedeck. To add one: one file, one line. */
export const STRATEGIES: ReadonlyMap<string, AnyStrategy> = new Map([
  entry(momentum),
  entry(meanReversion),
  entry(newsDriven),
  entry(smaCross),
  entry(rsiBracket),
  entry(channelBreakout),
  entry(limitPullback),
]);

/** What runs when nobody says otherwise. */
export const DEFAULT_STRATEGIES: readonly StrategyConfig[] = ["momentum", "meanReversion", "newsDriven"].map((name) => ({
  name,
  enabled: true,
  weight: 1,
  params: {},
}));

export class UnknownStrategy extends Error {
  constructor(name: string, known: readonly string[]) {
    super(`unknown strategy ${JSON.stringify(name)}; there are: ${known.join(", ")}, or a path to a .ts file of your own`);
    this.name = "UnknownStrategy";
  }
}

/** Thrown where the parameters of a strategy are not what its schema asks for. */
export class BadParameters extends Error {
  readonly strategy: string;
  readonly fault: ZodError;
  constructor(strategy: string, fault: ZodError) {
    super(`bad parameters of strategy ${strategy}: ${fault.message}`, { cause: fault });
    this.name = "BadParameters";
    this.strategy = strategy;
    this.fault = fault;
  }
}

/** A strategy of a run's list. */
export interface ListedStrategy {
  /** Its name in this run; see `idsOf`. */
  readonly id: string;
  readonly config: StrategyConfig;
  /** Null when it is turned off, or weighs nothing. */
  readonly bound: BoundStrategy | null;
}

const read = (strategy: Strategy<unknown>, raw: unknown): unknown => {
  try {
    return paramsOf(strategy, raw);
  } catch (error) {
    if (error instanceof ZodError) throw new BadParameters(strategy.name, error);
    throw error;
  }
};

/**
 * Every strategy of a list, in its order, the enabled ones bound. The parameters of one that is off are read only where they tell it from
 * another of its name. @throws UnknownStrategy, BadParameters, SameStrategyTwice.
 */
export const listAll = (
  configs: readonly StrategyConfig[],
  known: ReadonlyMap<string, AnyStrategy> = STRATEGIES,
): readonly ListedStrategy[] => {
  const repeated = repeatedIn(configs);
  const found = configs.map((config) => {
    const on = config.enabled && config.weight > 0;
    const strategy = known.get(config.name) as Strategy<unknown> | undefined;
    if (strategy === undefined) {
      if (on || repeated.has(config.name)) throw new UnknownStrategy(config.name, [...known.keys()]);
      return { name: config.name, params: config.params, config, strategy: null };
    }
    const params = on || repeated.has(config.name) ? read(strategy, config.params) : config.params;
    return { name: config.name, params, config, strategy: on ? strategy : null };
  });
  const ids = idsOf(found);
  return found.map(({ config, params, strategy }, i) => {
    const id = ids[i] as string;
    return { id, config, bound: strategy === null ? null : bindAs(id, strategy, params, config.weight) };
  });
};

/** The enabled strategies of a list. @throws as `listAll`. */
export const bindAll = (
  configs: readonly StrategyConfig[],
  known: ReadonlyMap<string, AnyStrategy> = STRATEGIES,
): readonly BoundStrategy[] => listAll(configs, known).flatMap(({ bound }) => bound ?? []);
