import { Chance } from "./chance.ts";
import { drawSetup, type Setup } from "./setup.ts";
import { drawSteps, type Step } from "./steps.ts";

/** What is asked for when the steps are over. */
export type Ending = "nothing" | "closeAll" | "kill";

/** One interleaving, complete. */
export interface Plan {
  readonly seed: number;
  readonly setup: Setup;
  readonly steps: readonly Step[];
  readonly ending: Ending;
}

const LEAST_STEPS = 30;

export const drawPlan = (seed: number): Plan => {
  const chance = new Chance(seed);
  const setup = drawSetup(chance);
  const ending = chance.weighted<Ending>([
    ["nothing", 3],
    ["closeAll", 3],
    ["kill", 4],
  ]);
  return { seed, setup, steps: drawSteps(chance, setup.prices.length, setup.outside, LEAST_STEPS), ending };
};
