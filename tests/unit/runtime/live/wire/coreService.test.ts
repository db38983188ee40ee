import { describe, expect, it } from "vitest";
import { CoreAbout } from "../../../../../runtime/live/wire/coreService.ts";
import { RiskLimits, StrategyConfig } from "../../../../../streams/domain/run.ts";

describe("what a core says of itself", () => {
  it("is taken from a core of another version too, without what is not known here", () => {
    const limits = RiskLimits.encode(RiskLimits.parse({}));
    const told = { run: "r", life: "1", mode: "simulated", tail: 3 };
    const about = CoreAbout.parse({ ...told, limits: { ...limits, newer: 1 }, strategies: [{ name: "momentum", newer: 2 }] });
    expect(about).toEqual({ ...told, limits: RiskLimits.parse({}), strategies: [StrategyConfig.parse({ name: "momentum" })] });
  });
});
