import { existsSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { Worker as Thread } from "node:worker_threads";
import { z } from "zod";
import { Beating, type Hung, newHeart } from "../heart.ts";
import { watchEntries } from "../strategyGuard.ts";
import type { HeartThreadData } from "./heartThread.ts";

/** The thread's program is built; from the sources the build beside them is taken. */
const program = new URL(import.meta.url.endsWith(".ts") ? "../../dist/heartThread.js" : "./heartThread.js", import.meta.url);

const STEP_MS = 250;
/** Steps in the code of one strategy after which it does not come back: ten seconds. */
const MOST_STEPS = 40;

const HungFile = z.object({
  who: z.object({ file: z.string(), strategy: z.string(), ticker: z.string() }),
  at: z.number(),
});

/** Beside the tape of the run: who held up the process that played it last. */
const fileOf = (journal: string): string => join(dirname(journal), "hung.json");

/** From here on a strategy that does not come back ends the process, by SIGUSR2, and is known to the next one. @returns stops it. */
export const watchLive = (journal: string): (() => void) => {
  const heart = newHeart();
  const data: HeartThreadData = { heart, file: fileOf(journal), stepMs: STEP_MS, mostSteps: MOST_STEPS };
  const thread = new Thread(program, { workerData: data });
  thread.unref();
  watchEntries(new Beating(heart, (who) => thread.postMessage(who)));
  return () => {
    watchEntries(null);
    void thread.terminate();
  };
};

/** The strategy that held up the process before, once; null: none did. */
export const takeHung = (journal: string): Hung | null => {
  const file = fileOf(journal);
  if (!existsSync(file)) return null;
  const text = readFileSync(file, "utf8");
  rmSync(file);
  try {
    return HungFile.parse(JSON.parse(text));
  } catch {
    return null; // the process was ended from outside while it was written
  }
};
