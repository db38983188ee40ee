import type { Command } from "commander";
import pc from "picocolors";
import { environment } from "../config.ts";
import { RunFailed } from "../failures.ts";
import { examine, type Finding } from "./doctor/examine.ts";

const MARKS = { good: pc.green("ok  "), note: pc.yellow("note"), bad: pc.red("FAIL") } as const;

const lines = ({ name, state, found, remedy }: Finding): string =>
  `${MARKS[state]}  ${name.padEnd(13)} ${found}${remedy === null ? "" : `\n${" ".repeat(20)}→ ${remedy}`}\n`;

/** `tapedeck doctor`: exit 1 when a check fails. */
export const doctorCommand = (program: Command): void => {
  program
    .command("doctor")
    .description("checks what this machine has for `up`, with the remedy for each failure")
    .option("--json", "print the findings as one JSON object")
    .addHelpText("after", "\nExample:\n  npx tapedeck doctor")
    .action(async ({ json }: { json?: true }) => {
      const findings = await examine(environment());
      const bad = findings.filter(({ state }) => state === "bad");
      process.stdout.write(json ? `${JSON.stringify({ ok: bad.length === 0, findings })}\n` : findings.map(lines).join(""));
      if (bad.length > 0) throw new RunFailed(`not ready: ${bad.map(({ name }) => name).join(", ")}`);
    });
};
