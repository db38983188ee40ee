import { MemoryStore } from "../../runtime/adapters/memory/history.ts";
import { storeContract } from "./store.contract.ts";

storeContract("memory", async () => {
  const store = new MemoryStore();
  return {
    open: async () => ({ projection: store, history: store, close: () => store.close() }),
    dispose: async () => undefined,
  };
});
