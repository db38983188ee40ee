import { readFileSync } from "node:fs";
import { play } from "./interleaving.ts";
import { type Edit, MUTANTS, type Mutant } from "./mutants.ts";
import { drawPlan } from "./plan.ts";
import { ignoredBy } from "./seeds.ts";
import { type Bundle, type Changed, playIn } from "./workers.ts";

/** Interleavings after which a mutant has survived, unless it says another number. */
const COUNT = 20_000;
/** Played at a time: most mutants are found at once. */
const PIECE = 500;

/** A source with other text. @throws Error unless the place is found exactly once. */
const changed = ({ file, find, replace }: Edit): Changed => {
  const parts = readFileSync(file, "utf8").split(find);
  if (parts.length !== 2) throw new Error(`${JSON.stringify(find)} is ${parts.length - 1} times in ${file}`);
  return { file, text: parts.join(replace) };
};

/** By what and where it is found; null: nowhere. What the sources break without the fault does not count. */
const hunt = async (mutant: Mutant, bundle: Bundle, count: number): Promise<string | null> => {
  const worker = await bundle(mutant.name, [mutant, ...(mutant.also ? [mutant.also] : [])].map(changed));
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
    const how = await hunt(mutant, bundle, count ?? mutant.count ?? COUNT).catch(
      (error: Error) => `NOT PUT BACK: ${error.message}`,
    );
    if (how?.startsWith("found")) found += 1;
    say(`${mutant.name}: ${how ?? "SURVIVED"}`);
  }
  say(`\n${found} passed, ${chosen.length - found} failed`);
  return found === chosen.length && found > 0 ? 0 : 1;
};
