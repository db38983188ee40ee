import { parentPort, workerData } from "node:worker_threads";
import { playSeeds, type Task } from "./seeds.ts";

parentPort?.postMessage(playSeeds(workerData as Task));
