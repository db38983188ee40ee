import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { z } from "zod";
import { Ms } from "../../streams/domain/units.ts";
import type { SessionRecord, SessionStore } from "./ports.ts";

export const memorySessions = (initial: readonly SessionRecord[] = []): SessionStore & { all(): readonly SessionRecord[] } => {
  const byHash = new Map(initial.map((r) => [r.hash, r]));
  return {
    find: async (hash) => byHash.get(hash) ?? null,
    put: async (record) => {
      byHash.set(record.hash, record);
    },
    remove: async (hash) => {
      byHash.delete(hash);
    },
    all: () => [...byHash.values()],
  };
};

const Kept = z.array(z.object({ hash: z.string(), user: z.string(), createdAt: Ms, expiresAt: Ms }));

const readKept = async (path: string): Promise<readonly SessionRecord[]> => {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
  try {
    return Kept.parse(JSON.parse(text));
  } catch {
    return []; // not ours any more: everybody signs in again
  }
};

/** Sessions in one small file, readable by its owner only, replaced whole. Ended sessions are left out of the next write. */
export const fileSessions = async (path: string, now: () => number): Promise<SessionStore> => {
  const memory = memorySessions(await readKept(path));
  let last: Promise<void> = Promise.resolve();
  const save = (): Promise<void> => {
    const write = async (): Promise<void> => {
      const kept = memory.all().filter((r) => r.expiresAt > now());
      await mkdir(dirname(path), { recursive: true }); // a gateway on its own keeps nothing else in its folder
      await writeFile(`${path}.new`, JSON.stringify(kept), { mode: 0o600 });
      await rename(`${path}.new`, path);
    };
    last = last.then(write, write);
    return last;
  };
  return {
    find: memory.find,
    put: async (record) => {
      await memory.put(record);
      await save();
    },
    remove: async (hash) => {
      await memory.remove(hash);
      await save();
    },
  };
};
