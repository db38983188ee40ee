import type { StrategyConfig } from "../domain/run.ts";
import { channelBreakout } from "./channelBreakout.ts";
import { type BoundStrategy, bind, type Strategy } from "./define.ts";
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

/** The enabled strategies with their parameters read. @throws UnknownStrategy, ZodError. */
export const bindAll = (
  configs: readonly StrategyConfig[],
  known: ReadonlyMap<string, AnyStrategy> = STRATEGIES,
): readonly BoundStrategy[] =>
  configs
    .filter((c) => c.enabled && c.weight > 0)
    .map((c) => {
      const strategy = known.get(c.name);
      if (!strategy) throw new UnknownStrategy(c.name, [...known.keys()]);
      return bind(strategy as Strategy<unknown>, c.params, c.weight);
    });
