import { type Names, play } from "./interleaving.ts";
import type { Plan } from "./plan.ts";
import type { Step } from "./steps.ts";

/** Plays at most so many times. */
const MOST_PLAYS = 600;

/** The same interleaving with as few steps as still break the same promise: pieces are left out, ever smaller ones. */
export const shrunk = (plan: Plan, name: string, ignored: Names): Plan => {
  let steps: readonly Step[] = plan.steps;
  let plays = 0;
  const fails = (tried: readonly Step[]): boolean => {
    plays += 1;
    return play({ ...plan, steps: tried }, ignored).violation?.name === name;
  };
  for (let size = Math.ceil(steps.length / 2); size >= 1 && plays < MOST_PLAYS; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < steps.length && plays < MOST_PLAYS; ) {
      const tried = [...steps.slice(0, from), ...steps.slice(from + size)];
      if (fails(tried)) steps = tried;
      else from += size;
    }
  }
  return { ...plan, steps };
};
