import { readFileSync } from "node:fs";

/** One life of one process: a number alone may come again, after a restart of the machine or after long enough. */
export interface ProcessId {
  readonly pid: number;
  /** Boot of the machine and start within it (Linux); null where the system does not tell. */
  readonly born: string | null;
}

/** Fields of /proc/PID/stat after the command's closing bracket: state is the 1st, start time in clock ticks since boot the 20th. Ref: proc(5). */
const statOf = (pid: number): { state: string; start: string } | null => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return { state: fields[0] ?? "", start: fields[19] ?? "" };
  } catch {
    return null; // no such process, or no /proc
  }
};
const bootId = (): string => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
const bornOf = (pid: number): string | null => {
  const stat = statOf(pid);
  return stat === null ? null : `${bootId()}/${stat.start}`;
};

export const thisProcess = (): ProcessId => ({ pid: process.pid, born: bornOf(process.pid) });

const answers = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM"; // alive, and somebody else's
  }
};

/** Whether that life still goes on. A dead process that nobody has waited for yet (a zombie) does not. Cannot see into other containers. */
export const isAlive = ({ pid, born }: ProcessId): boolean => {
  if (!answers(pid)) return false;
  const state = statOf(pid)?.state;
  if (state === "Z" || state === "X") return false;
  return born === null || state === undefined || born === bornOf(pid);
};
