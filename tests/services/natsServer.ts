import { jetstreamManager } from "@nats-io/jetstream";
import { type NatsLink, natsConnection } from "../../runtime/adapters/nats/connection.ts";
import { wordOf } from "../../runtime/adapters/nats/names.ts";

/** A server with JetStream the tests may make streams and buckets on. */
export const SERVER_URL = process.env.TAPEDECK_TEST_NATS_URL ?? "nats://127.0.0.1:4222";

export const link = (url = SERVER_URL, onTrouble: (line: string) => void = () => undefined): Promise<NatsLink> =>
  natsConnection({ url, name: "tapedeck tests", onTrouble });

/** Why not, or "". */
export const unreachable = async (url = SERVER_URL): Promise<string> => {
  try {
    const opened = await link(url);
    await jetstreamManager(opened.nc);
    await opened.close();
    return "";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

let made = 0;
/** Its own subjects, streams and buckets. */
export const freshNamespace = (): string => {
  made += 1;
  return `test-${process.pid}-${Date.now().toString(36)}-${made}`;
};

/** Removes the streams and buckets of a namespace. */
export const removeNamespace = async (namespace: string, opened: NatsLink): Promise<void> => {
  const jsm = await jetstreamManager(opened.nc);
  const word = wordOf(namespace);
  for await (const { config } of jsm.streams.list())
    if (config.name.startsWith(`${word}-`) || config.name.startsWith(`KV_${word}-`)) await jsm.streams.delete(config.name);
};
