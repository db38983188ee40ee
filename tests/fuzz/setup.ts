import { RunConfig } from "../../streams/domain/run.ts";
import type { Chance } from "./chance.ts";

/** Shares that the account holds when it begins. */
export interface Adopted {
  readonly ticker: number;
  readonly shares: number;
  readonly book: string;
}

/** What one interleaving is played with. Prices in USD. */
export interface Setup {
  /** A broker outside answers, as the steps say; else the simulated exchange does. */
  readonly outside: boolean;
  readonly config: RunConfig;
  readonly prices: readonly number[];
  readonly adopted: readonly Adopted[];
}

const OUTSIDE = 0.15;
const ADOPTS = 0.2;

const drawSizing = (chance: Chance, cash: number, price: number): Parameters<typeof RunConfig.parse>[0] => {
  switch (chance.below(3)) {
    case 0:
      return { by: "weight", maxWeight: chance.pick([0.1, 0.2, 0.5, 1]) };
    case 1:
      return { by: "shares", shares: Math.max(1, Math.floor((cash * chance.between(0.03, 0.7)) / price)) };
    default:
      return { by: "cash", fraction: chance.pick([0.1, 0.3, 0.6, 0.95]) };
  }
};

const drawConfig = (chance: Chance, price: number): RunConfig => {
  const cash = chance.pick([10_000, 100_000]);
  return RunConfig.parse({
    cash: String(cash),
    seed: chance.below(1_000_000),
    sizing: drawSizing(chance, cash, price),
    ensemble: { threshold: 0.1, hysteresis: 0.1 },
    risk: {
      maxPositionFraction: chance.pick([0.2, 0.3, 0.5, 1]),
      maxGrossExposure: chance.pick([0.5, 1, 1, 2]),
      maxOpenPositions: chance.pick([1, 2, 3]),
      maxDailyLossFraction: chance.pick([0.05, 0.5, 1, 1]),
      leverage: chance.pick([1, 1, 1.5, 2]),
      collar: chance.pick([0.01, 0.03, 0.1]),
      allowShort: chance.hit(0.6),
      minOrderNotional: "1",
    },
    costs: { commission: chance.pick([0, 0, 0.001]), slippage: chance.pick([0, 0.0002, 0.002]) },
    fill: "path",
    volumeShare: chance.pick([0.1, 0.25, 1]),
    learning: chance.hit(0.2),
  });
};

const drawAdopted = (chance: Chance, config: RunConfig, prices: readonly number[]): Adopted[] => {
  if (!chance.hit(ADOPTS)) return [];
  const ticker = chance.below(prices.length);
  const most = (config.cash / 1e6) * chance.between(0.05, 0.3);
  const shares = Math.max(1, Math.floor(most / (prices[ticker] as number)));
  const isShort = config.risk.allowShort && chance.hit(0.3);
  return [{ ticker, shares: isShort ? -shares : shares, book: chance.hit(0.7) ? "account" : "ensemble" }];
};

export const drawSetup = (chance: Chance): Setup => {
  const prices = Array.from({ length: chance.pick([2, 2, 3]) }, () => Math.round(chance.between(8, 300) * 100) / 100);
  const config = drawConfig(chance, prices[0] as number);
  return { outside: chance.hit(OUTSIDE), config, prices, adopted: drawAdopted(chance, config, prices) };
};

/** In one line, for a report. */
export const describe = ({ outside, config, prices, adopted }: Setup): string => {
  const { risk, costs, sizing } = config;
  return JSON.stringify({
    broker: outside ? "outside" : "simulated",
    cash: config.cash / 1e6,
    sizing,
    risk: { ...risk, minOrderNotional: risk.minOrderNotional / 1e6 },
    costs,
    volumeShare: config.volumeShare,
    prices,
    adopted,
  });
};
