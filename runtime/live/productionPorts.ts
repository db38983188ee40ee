import { wallClock } from "../adapters/system/clock.ts";
import { machineTiming } from "../adapters/system/timing.ts";
import type { Config } from "../config.ts";
import { pureScorer, scorerOf } from "../scorer.ts";
import type { Ports } from "./ports.ts";
import type { UpOptions } from "./up.ts";
import { sourceOf } from "./whatToRun.ts";

/** Who trades for a run, and whose money it is. There is no broker outside in this version. */
export const venueOf = (_config: Pick<Config, "broker">): Pick<Ports, "mode" | "broker"> => ({ mode: "simulated", broker: null });

/** The ports of a run by the settings. */
export const portsOf = (o: UpOptions): Ports => {
  const { source, hash } = sourceOf(o);
  return {
    ...venueOf(o.config),
    inputs: { from: "source", source, hash },
    scorer: scorerOf(o.config),
    fallback: pureScorer(),
    clock: wallClock,
    timing: machineTiming,
  };
};
