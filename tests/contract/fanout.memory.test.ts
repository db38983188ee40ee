import { MemoryFanout } from "../../runtime/adapters/memory/fanout.ts";
import { MemoryFanoutServer } from "../../runtime/adapters/memory/fanoutServer.ts";
import { machineTiming } from "../../runtime/adapters/system/timing.ts";
import { fanoutContract } from "./fanout.contract.ts";

fanoutContract("memory", async () => {
  const server = new MemoryFanoutServer();
  const errors: unknown[] = [];
  const opened: MemoryFanout[] = [];
  return {
    errors,
    open: async () => {
      const fanout = new MemoryFanout(server, { timing: machineTiming, onError: (error) => errors.push(error) });
      opened.push(fanout);
      return fanout;
    },
    dispose: async () => {
      await Promise.all(opened.map((fanout) => fanout.close()));
    },
  };
});
