import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Say } from "../../actors/ports/telemetry.ts";
import { RunConfig } from "../../streams/domain/run.ts";
import { COMPANIES } from "../../streams/market/companies.ts";
import { GeneratedMarketConfig } from "../../streams/market/settings.ts";
import { DEFAULT_STRATEGIES } from "../../streams/strategies/registry.ts";
import { hashOf } from "../adapters/system/digest.ts";
import { tapeInfo } from "../adapters/tape/info.ts";
import type { Config } from "../config.ts";
import { isStrategyFile } from "../strategyFile.ts";
import { tapeNotes } from "../tapeNotes.ts";
import { generatedSource, type Source, tapeSource } from "./source.ts";

/** History before the first live session, so that averages and charts have something to stand on. */
const GENERATED_START = "2026-01-05";

/** The tape that was asked for, or the generated market; `hash` names what it will play, `open` begins it anew. */
export const sourceOf = (o: {
  readonly tape: string | null;
  readonly config: Config;
  readonly say: Say;
}): { readonly source: Source; readonly hash: string; readonly open: () => Source } => {
  if (o.tape !== null) {
    const info = tapeInfo(o.tape);
    for (const line of tapeNotes(o.tape, info, o.config.universe)) o.say(line, { event: "tape.noted" });
    const { tape } = o;
    const open = (): Source => tapeSource(tape, info);
    return { source: open(), hash: info.hash, open };
  }
  const tickers = o.config.universe.length > 0 ? o.config.universe : COMPANIES.map((c) => c.ticker);
  const settings = GeneratedMarketConfig.parse({
    seed: o.config.seed,
    tickers,
    start: GENERATED_START,
    quotesPerBar: 2,
    newsPerDay: 60,
  });
  const open = (): Source => generatedSource(settings);
  return { source: open(), hash: hashOf(settings), open };
};

/** Strategies of people's own: every .ts file of `<dataDir>/strategies`, with weight 1. */
export const ownStrategies = (config: Config): readonly { readonly name: string }[] => {
  const folder = join(config.dataDir, "strategies");
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => isStrategyFile(file) && !file.endsWith(".d.ts"))
    .sort()
    .map((file) => ({ name: join(folder, file) }));
};

/** What the settings say about a run that trades. */
export const liveConfig = (config: Config): RunConfig =>
  RunConfig.parse({
    strategies: [...DEFAULT_STRATEGIES, ...ownStrategies(config)],
    cash: RunConfig.shape.cash.encode(config.cash),
    seed: config.seed,
    universe: config.universe,
    learning: config.learning.enabled,
    risk: { ...config.risk, minOrderNotional: RunConfig.shape.cash.encode(config.risk.minOrderNotional) },
  });
