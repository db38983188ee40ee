import { z } from "zod";
import { Money } from "./units.ts";

const fraction = z.number().min(0).max(1);

/** How much a full-strength view is worth in orders. */
export const Sizing = z.discriminatedUnion("by", [
  /** Target weight = strength × maxWeight of equity per ticker. */
  z.strictObject({ by: z.literal("weight"), maxWeight: fraction.default(0.1) }),
  /** A fixed number of whole shares per ticker, by the sign of the view. */
  z.strictObject({ by: z.literal("shares"), shares: z.int().positive() }),
  /** A fraction of free cash, sized by the broker when the order fills. */
  z.strictObject({ by: z.literal("cash"), fraction: z.number().positive().max(1) }),
]);
export type Sizing = Readonly<z.output<typeof Sizing>>;

/** Bounds no order may pass. Fractions are of equity. */
export const RiskLimits = z.strictObject({
  maxPositionFraction: z.number().positive().default(0.2),
  maxGrossExposure: z.number().positive().default(1),
  maxOpenPositions: z.int().positive().default(20),
  /** Of the equity at the start of the New York day. Past it nothing may be opened until the next day; exits always may. */
  maxDailyLossFraction: z.number().positive().max(1).default(0.03),
  /** Time the exchange was open since the ticker's last price, beyond its bar length. */
  maxStaleMs: z
    .int()
    .positive()
    .default(15 * 60_000),
  minOrderNotional: Money.refine((n) => n >= 0, "must not be negative").prefault("1"),
  /** Buying power = leverage × equity − gross. 1: no borrowed money; 2: Regulation T. */
  leverage: z.number().min(1).default(1),
  /** Fraction of the price, against us, by which orders that open are reckoned dearer than they look: what a fill may differ without passing a limit. */
  collar: fraction.default(0.03),
  allowShort: z.boolean().default(true),
  /** False turns every limit off but halts: for comparison with engines that have no risk manager. */
  enabled: z.boolean().default(true),
});
export type RiskLimits = Readonly<z.output<typeof RiskLimits>>;

/** What trading costs in the simulation. */
export const Costs = z.strictObject({
  /** Fraction of price × shares, at entry and at exit. */
  commission: fraction.default(0),
  /** Fraction of the price, against us, on market and stop fills. */
  slippage: fraction.default(0.0002),
});
export type Costs = Readonly<z.output<typeof Costs>>;

/** How the simulated exchange fills orders within a bar: `path` is ours (see `docs/decisions/0025`), the other is that engine's. */
export const FillModel = z.enum(["path", "backtesting.py"]);
export type FillModel = z.output<typeof FillModel>;

export const StrategyConfig = z.strictObject({
  name: z.string().min(1),
  /** Where the strategy's own file lies; absent for those that come with Tapedeck. */
  file: z.string().optional(),
  enabled: z.boolean().default(true),
  /** Weight in the ensemble, relative to the others. */
  weight: z.number().nonnegative().default(1),
  params: z.record(z.string(), z.unknown()).default({}),
});
export type StrategyConfig = Readonly<z.output<typeof StrategyConfig>>;

export const EnsembleConfig = z.strictObject({
  /** A combined view weaker than this is no view: the target is 0. */
  threshold: fraction.default(0.1),
  /** A target that moves by less than this fraction of full strength is not sent again. */
  hysteresis: fraction.default(0.1),
});
export type EnsembleConfig = Readonly<z.output<typeof EnsembleConfig>>;

/** Everything that, with a tape, decides what a run does. Its hash names it. A key that it does not know is refused; see `recordedConfig` for what was recorded. */
export const RunConfig = z.strictObject({
  strategies: z.array(StrategyConfig).readonly().default([]),
  ensemble: EnsembleConfig.prefault({}),
  sizing: Sizing.prefault({ by: "weight" }),
  risk: RiskLimits.prefault({}),
  costs: Costs.prefault({}),
  /** Whether outcomes of trades are noted for the strategies behind them. */
  learning: z.boolean().default(true),
  cash: Money.refine((n) => n > 0, "the money to begin with must be above zero").prefault("100000"),
  seed: z.int().nonnegative().default(1),
  fill: FillModel.default("path"),
  /** Our orders in one bar fill at most this fraction of its volume; a bar that says no volume (0) limits nothing. 1: all of it. */
  volumeShare: z.number().positive().max(1).default(0.1),
  /** Price step of limit and stop orders, µUSD: 10_000 = one cent. Null: that of US equities, a cent from 1 USD on, a hundredth of one below. */
  tickSize: z.int().positive().nullable().default(null),
  /** Tickers to follow; empty: every ticker of the tape. */
  universe: z.array(z.string()).readonly().default([]),
});
export type RunConfig = Readonly<z.output<typeof RunConfig>>;

const Objects = z.record(z.string(), z.unknown());

/** A copy without one key at the end of a path; the value itself where the path leads nowhere. */
const without = (value: unknown, [step, ...rest]: readonly PropertyKey[], key: string): unknown => {
  if (step !== undefined && Array.isArray(value)) return value.map((v, i) => (i === step ? without(v, rest, key) : v));
  const object = Objects.safeParse(value);
  if (!object.success) return value;
  if (step === undefined) return Object.fromEntries(Object.entries(object.data).filter(([k]) => k !== key));
  return { ...object.data, [String(step)]: without(object.data[String(step)], rest, key) };
};

/** The configuration that another version kept with its run, read by this one. */
export interface RecordedConfig {
  readonly config: RunConfig;
  /** Keys that this version does not know, by their path. They were left out. */
  readonly unknown: readonly string[];
}

/** Reads the configuration of a recorded run: what this version does not know is left out and told, not refused. @throws ZodError */
export const recordedConfig = (raw: unknown): RecordedConfig => {
  const parsed = RunConfig.safeParse(raw);
  if (parsed.success) return { config: parsed.data, unknown: [] };
  const surplus = parsed.error.issues.flatMap((i) =>
    i.code === "unrecognized_keys" ? i.keys.map((key) => ({ key, path: i.path })) : [],
  );
  if (surplus.length === 0) throw parsed.error;
  const { config, unknown } = recordedConfig(surplus.reduce((value, { key, path }) => without(value, path, key), raw));
  return { config, unknown: [...surplus.map(({ key, path }) => [...path, key].join(".")), ...unknown] };
};
