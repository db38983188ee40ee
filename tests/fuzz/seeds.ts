import { Counts } from "./counts.ts";
import { type Names, play } from "./interleaving.ts";
import { drawPlan } from "./plan.ts";

/** Which seeds to play, and what to look for. */
export interface Task {
  readonly from: number;
  readonly count: number;
  /** Seeds between two that are played. */
  readonly stride: number;
  readonly ignored: readonly string[];
  /** Invariants that alone are looked at; empty: all but those ignored. */
  readonly only: readonly string[];
}

export interface Failure {
  readonly seed: number;
  readonly name: string;
  readonly detail: string;
}

export interface Summary {
  readonly played: number;
  readonly steps: number;
  readonly failures: readonly Failure[];
  readonly counts: readonly (readonly [string, number])[];
}

/** One of so many is played twice: both have to decide the same. */
const TWICE = 100;
/** Failures of one name that are kept. */
const KEPT = 20;

/** What a task does not look at. */
export const ignoredBy = ({ ignored, only }: Pick<Task, "ignored" | "only">): Names => ({
  has: (name) => (only.length > 0 ? !only.includes(name) : ignored.includes(name)),
});

export const playSeeds = (task: Task): Summary => {
  const { from, count, stride } = task;
  const counts = new Counts();
  const without = ignoredBy(task);
  const failures: Failure[] = [];
  const kept = new Counts();
  let played = 0;
  let steps = 0;
  for (let i = 0; i < count; i++) {
    const seed = from + i * stride;
    const plan = drawPlan(seed);
    const one = play(plan, without);
    played += 1;
    steps += one.steps;
    counts.addAll(one.counts.by);
    let found = one.violation;
    if (found === null && seed % TWICE === 0 && play(plan, without).hash !== one.hash)
      found = { name: "not-deterministic", detail: "two plays of one seed decided otherwise" };
    if (found === null) continue;
    counts.add("failed");
    kept.add(found.name);
    if ((kept.by.get(found.name) ?? 0) <= KEPT) failures.push({ seed, ...found });
    counts.add(`failed ${found.name}`);
  }
  return { played, steps, failures, counts: [...counts.by] };
};
