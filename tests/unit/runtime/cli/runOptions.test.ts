import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type RunFlags, runConfigOf } from "../../../../runtime/cli/runOptions.ts";
import { BadInput } from "../../../../runtime/failures.ts";
import { RunConfig } from "../../../../streams/domain/run.ts";

const folder = mkdtempSync(join(tmpdir(), "tapedeck-options-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const config = (value: unknown): RunFlags => {
  const file = join(folder, "run.json");
  writeFileSync(file, typeof value === "string" ? value : JSON.stringify(value));
  return { config: file };
};
const refusal = (flags: RunFlags): string => {
  try {
    runConfigOf(flags);
  } catch (error) {
    expect(error).toBeInstanceOf(BadInput);
    return (error as Error).message;
  }
  throw new Error("it was taken");
};

describe("the options of a run", () => {
  it("go over the file, which goes over the defaults", () => {
    const flags = { ...config({ cash: "5", costs: { commission: 0.1, slippage: 0.2 } }), commission: "0.3", seed: "9" };
    expect(runConfigOf(flags)).toEqual(RunConfig.parse({ cash: "5", seed: 9, costs: { commission: 0.3, slippage: 0.2 } }));
    expect(runConfigOf({})).toEqual(RunConfig.parse({}));
  });

  it.each([
    [{ costs: { comission: 0.1 } }, /run\.json.*: costs: unknown key "comission", did you mean commission\?/],
    [{ sizing: { by: "weight", maxweight: 1 } }, /sizing: unknown key "maxweight", did you mean maxWeight\?/],
    [{ strategies: [{ name: "momentum", param: {} }] }, /strategies\.0: unknown key "param", did you mean params\?/],
    [{ costs: 5 }, /costs: .*expected object/],
    ["[1]", /config file .*run\.json is no JSON object/],
    ["{", /config file .*run\.json is not JSON/],
  ])("refuse the file %j by name", (value, says) => {
    expect(refusal(config(value))).toMatch(says);
    expect(refusal({ ...config(value), commission: "0.1" })).toMatch(says);
  });

  it.each([
    [{ cash: "-100" }, /cash: the money to begin with must be above zero/],
    [{ commission: "NaN" }, /--commission takes a number, not "NaN"/],
    [{ commission: "-1" }, /costs\.commission: /],
    [{ slippage: "Infinity" }, /--slippage takes a number/],
    [{ strategy: ["momentum"], params: "[1]" }, /--params is no JSON object/],
    [{ config: "/nowhere/run.json" }, /config file \/nowhere\/run\.json cannot be read/],
  ] as [RunFlags, RegExp][])("refuse the flags %j by name", (flags, says) => expect(refusal(flags)).toMatch(says));

  it("give a strategy that is named twice a set of parameters each", () => {
    const twice = { strategy: ["a", "b", "a"] };
    const params = (text: string) => runConfigOf({ ...twice, params: text }).strategies.map((s) => [s.name, s.params]);
    expect(params('{"a":[{"n":1},{"n":2}],"b":{"m":3}}')).toEqual([
      ["a", { n: 1 }],
      ["b", { m: 3 }],
      ["a", { n: 2 }],
    ]);
    expect(params('{"a":{"n":1}}').map(([, p]) => p)).toEqual([{ n: 1 }, {}, { n: 1 }]);
    expect(refusal({ ...twice, params: '{"a":[{"n":1}]}' })).toMatch(/--params has 1 sets for a, .* 2 times/);
    expect(refusal({ ...twice, params: '{"n":1}' })).toMatch(/--params with several strategies goes by name/);
  });
});
