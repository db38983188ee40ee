import { describe } from "vitest";
import { NatsFanout } from "../../runtime/adapters/nats/fanout.ts";
import { fanoutContract } from "../contract/fanout.contract.ts";
import { freshNamespace, link, SERVER_URL, unreachable } from "./natsServer.ts";

const why = await unreachable();
describe.skipIf(why !== "")(`a real server at ${SERVER_URL}${why && ` (${why})`}`, () => {
  fanoutContract("nats", async () => {
    const namespace = freshNamespace();
    const errors: unknown[] = [];
    const opened: { close(): Promise<void> }[] = [];
    return {
      errors,
      open: async () => {
        const line = await link();
        const fanout = new NatsFanout({ link: line, namespace, onError: (error) => errors.push(error) });
        opened.push(fanout, line);
        return fanout;
      },
      dispose: async () => {
        for (const one of opened) await one.close();
      },
    };
  });
});
