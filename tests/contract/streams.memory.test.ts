import { memoryStreamServer } from "../../runtime/adapters/memory/streams.ts";
import { streamsContract } from "./streams.contract.ts";

streamsContract("memory", async () => {
  const server = memoryStreamServer();
  return { connect: () => server.connect(), dispose: async () => undefined };
});
