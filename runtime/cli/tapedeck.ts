import { Command, CommanderError } from "commander";
import { exitCodeOf, lineOf, wasTold } from "../failures.ts";
import { VERSION } from "../version.ts";
import { backtestCommand } from "./backtest.ts";
import { doctorCommand } from "./doctor.ts";
import { importCommand } from "./import.ts";
import { jobsCommand } from "./jobs.ts";
import { migrateCommand } from "./migrate.ts";
import { seedCommand } from "./seed.ts";
import { streamsCommand } from "./streams.ts";
import { tapeCommand } from "./tape.ts";
import { upCommand } from "./up.ts";
import { verifyCommand } from "./verify.ts";

/** One entry a command; each module adds itself to the program. */
const commands: readonly ((program: Command) => void)[] = [
  upCommand,
  importCommand,
  tapeCommand,
  backtestCommand,
  jobsCommand,
  streamsCommand,
  verifyCommand,
  migrateCommand,
  seedCommand,
  doctorCommand,
];

const program = new Command("tapedeck")
  .description("A news-aware trading system for US equities whose every day can be played back.")
  .version(VERSION, "--version", "prints the version")
  .addHelpText("after", "\nExample:\n  npx tapedeck up\n\n`npx tapedeck COMMAND --help` explains one command, with an example.")
  .exitOverride()
  .configureOutput({ outputError: (text, write) => write(`tapedeck: ${text.replace(/^error: /, "")}`) })
  .showHelpAfterError("(--help shows the usage)");

// Whoever reads the output may have seen enough (`| head`): that is no failure. `tape cat` says more of it.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

for (const add of commands) add(program);

try {
  await program.parseAsync(process.argv);
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else {
    if (!wasTold(error)) process.stderr.write(`tapedeck: ${lineOf(error)}\n`);
    process.exitCode = exitCodeOf(error);
  }
}
