import { writeFileSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import { type Heart, HeartWatch } from "../heart.ts";
import type { Attribution } from "../strategyGuard.ts";

// A thread that ends the process when a strategy does not come back: nothing else of the process can, since that strategy has its only turn.

export interface HeartThreadData {
  readonly heart: Heart;
  /** Where it writes who it was. */
  readonly file: string;
  readonly stepMs: number;
  readonly mostSteps: number;
}

const { heart, file, stepMs, mostSteps } = workerData as HeartThreadData;
const watch = new HeartWatch(heart);
parentPort?.on("message", (who: Attribution) => watch.meet(who));
setInterval(() => {
  const hung = watch.step(mostSteps);
  if (hung === null) return;
  writeFileSync(file, JSON.stringify(hung));
  process.kill(process.pid, "SIGUSR2");
}, stepMs);
