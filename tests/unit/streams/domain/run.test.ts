import { describe, expect, it } from "vitest";
import { ZodError, z } from "zod";
import { RunConfig, recordedConfig } from "../../../../streams/domain/run.ts";
import { namingKeys } from "../../../../streams/domain/unknownKeys.ts";

/** What is wrong with a configuration, by path. */
const faults = (given: unknown): readonly string[] => {
  const parsed = RunConfig.safeParse(given, namingKeys);
  return parsed.success ? [] : parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
};

const LEVELS: readonly [unknown, string][] = [
  [{ csah: "1" }, ': unknown key "csah"; there are: strategies, ensemble, '],
  [{ universse: [] }, ': unknown key "universse", did you mean universe?'],
  [{ costs: { comission: 0.1 } }, 'costs: unknown key "comission", did you mean commission?'],
  [{ sizing: { by: "weight", maxweight: 0.2 } }, 'sizing: unknown key "maxweight", did you mean maxWeight?'],
  [{ sizing: { by: "shares", shares: 1, fraction: 1 } }, 'sizing: unknown key "fraction"; there are: by, shares'],
  [{ sizing: { by: "cash", fraction: 1, shares: 1 } }, 'sizing: unknown key "shares"; there are: by, fraction'],
  [{ risk: { maxGrosExposure: 1 } }, 'risk: unknown key "maxGrosExposure", did you mean maxGrossExposure?'],
  [{ ensemble: { treshold: 1 } }, 'ensemble: unknown key "treshold", did you mean threshold?'],
  [{ strategies: [{ name: "momentum", param: {} }] }, 'strategies.0: unknown key "param", did you mean params?'],
];

describe("the configuration of a run", () => {
  it.each(LEVELS)("refuses a key that it does not know: %j", (given, fault) => {
    const [first = "", ...more] = faults(given);
    expect(first.startsWith(fault), first).toBe(true);
    expect(more).toEqual([]);
  });

  it.each([
    [{ cash: "-100" }, "cash: the money to begin with must be above zero"],
    [{ cash: "0" }, "cash: the money to begin with must be above zero"],
    [{ risk: { minOrderNotional: "-1" } }, "risk.minOrderNotional: must not be negative"],
    [{ strategies: [{ name: "momentum", weight: -1 }] }, "strategies.0.weight: "],
    [{ strategies: [{ name: "momentum", weight: Number.NaN }] }, "strategies.0.weight: "],
    [{ strategies: [{ name: "momentum", weight: Number.POSITIVE_INFINITY }] }, "strategies.0.weight: "],
    [{ risk: { maxGrossExposure: Number.NaN } }, "risk.maxGrossExposure: "],
    [{ costs: { commission: -0.1 } }, "costs.commission: "],
    [{ costs: { slippage: null } }, "costs.slippage: "],
    [{ sizing: { by: "weight", maxWeight: -0.1 } }, "sizing.maxWeight: "],
  ])("refuses a value with no sense: %j", (given, fault) => {
    const found = faults(given);
    expect(found).toHaveLength(1);
    expect(found[0]?.startsWith(fault), found[0]).toBe(true);
  });
});

describe("the configuration that was recorded with a run", () => {
  it("is read as it was when it is of this version", () => {
    const config = RunConfig.parse({ strategies: [{ name: "momentum" }], cash: "5" });
    expect(recordedConfig(RunConfig.encode(config))).toEqual({ config, unknown: [] });
  });

  it("is read without what this version does not know, at every depth, and tells it", () => {
    const { config, unknown } = recordedConfig({
      cash: "7",
      old: 1,
      costs: { commission: 0.1, tax: 2 },
      strategies: [{ name: "momentum" }, { name: "rsi_bracket", note: "x", params: { n: 3 } }],
      sizing: { by: "shares", shares: 3, lots: 1 },
    });
    expect(config).toEqual(
      RunConfig.parse({
        cash: "7",
        costs: { commission: 0.1 },
        strategies: [{ name: "momentum" }, { name: "rsi_bracket", params: { n: 3 } }],
        sizing: { by: "shares", shares: 3 },
      }),
    );
    expect([...unknown].sort()).toEqual(["costs.tax", "old", "sizing.lots", "strategies.1.note"]);
  });

  it("is refused where a value is wrong, also beside an unknown key", () => {
    expect(() => recordedConfig({ cash: "many" })).toThrow(ZodError);
    expect(() => recordedConfig({ old: 1, costs: { commission: 7 } })).toThrow(/commission/);
    expect(() => recordedConfig(null)).toThrow(ZodError);
  });
});

describe("keys of any strict schema", () => {
  const schema = z.strictObject({ inner: z.array(z.strictObject({ lookback: z.number() })) });
  const said = (given: unknown) => schema.safeParse(given, namingKeys).error?.issues.map((i) => i.message);

  it("are named with the nearest there is, several at once", () => {
    expect(said({ inner: [{ lookback: 1, lokback: 2, x: 3 }] })).toEqual([
      'unknown key "lokback", did you mean lookback?, unknown key "x"; there are: lookback',
    ]);
    expect(z.strictObject({}).safeParse({ a: 1 }, namingKeys).error?.issues[0]?.message).toBe('unknown key "a"; there are: none');
  });

  it("leave every other fault its own words", () =>
    expect(said({ inner: 1 })).toEqual(schema.safeParse({ inner: 1 }).error?.issues.map((i) => i.message)));
});
