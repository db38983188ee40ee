import { type JetStreamClient, jetstream, jetstreamManager, StorageType } from "@nats-io/jetstream";
import type { Fanout } from "../../actors/ports/fanout.ts";
import { type NatsLink, natsConnection } from "../../runtime/adapters/nats/connection.ts";
import { NatsFanout } from "../../runtime/adapters/nats/fanout.ts";

const URL = process.env.TAPEDECK_TEST_NATS_URL ?? "nats://127.0.0.1:4222";
const EVENT_BYTES = 150;
const PACKED = 50;
const NAMESPACE = `bench-${process.pid}`;

interface Row {
  readonly what: string;
  readonly events: number;
  readonly messages: number;
  readonly seconds: number;
}

const secondsSince = (from: number): number => (performance.now() - from) / 1_000;

/** From the first publish until the other end heard the last. */
const throughFanout = async (what: string, from: Fanout, to: Fanout, messages: number, packed: number): Promise<Row> => {
  const body = new Uint8Array(EVENT_BYTES * packed);
  let heard = 0;
  let finish: () => void = () => undefined;
  const all = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const subscription = to.subscribe(
    "bars.*",
    () => {
      heard += 1;
      if (heard === messages) finish();
    },
    { maxPending: messages },
  );
  await to.flush();
  const since = performance.now();
  for (let i = 0; i < messages; i++) {
    from.publish("bars.AAPL", body);
    if (i % 1_000 === 999) await from.flush(); // a source that is held back, as the bridge is
  }
  await all;
  const seconds = secondsSince(since);
  subscription.close();
  return { what, events: messages * packed, messages, seconds };
};

const intoStream = async (what: string, js: JetStreamClient, messages: number, packed: number, atOnce: number): Promise<Row> => {
  const body = new Uint8Array(EVENT_BYTES * packed);
  const since = performance.now();
  for (let i = 0; i < messages; i += atOnce) {
    const acks = Array.from({ length: Math.min(atOnce, messages - i) }, () => js.publish(`${NAMESPACE}.stream`, body));
    await Promise.all(acks);
  }
  return { what, events: messages * packed, messages, seconds: secondsSince(since) };
};

const measure = async (near: NatsLink, far: NatsLink): Promise<Row[]> => {
  const onError = (error: unknown) => console.error(error);
  const from = new NatsFanout({ link: near, namespace: NAMESPACE, onError });
  const to = new NatsFanout({ link: far, namespace: NAMESPACE, onError });
  const js = jetstream(near.nc);
  const jsm = await jetstreamManager(near.nc);
  const stream = `${NAMESPACE}-stream`;
  await jsm.streams.add({ name: stream, subjects: [`${NAMESPACE}.stream`], storage: StorageType.File });
  try {
    await throughFanout("warm-up", from, to, 20_000, 1);
    return [
      await throughFanout("fan-out, an event a message (naive)", from, to, 200_000, 1),
      await throughFanout(`fan-out, ${PACKED} events a message`, from, to, 20_000, PACKED),
      await intoStream("JetStream, an event a message, each awaited (naive)", js, 5_000, 1, 1),
      await intoStream("JetStream, an event a message, 500 at once", js, 40_000, 1, 500),
      await intoStream(`JetStream, ${PACKED} events a message, 100 at once`, js, 10_000, PACKED, 100),
      await roundTrips(from, to),
    ];
  } finally {
    await jsm.streams.delete(stream);
    await from.close();
    await to.close();
  }
};

/** One question after the other. */
const roundTrips = async (from: Fanout, to: Fanout): Promise<Row> => {
  const messages = 5_000;
  to.respond("echo", (body) => body);
  await to.flush();
  const since = performance.now();
  for (let i = 0; i < messages; i++) await from.request("echo", new Uint8Array(EVENT_BYTES), 5_000);
  return { what: "request and answer, one after the other", events: messages, messages, seconds: secondsSince(since) };
};

/** Prints how many events a second go through NATS, one a message and packed. Both ends in this process. */
export const run = async (): Promise<void> => {
  const name = "tapedeck bench";
  const open = () => natsConnection({ url: URL, name, onTrouble: (line) => console.error(line) });
  const near = await open().catch((error: unknown) => {
    console.log(`nats: skipped, no server at ${URL} (${error instanceof Error ? error.message : error})`);
    return null;
  });
  if (!near) return;
  const far = await open();
  console.log(`${"".padEnd(54)}${"messages/s".padStart(12)}${"events/s".padStart(12)}`);
  for (const { what, events, messages, seconds } of await measure(near, far)) {
    const rate = (count: number) =>
      Math.round(count / seconds)
        .toLocaleString("en")
        .padStart(12);
    console.log(`${what.padEnd(54)}${rate(messages)}${rate(events)}`);
  }
  await near.close();
  await far.close();
};
