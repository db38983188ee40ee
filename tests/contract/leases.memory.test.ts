import { MemoryLeaseServer, MemoryLeases } from "../../runtime/adapters/memory/leases.ts";
import { ManualTiming, StoppableTiming } from "../support/manualTiming.ts";
import { leasesContract } from "./leases.contract.ts";

leasesContract("memory", async () => {
  const timing = new ManualTiming();
  const server = new MemoryLeaseServer({ timing, ttlMs: 1_200 });
  return {
    open: async () => {
      const own = new StoppableTiming(timing);
      return { leases: new MemoryLeases(server, own), stop: () => own.stop(), goOn: () => own.goOn() };
    },
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
