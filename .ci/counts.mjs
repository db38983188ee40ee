// Prints "PASSED FAILED SKIPPED" of a vitest JSON report, "0 0 0" when there is none. A file that did not load is a failure.
import { existsSync, readFileSync } from "node:fs";

const path = process.argv[2] ?? "";
const report = existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : {};
const broken = (report.testResults ?? []).filter((file) => file.status === "failed" && file.assertionResults.length === 0);
for (const file of broken) console.error(`did not load: ${file.name}`);
for (const file of report.testResults ?? [])
  for (const test of file.assertionResults)
    if (test.status === "pending" || test.status === "skipped") console.error(`skipped: ${test.fullName}`);
const { numPassedTests = 0, numFailedTests = 0, numPendingTests = 0, numTodoTests = 0 } = report;
console.log(numPassedTests, numFailedTests + broken.length, numPendingTests + numTodoTests);
