import { readFileSync } from "node:fs";
import { play } from "./interleaving.ts";
import { MUTANTS, type Mutant } from "./mutants.ts";
import { drawPlan } from "./plan.ts";
import { ignoredBy } from "./seeds.ts";
import { type Bundle, playIn } from "./workers.ts";

/** Interleavings after which a mutant has survived. */
const COUNT = 20_000;
/** Played at a time: most mutants are found at once. */
const PIECE = 500;

/** The source with the fault put back. @throws Error unless the place is found exactly once. */
const mutated = ({ file, find, replace }: Mutant): string => {
  const text = readFileSync(file, "utf8");
  const parts = text.split(find);
  if (parts.length !== 2) throw new Error(`${JSON.stringify(find)} is ${parts.length - 1} times in ${file}`);
  return parts.join(replace);
};

/** By what and where it is found; null: nowhere. What the sources break without the fault does not count. */
const hunt = async (mutant: Mutant, bundle: Bundle, count: number): Promise<string | null> => {
  const worker = await bundle({ name: mutant.name, file: mutant.file, text: mutated(mutant) });
  const looking = { ignored: [], only: mutant.expects };
  for (let from = 0; from < count; from += PIECE) {
    const parts = await playIn(worker, { from, count: Math.min(PIECE, count - from), ...looking });
    const failures = parts.flatMap((p) => p.failures).sort((a, b) => a.seed - b.seed);
    const found = failures.find(({ seed }) => play(drawPlan(seed), ignoredBy(looking)).violation === null);
    if (found !== undefined) return `found by ${found.name} at seed ${found.seed}`;
  }
  return null;
};

/** Puts each fault back, one at a time, and plays until it is found. @returns the exit code: 1 when one survives. */
export const huntMutants = async (
  bundle: Bundle,
  names: readonly string[],
  count: number | undefined,
  say: (line: string) => void,
): Promise<number> => {
  const chosen = names.length === 0 ? MUTANTS : MUTANTS.filter((m) => names.includes(m.name));
  let found = 0;
  for (const mutant of chosen) {
    const how = await hunt(mutant, bundle, count ?? COUNT).catch((error: Error) => `NOT PUT BACK: ${error.message}`);
    if (how?.startsWith("found")) found += 1;
    say(`${mutant.name}: ${how ?? "SURVIVED"}`);
  }
  say(`\n${found} passed, ${chosen.length - found} failed`);
  return found === chosen.length && found > 0 ? 0 : 1;
};
