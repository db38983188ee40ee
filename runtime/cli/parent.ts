import { spawn } from "node:child_process";
import { RunFailed } from "../failures.ts";

/** Time that a process has to end after it was asked to, ms; then it is ended. */
const GRACE_MS = 30_000;
/** Starts anew, after which something else than one strategy is broken. */
const MOST_STARTS = 20;
/** A strategy did not come back, and the process has ended itself: see `live/hung.ts`. */
const HUNG = "SIGUSR2";

type End = { readonly code: number | null; readonly signal: NodeJS.Signals | null };

/**
 * Runs this command again as a child, and starts it anew when a strategy has held it up. Signals are heard here, whatever the child is at.
 * @returns the exit code of the last child.
 */
export const superviseSelf = async (args: readonly string[], say: (line: string) => void): Promise<number> => {
  let asked = false;
  let child: ReturnType<typeof spawn> | null = null;
  let grace: NodeJS.Timeout | null = null;
  for (const name of ["SIGINT", "SIGTERM"] as const)
    process.on(name, () => {
      asked = true;
      child?.kill(name);
      grace ??= setTimeout(() => child?.kill("SIGKILL"), GRACE_MS);
      grace.unref();
    });
  for (let starts = 1; starts <= MOST_STARTS; starts++) {
    const { code, signal } = await new Promise<End>((resolve, reject) => {
      // A group of its own: Ctrl-C is told to it once, by this process.
      child = spawn(process.execPath, [...process.execArgv, ...args], {
        stdio: ["inherit", "inherit", "inherit", "ipc"],
        detached: true,
      });
      child.once("error", reject);
      child.once("exit", (ended, by) => resolve({ code: ended, signal: by }));
    });
    if (signal !== HUNG || asked) return code ?? 1;
    say("a strategy did not come back: the deck starts again without it");
  }
  throw new RunFailed(`strategies did not come back in ${MOST_STARTS} starts in a row`);
};
