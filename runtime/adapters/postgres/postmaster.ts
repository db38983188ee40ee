import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

/** What `postmaster.pid` says. Ref: PostgreSQL, src/include/utils/pidfile.h. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  /** "starting", "ready", "stopping", "standby"; "" while the file is being written. */
  readonly state: string;
}

export const readPostmaster = (cluster: string): Postmaster | null => {
  const file = join(cluster, "postmaster.pid");
  if (!existsSync(file)) return null;
  const lines = readFileSync(file, "utf8").split("\n");
  const pid = Number(lines[0]);
  return pid > 0 ? { pid, port: Number(lines[3] ?? 0), state: (lines[7] ?? "").trim() } : null;
};

export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
};

/** Whether that process is the server of this cluster, and not another that got its number after it died. Unknown counts as yes. */
export const servesCluster = (pid: number, cluster: string): boolean => {
  if (process.platform === "win32") return true;
  const proc = `/proc/${pid}/cmdline`;
  const command = existsSync(proc)
    ? readFileSync(proc, "utf8").replaceAll("\0", " ")
    : spawnSync("ps", ["-o", "command=", "-p", String(pid)], { encoding: "utf8" }).stdout;
  return !command || command.includes(cluster);
};

const gone = async (pid: number, withinMs: number): Promise<boolean> => {
  for (let waited = 0; isAlive(pid); waited += 10) {
    if (waited >= withinMs) return false;
    await delay(10);
  }
  return true;
};

const FAST = ["SIGINT", "SIGQUIT", "SIGKILL"] as const;
const AT_ONCE = ["SIGQUIT", "SIGKILL"] as const;

/**
 * Fast shutdown: sessions are ended and the rest is written. Immediate when that takes over five seconds, killed when that does too.
 * @param how "at once" for one that does not answer: it recovers from its log at the next start
 */
export const stopPostmaster = async (pid: number, how: "fast" | "at once" = "fast"): Promise<void> => {
  for (const signal of how === "fast" ? FAST : AT_ONCE) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ESRCH") return;
      throw error;
    }
    if (await gone(pid, signal === "SIGINT" ? 5_000 : 2_000)) return;
  }
  throw new Error(`the embedded PostgreSQL (process ${pid}) does not end`);
};
