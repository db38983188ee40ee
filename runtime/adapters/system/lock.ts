import { randomUUID } from "node:crypto";
import { accessSync, constants, linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isAlive, type ProcessId, thisProcess } from "./process.ts";

/** The folder cannot be used, and why, in one line. */
export class DataDirUnusable extends Error {
  constructor(message: string) {
    super(message);
    this.name = "DataDirUnusable";
  }
}
export interface DataDirLock {
  /** Gives the folder back. Once is enough; a killed process need not. */
  release(): void;
}

/** One taking of the folder. `id` never comes again. */
interface Claim extends ProcessId {
  readonly id: string;
}
const HEAD = "tapedeck.lock";
const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? String(error);

const read = (file: string, depth = 0): Claim | null => {
  try {
    const { pid, born, id } = JSON.parse(readFileSync(file, "utf8")) as Partial<Claim>;
    if (typeof pid === "number" && typeof id === "string" && /^[\w-]+$/.test(id)) return { pid, born: born ?? null, id };
  } catch (error) {
    if (codeOf(error) === "ENOENT") return null;
  }
  return { pid: 0, born: "", id: `unreadable-${depth}` }; // left by a power cut: a claim is complete before it gets its name
};

/**
 * The claims from the first to the one that counts. A dead claim is not removed but succeeded: its successor's file is named
 * after it, so that of any number who find it dead exactly one can follow.
 */
const chain = (dir: string): { files: readonly string[]; last: Claim | null } => {
  const files = [join(dir, HEAD)];
  let last: Claim | null = null;
  for (let next = read(join(dir, HEAD)); next !== null; next = read(files.at(-1) ?? "", files.length)) {
    last = next;
    files.push(join(dir, `${HEAD}.${next.id}`));
  }
  return { files, last };
};

/** The process that uses this folder, or null. For looking only: `lockDataDir` decides. */
export const holderOf = (dir: string): number | null => {
  const { last } = chain(dir);
  return last !== null && last.pid > 0 && isAlive(last) ? last.pid : null;
};

const prepare = (dir: string): void => {
  try {
    mkdirSync(dir, { recursive: true });
    accessSync(dir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    const code = codeOf(error);
    const why = code === "EEXIST" || code === "ENOTDIR" ? "is not a folder" : `cannot be written (${code})`;
    throw new DataDirUnusable(`data directory ${dir} ${why}; choose another with TAPEDECK_DATA_DIR`);
  }
};

const tryLink = (from: string, to: string): boolean => {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
};

const claim = (dir: string, draft: string, mine: Claim): void => {
  for (;;) {
    const { files, last } = chain(dir);
    if (last !== null && last.pid > 0 && isAlive(last))
      throw new DataDirUnusable(
        `data directory ${dir} is in use by process ${last.pid}; stop it, or choose another with --data-dir or TAPEDECK_DATA_DIR`,
      );
    const file = files.at(-1) ?? "";
    if (!tryLink(draft, file)) continue; // somebody was faster: look again
    if (chain(dir).last?.id === mine.id) {
      renameSync(draft, join(dir, HEAD)); // first in the chain: what came before may go
      for (const old of files.slice(1)) rmSync(old, { force: true });
      return;
    }
    rmSync(file, { force: true }); // the chain had moved on before the link: it followed nobody
  }
};

/**
 * Takes a folder for this process alone, making it first if need be. The lock of a killed process is taken over at once.
 * Holds on one machine: processes in other containers cannot be seen. @throws DataDirUnusable when it is in use or not writable.
 */
export const lockDataDir = (dir: string): DataDirLock => {
  prepare(dir);
  const mine: Claim = { ...thisProcess(), id: randomUUID() };
  const draft = join(dir, `${HEAD}.draft-${mine.id}`);
  try {
    writeFileSync(draft, JSON.stringify(mine), { flag: "wx" });
    claim(dir, draft, mine);
  } catch (error) {
    if (error instanceof DataDirUnusable) throw error;
    throw new DataDirUnusable(`data directory ${dir} cannot be locked (${codeOf(error)})`);
  } finally {
    rmSync(draft, { force: true });
  }
  return {
    release: () => {
      if (read(join(dir, HEAD))?.id === mine.id) rmSync(join(dir, HEAD), { force: true });
    },
  };
};
