import { MemoryJobs, MemoryJobsServer } from "../../runtime/adapters/memory/jobs.ts";
import { ManualTiming } from "../support/manualTiming.ts";
import { jobsContract } from "./jobs.contract.ts";

jobsContract("memory", async () => {
  const timing = new ManualTiming();
  const server = new MemoryJobsServer({ timing, ackWaitMs: 1_000, maxDeliveries: 3 });
  return {
    open: async () => new MemoryJobs(server),
    until: async (probe) => {
      for (let passed = 0; passed < 60_000; passed += 50) {
        const found = await probe();
        if (found) return found;
        await timing.pass(50);
      }
      throw new Error("it never came");
    },
    pass: (ms) => timing.pass(ms),
    dispose: async () => undefined,
  };
});
