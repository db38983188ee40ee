import { type ChildProcess, spawn } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** How a process ended. */
export interface Ended {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The built command, running. */
export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** What it has said so far. */
  stdout(): string;
  stderr(): string;
}

const COMMAND = join(import.meta.dirname, "../../dist/tapedeck.js");

/** Starts the built command with these settings and no others, away from any `.env`. */
export const start = (
  args: readonly string[],
  settings: Readonly<Record<string, string>> = {},
  node: readonly string[] = [],
): Running => {
  const child = spawn(process.execPath, [...node, COMMAND, ...args], {
    cwd: tmpdir(),
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...settings },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, stdout, stderr }));
  });
  return { child, ended, stdout: () => stdout, stderr: () => stderr };
};

/** Runs it to its end. */
export const tapedeck = (args: readonly string[], settings: Readonly<Record<string, string>> = {}): Promise<Ended> =>
  start(args, settings).ended;
