import { readFileSync } from "node:fs";
import { type Bundle, playIn } from "./main.ts";
import { MUTANTS, type Mutant } from "./mutants.ts";

/** Interleavings after which a mutant has survived. */
const COUNT = 20_000;
/** Played at a time: most mutants are found at once. */
const PIECE = 1_000;

/** The source with the fault put back. @throws Error unless the place is found exactly once. */
const mutated = ({ file, find, replace }: Mutant): string => {
  const text = readFileSync(file, "utf8");
  const parts = text.split(find);
  if (parts.length !== 2) throw new Error(`${JSON.stringify(find)} is ${parts.length - 1} times in ${file}`);
  return parts.join(replace);
};

const hunt = async (mutant: Mutant, bundle: Bundle, count: number): Promise<string | null> => {
  const worker = await bundle({ name: mutant.name, file: mutant.file, text: mutated(mutant) });
  for (let from = 0; from < count; from += PIECE) {
    const parts = await playIn(worker, { from, count: Math.min(PIECE, count - from), ignored: [], first: true });
    const failures = parts.flatMap((p) => p.failures).sort((a, b) => a.seed - b.seed);
    const best = failures.find((f) => mutant.expects.includes(f.name)) ?? failures[0];
    if (best !== undefined)
      return `found by ${best.name} at seed ${best.seed}${mutant.expects.includes(best.name) ? "" : " (unexpected)"}`;
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
