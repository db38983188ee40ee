import { Redis } from "ioredis";
import type { DurableStreams, Message } from "../../actors/ports/streams.ts";
import { redisStreams } from "../../runtime/adapters/redis/streams.ts";

const URL = process.env.TAPEDECK_TEST_REDIS_URL ?? "redis://127.0.0.1:6379";
const PREFIX = `tapedeck-bench-${process.pid}`;
/** Events of each measurement, single or packed; naive forms take fewer, they are slow. */
const EVENTS = 100_000;
const NAIVE_EVENTS = 10_000;
const PACK = 50;
/** About a bar as text. */
const EVENT_BYTES = 120;
/** Messages that may wait for an answer. */
const WINDOW = 4_000;
const PACED_MS = 3_000;

interface Form {
  readonly name: string;
  readonly message: Message;
  readonly events: number;
}
const SINGLE: Form = {
  name: "one event an entry",
  message: { headers: { n: "1" }, body: Buffer.alloc(EVENT_BYTES, 65) },
  events: 1,
};
const PACKED: Form = {
  name: `${PACK} events an entry`,
  message: { headers: { n: String(PACK) }, body: Buffer.alloc(EVENT_BYTES * PACK, 65) },
  events: PACK,
};

const reachable = async (redis: Redis): Promise<boolean> =>
  redis.connect().then(
    () => true,
    () => false,
  );

const rate = (count: number, since: number): number => (count / (performance.now() - since)) * 1_000;
const print = (what: string, perSecond: number): void =>
  console.log(`${what.padEnd(58)} ${Math.round(perSecond).toLocaleString("en").padStart(10)} /s`);
