import { parseArgs } from "node:util";
import { Counts, REQUIRED } from "./counts.ts";
import { huntMutants } from "./hunt.ts";
import { drawPlan } from "./plan.ts";
import type { Failure } from "./seeds.ts";
import { story } from "./story.ts";
import { type Bundle, playIn } from "./workers.ts";

const DEFAULT_COUNT = 100_000;
/** With fewer interleavings than this, not every kind can be expected. */
const ALL_KINDS_FROM = 20_000;
const STORIES = 3;
const NAMED = 5;

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const table = (counts: Counts): void => {
  const rows = [...counts.by].filter(([kind]) => !kind.startsWith("failed")).sort(([a], [b]) => (a < b ? -1 : 1));
  const width = Math.max(...rows.map(([kind]) => kind.length));
  for (const [kind, times] of rows) say(`${kind.padEnd(width)} ${String(times).padStart(10)}`);
};

const tellFailures = (failures: readonly Failure[], counts: Counts, ignored: readonly string[]): void => {
  const names = [...new Set(failures.map((f) => f.name))].sort();
  for (const name of names) {
    const seeds = failures.filter((f) => f.name === name);
    const all = counts.by.get(`failed ${name}`) ?? 0;
    say(
      `${name}: ${all} times, seeds ${seeds
        .slice(0, NAMED)
        .map((f) => f.seed)
        .join(" ")}: ${seeds[0]?.detail}`,
    );
  }
  const firsts = names.map((name) => failures.find((f) => f.name === name) as Failure);
  for (const { seed } of firsts.slice(0, STORIES)) say(`\n${story(drawPlan(seed), new Set(ignored))}`);
};

const run = async (bundle: Bundle, from: number, count: number, ignored: readonly string[]): Promise<number> => {
  const began = performance.now();
  const parts = await playIn(await bundle(), { from, count, ignored, only: [] });
  const seconds = (performance.now() - began) / 1000;
  const counts = new Counts();
  for (const part of parts) counts.addAll(part.counts);
  const played = parts.reduce((sum, p) => sum + p.played, 0);
  const steps = parts.reduce((sum, p) => sum + p.steps, 0);
  const failures = parts.flatMap((p) => p.failures).sort((a, b) => a.seed - b.seed);
  table(counts);
  const missed = count < ALL_KINDS_FROM ? [] : REQUIRED.filter((kind) => !counts.by.has(kind));
  tellFailures(failures, counts, ignored);
  if (missed.length > 0) say(`\nnot reached: ${missed.join(", ")}`);
  const failed = (counts.by.get("failed") ?? 0) + missed.length;
  say(`\n${played} interleavings of ${(steps / played).toFixed(1)} steps in ${seconds.toFixed(1)} s`);
  say(`${played - (counts.by.get("failed") ?? 0)} passed, ${failed} failed`);
  return failed > 0 ? 1 : 0;
};

/** `npm run fuzz -- [--count N] [--from SEED] [--seed SEED] [--without NAME…] [--mutants [NAME…]]`. */
export const main = async (args: readonly string[], env: NodeJS.ProcessEnv, bundle: Bundle): Promise<number> => {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      count: { type: "string" },
      from: { type: "string", default: "0" },
      seed: { type: "string" },
      without: { type: "string", multiple: true, default: [] },
      mutants: { type: "boolean", default: false },
    },
  });
  const seed = values.seed ?? env.TAPEDECK_FUZZ_SEED;
  const count = Number(values.count ?? env.TAPEDECK_FUZZ_COUNT ?? DEFAULT_COUNT);
  const without = values.without.flatMap((names) => names.split(","));
  if (seed !== undefined) {
    say(story(drawPlan(Number(seed)), new Set(without)));
    return 0;
  }
  if (values.mutants) return huntMutants(bundle, positionals, values.count === undefined ? undefined : count, say);
  return run(bundle, Number(values.from), count, without);
};
