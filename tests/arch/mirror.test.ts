import { existsSync } from "node:fs";
import { posix } from "node:path";
import { expect, it } from "vitest";
import { sourceFiles } from "./sources.ts";

/** Of the repository as a whole: no source file is theirs. */
const ROOT = "tests/unit/root/";

/** What a unit test is of, by its path: `tests/unit/runtime/kernel/recall.told.test.ts` is of `runtime/kernel/recall`. */
const subjectOf = (test: string): string => {
  const path = test.slice("tests/unit/".length);
  return posix.join(posix.dirname(path), posix.basename(path).replace(/\..*$/, ""));
};
const isThere = (subject: string): boolean => ["", ".ts", ".tsx"].some((end) => existsSync(`${subject}${end}`));

const files = sourceFiles().filter((path) => path.startsWith("tests/unit/") && !path.startsWith(ROOT));

it("every unit test lies where the file or folder lies that it is of", () => {
  expect(files).toContain("tests/unit/runtime/kernel/recall.told.test.ts");
  expect(subjectOf("tests/unit/runtime/kernel/recall.told.test.ts")).toBe("runtime/kernel/recall");
  expect(files.filter((path) => !isThere(subjectOf(path)))).toEqual([]);
});

it("unit tests have nothing beside them: what they share is in tests/support", () => {
  expect(files.filter((path) => !path.endsWith(".test.ts"))).toEqual([]);
});