const quantile = (sorted: readonly number[], q: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
const printLatency = (what: string, samples: number[]): void => {
  samples.sort((a, b) => a - b);
  const [p50, p99] = [quantile(samples, 0.5), quantile(samples, 0.99)];
  console.log(`${what.padEnd(58)} p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms`);
};

/** Prints what streams on a local server carry, one event an entry and packed, and the plain use of the client beside it. */
export const run = async (): Promise<void> => {
  const redis = new Redis(URL, { lazyConnect: true, retryStrategy: () => null });
  redis.on("error", () => undefined);
  if (!(await reachable(redis))) {
    console.log(`redis: skipped, no server answers at ${URL}`);
    return;
  }
  const streams = redisStreams({ url: URL, prefix: PREFIX });
  try {
    await naive(redis);
    for (const form of [SINGLE, PACKED]) await throughput(streams, form);
    for (const form of [SINGLE, PACKED]) await endToEnd(streams, form);
    await pacedNaive(redis);
    await paced(streams);
  } finally {
    await streams.close();
    const keys = await redis.keys(`${PREFIX}:*`);
    if (keys.length > 0) await redis.unlink(...keys);
    redis.disconnect();
  }
};

const append = async (streams: DurableStreams, stream: string, form: Form, count: number): Promise<void> => {
  const all: Promise<unknown>[] = [];
  for (let i = 0; i < count; i += 1) {
    all.push(streams.append(stream, [form.message]));
    if (i >= WINDOW && i % 100 === 0) await all[i - WINDOW];
  }
  await Promise.all(all);
};

/** Takes and acknowledges as many entries as were or will be appended. */
const consume = async (streams: DurableStreams, stream: string, count: number): Promise<void> => {
  const consumer = await streams.consume(stream, "bench", "one");
  let bytes = 0;
  for (let taken = 0; taken < count; ) {
    const some = await consumer.take(1_000, 5_000);
    if (some.length === 0) throw new Error(`only ${taken} of ${count} entries came`);
    for (const { body } of some) bytes += body.length;
    taken += some.length;
    void consumer.ack(some.map(({ id }) => id));
  }
  if (bytes < count * EVENT_BYTES) throw new Error("the entries read are not those written");
  await consumer.close();
};

const throughput = async (streams: DurableStreams, form: Form): Promise<void> => {
  const count = EVENTS / form.events;
  let since = performance.now();
  await append(streams, `t${form.events}`, form, count);
  print(`redis: append, ${form.name}: events`, rate(EVENTS, since));
  since = performance.now();
  await consume(streams, `t${form.events}`, count);
  print(`redis: take and acknowledge, ${form.name}: events`, rate(EVENTS, since));
};

const endToEnd = async (streams: DurableStreams, form: Form): Promise<void> => {
  const count = EVENTS / form.events;
  const since = performance.now();
  await Promise.all([append(streams, `e${form.events}`, form, count), consume(streams, `e${form.events}`, count)]);
  print(`redis: both at once in one process, ${form.name}: events`, rate(EVENTS, since));
};

const naive = async (redis: Redis): Promise<void> => {
  const key = `${PREFIX}:naive`;
  let since = performance.now();
  for (let i = 0; i < NAIVE_EVENTS; i += 1) await redis.xadd(key, "*", "b", SINGLE.message.body as Buffer, "n", "1");
  print("redis: naive: await each XADD", rate(NAIVE_EVENTS, since));
  since = performance.now();
  for (let i = 0; i < EVENTS; i += 1_000) {
    const pipeline = redis.pipeline();
    for (let j = 0; j < 1_000; j += 1) pipeline.xadd(`${key}-piped`, "*", "b", SINGLE.message.body as Buffer, "n", "1");
    await pipeline.exec();
  }
  print("redis: the client alone: pipelines of 1,000 XADD", rate(EVENTS, since));
  await redis.xgroup("CREATE", key, "bench", "0");
  since = performance.now();
  for (let i = 0; i < NAIVE_EVENTS; i += 1) {
    const [stream] = (await redis.xreadgroup("GROUP", "bench", "one", "COUNT", 1, "STREAMS", key, ">")) as [
      string,
      [string, string[] | null][],
    ][];
    await redis.xack(key, "bench", stream?.[1][0]?.[0] ?? "");
  }
  print("redis: naive: XREADGROUP COUNT 1, await each XACK", rate(NAIVE_EVENTS, since));
};

/** Calls `send` a thousand times a second, in turns as they come, for a few seconds. */
const atOneThousand = async (send: (at: number) => void): Promise<number> => {
  const start = performance.now();
  let sent = 0;
  for (let now = start; now - start < PACED_MS; now = performance.now()) {
    for (; sent < now - start; sent += 1) send(performance.now());
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  return sent;
};
const stamped = (at: number): Message => ({ headers: { at: String(at) }, body: SINGLE.message.body });

const paced = async (streams: DurableStreams): Promise<void> => {
  const samples: number[] = [];
  const consumer = await streams.consume("paced", "bench", "one");
  let wanted = Number.POSITIVE_INFINITY;
  const taking = (async () => {
    while (samples.length < wanted) {
      const some = await consumer.take(1_000, 200);
      const now = performance.now();
      for (const { headers } of some) samples.push(now - Number(headers.at));
      void consumer.ack(some.map(({ id }) => id));
    }
  })();
  wanted = await atOneThousand((at) => void streams.append("paced", [stamped(at)]));
  await taking;
  await consumer.close();
  printLatency("redis: from append to take at 1,000 a second", samples);
};

const pacedNaive = async (redis: Redis): Promise<void> => {
  const key = `${PREFIX}:paced-naive`;
  const samples: number[] = [];
  const reader = redis.duplicate();
  reader.on("error", () => undefined);
  await reader.connect();
  let wanted = Number.POSITIVE_INFINITY;
  const taking = (async () => {
    let last = "0";
    while (samples.length < wanted) {
      const read = await reader.xread("COUNT", 1, "BLOCK", 200, "STREAMS", key, last);
      const [id, fields] = read?.[0]?.[1][0] ?? [];
      if (id === undefined) continue;
      last = id;
      samples.push(performance.now() - Number(fields?.[3]));
    }
  })();
  wanted = await atOneThousand((at) => void redis.xadd(key, "*", "b", SINGLE.message.body as Buffer, "at", String(at)));
  await taking;
  reader.disconnect();
  printLatency("redis: naive: XADD, XREAD COUNT 1, at 1,000 a second", samples);
};
