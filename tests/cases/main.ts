import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { Case } from "./case.ts";
import { differences } from "./compare.ts";
import { play } from "./play.ts";

const MOST_SHOWN = 5;

const run = async (file: string, data: string): Promise<readonly string[]> => {
  try {
    const c = Case.parse(JSON.parse(readFileSync(file, "utf8")));
    return differences(c, await play(c, data));
  } catch (error) {
    return [
      error instanceof z.ZodError
        ? z.prettifyError(error)
        : error instanceof Error
          ? (error.stack ?? error.message)
          : String(error),
    ];
  }
};

/** @returns the exit code: 0 when all pass, 1 when one fails, 2 when there is nothing to run. */
export const main = async (args: readonly string[]): Promise<number> => {
  const dir = args[0];
  if (dir === undefined || !existsSync(dir)) {
    console.error("cases: usage: npm run cases -- DIR [DATA]; DIR holds *.json, DATA the bars they name (default DIR/../data)");
    return 2;
  }
  const data = args[1] ?? join(dir, "../data");
  const files = readdirSync(dir)
    .filter((f) => f.endsWith(".json"))
    .sort();
  if (files.length === 0) {
    console.error(`cases: no *.json in ${dir}`);
    return 2;
  }
  let passed = 0;
  for (const file of files) {
    const found = await run(join(dir, file), data);
    if (found.length === 0) passed += 1;
    console.log(`${found.length === 0 ? "passed" : "FAILED"} ${file}`);
    for (const line of found.slice(0, MOST_SHOWN)) console.log(`  ${line}`);
    if (found.length > MOST_SHOWN) console.log(`  … ${found.length - MOST_SHOWN} more`);
  }
  console.log(`${passed} passed, ${files.length - passed} failed`);
  return passed === files.length ? 0 : 1;
};
