import type { TapeEvent } from "../../streams/domain/event.ts";
import { Counts } from "./counts.ts";
import { QuietPhase } from "./ending.ts";
import type { Plan } from "./plan.ts";
import { Player } from "./player.ts";
import type { Step } from "./steps.ts";
import type { Violation } from "./violation.ts";
import { World } from "./world.ts";

export interface Played {
  /** The first that was not kept; null: all were. */
  readonly violation: Violation | null;
  readonly counts: Counts;
  /** Of all decisions. */
  readonly hash: string;
  /** Steps that were played before it was found. */
  readonly steps: number;
}

export interface Tracing {
  readonly step?: (step: Step | "quiet phase") => void;
  readonly event?: (e: TapeEvent) => void;
}

/** Names of invariants. */
export interface Names {
  has(name: string): boolean;
}
const NONE: Names = { has: () => false };

/** Plays one interleaving. @param ignored invariants that are not held against it. */
export const play = (plan: Plan, ignored: Names = NONE, tracing: Tracing = {}): Played => {
  const counts = new Counts();
  let world: World | null = null;
  let steps = 0;
  const first = (): Violation | null => world?.watch.violations.find((v) => !ignored.has(v.name)) ?? null;
  try {
    world = new World(plan.setup, counts, tracing.event);
    const player = new Player(world, plan.setup, counts);
    for (; steps < plan.steps.length && first() === null; steps++) {
      const step = plan.steps[steps] as Step;
      tracing.step?.(step);
      player.play(step);
    }
    if (first() === null) {
      tracing.step?.("quiet phase");
      new QuietPhase(world, player, counts, plan.setup.prices.length).run(plan.ending, () => first() !== null);
    }
  } catch (error) {
    const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { violation: first() ?? { name: "threw", detail }, counts, hash: "", steps };
  }
  return { violation: first(), counts, hash: world.core.hash.hex(), steps };
};
