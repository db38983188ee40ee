import { Worker } from "node:worker_threads";
import type { Summary, Task } from "./seeds.ts";

const WORKERS = 2;
/** Most of what an interleaving makes dies with it. */
const YOUNG_MB = 64;

/** A source that is read with other text. */
export interface Changed {
  readonly file: string;
  readonly text: string;
}

/** Makes a bundle of the worker, or one with other sources: see `run.mjs`. */
export type Bundle = (name?: string, changed?: readonly Changed[]) => Promise<string>;

/** Plays seeds in two threads, each every second one. */
export const playIn = async (bundle: string, task: Omit<Task, "stride">): Promise<Summary[]> => {
  const parts = Array.from({ length: WORKERS }, (_, i): Task => {
    const count = Math.floor((task.count + WORKERS - 1 - i) / WORKERS);
    return { ...task, from: task.from + i, count, stride: WORKERS };
  });
  return Promise.all(
    parts.map(
      (workerData) =>
        new Promise<Summary>((resolve, reject) => {
          const worker = new Worker(bundle, { workerData, resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB } });
          worker.once("message", resolve);
          worker.once("error", reject);
        }),
    ),
  );
};
