import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { z } from "zod";
import { RunConfig } from "../../streams/domain/run.ts";
import { namingKeys } from "../../streams/domain/unknownKeys.ts";
import { BadInput, faultsOf } from "../failures.ts";

/** What the commands that run strategies have in common. */
export interface RunFlags {
  readonly config?: string;
  readonly strategy?: readonly string[];
  readonly params?: string;
  readonly cash?: string;
  readonly commission?: string;
  readonly slippage?: string;
  readonly volumeShare?: string;
  readonly fill?: string;
  readonly seed?: string;
}

const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

export const addRunOptions = (command: Command): Command =>
  command
    .option(
      "--config <file>",
      "a JSON file with any of: strategies, ensemble, sizing, risk, costs, cash, seed, fill, volumeShare, tickSize, universe",
    )
    .option("--strategy <name|file.ts>", "a strategy to run, instead of the configured ones (repeatable)", collect)
    .option(
      "--params <json>",
      'parameters: of the one strategy, or by name: \'{"momentum":{"lookback":10}}\'; a list of sets for one given more than once',
    )
    .option("--cash <usd>", "money to begin with (default 100000)")
    .option("--commission <fraction>", "of price × shares, at entry and exit (default 0)")
    .option("--slippage <fraction>", "of the price, against us, on market and stop fills (default 0.0002)")
    .option("--volume-share <fraction>", "of a bar's volume, that our orders in it may fill (default 0.1)")
    .option("--fill <model>", "how orders fill within a bar: path, or backtesting.py for comparison with it (default path)")
    .option("--seed <n>", "for whatever is drawn by chance (default 1)");

const json = (what: string, text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new BadInput(`${what} is not JSON: ${(error as Error).message}`);
  }
};

const Objects = z.record(z.string(), z.unknown());

const object = (what: string, text: string): Readonly<Record<string, unknown>> => {
  const parsed = Objects.safeParse(json(what, text));
  if (!parsed.success) throw new BadInput(`${what} is no JSON object; write {"key": value, …}`);
  return parsed.data;
};

const read = (file: string): Readonly<Record<string, unknown>> => {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new BadInput(`config file ${file} cannot be read: ${(error as Error).message}`);
  }
  return object(`config file ${file}`, text);
};

const number = (flag: string, text: string): number => {
  const n = Number(text);
  if (text.trim() === "" || !Number.isFinite(n)) throw new BadInput(`${flag} takes a number, not ${JSON.stringify(text)}`);
  return n;
};

/** The parameters of the strategies of a name: one set, the same for each, or a list of as many sets as it is named. */
const setsOf = (name: string, given: unknown, times: number): readonly unknown[] => {
  if (!Array.isArray(given)) return Array.from({ length: times }, () => given ?? {});
  if (given.length === times) return given;
  throw new BadInput(`--params has ${given.length} sets for ${name}, which is given with --strategy ${times} times`);
};

const strategiesOf = (flags: RunFlags): unknown => {
  const names = flags.strategy;
  if (!names) return undefined;
  const params = flags.params === undefined ? {} : object("--params", flags.params);
  const byName = names.some((name) => Array.isArray(params[name]) || Objects.safeParse(params[name]).success);
  if (names.length > 1 && flags.params !== undefined && !byName)
    throw new BadInput(`--params with several strategies goes by name: '{"${names[0]}":{…}}'`);
  if (!byName) return names.map((name) => ({ name, params }));
  const sets = new Map(names.map((name) => [name, [...setsOf(name, params[name], names.filter((n) => n === name).length)]]));
  return names.map((name) => ({ name, params: sets.get(name)?.shift() }));
};

/** What the flags say goes over what the file says, which is left as it is where it is no object: the schema refuses it. */
const costsOf = (flags: RunFlags, inFile: unknown): { readonly costs?: unknown } => {
  if (flags.commission === undefined && flags.slippage === undefined) return inFile === undefined ? {} : { costs: inFile };
  const costs = Objects.safeParse(inFile ?? {});
  if (!costs.success) return { costs: inFile };
  return {
    costs: {
      ...costs.data,
      ...(flags.commission === undefined ? {} : { commission: number("--commission", flags.commission) }),
      ...(flags.slippage === undefined ? {} : { slippage: number("--slippage", flags.slippage) }),
    },
  };
};

/** Flags over the config file over the defaults. @throws BadInput naming the field at fault. */
export const runConfigOf = (flags: RunFlags): RunConfig => {
  if (flags.params !== undefined && !flags.strategy) throw new BadInput("--params needs --strategy: whose parameters are they?");
  const file = flags.config === undefined ? {} : read(flags.config);
  const strategies = strategiesOf(flags);
  const parsed = RunConfig.safeParse(
    {
      ...file,
      ...(strategies === undefined ? {} : { strategies }),
      ...(flags.cash === undefined ? {} : { cash: flags.cash }),
      ...(flags.seed === undefined ? {} : { seed: number("--seed", flags.seed) }),
      ...(flags.volumeShare === undefined ? {} : { volumeShare: number("--volume-share", flags.volumeShare) }),
      ...(flags.fill === undefined ? {} : { fill: flags.fill }),
      ...costsOf(flags, file.costs),
    },
    namingKeys,
  );
  if (parsed.success) return parsed.data;
  const from = flags.config === undefined ? "" : ` (${flags.config} and flags)`;
  throw new BadInput(`bad run configuration${from}: ${faultsOf(parsed.error)}`);
};
