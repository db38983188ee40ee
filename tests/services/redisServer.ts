import { Redis } from "ioredis";
import { type RedisStreamsOptions, redisStreams } from "../../runtime/adapters/redis/streams.ts";
import type { StreamsUnderTest } from "../contract/streams.entries.ts";

/** A server the tests may make keys on, under a prefix of their own. */
export const REDIS_URL = process.env.TAPEDECK_TEST_REDIS_URL ?? "redis://127.0.0.1:6379";

/** One client for a few commands. */
export const onRedis = async <T>(url: string, ask: (redis: Redis) => Promise<T>): Promise<T> => {
  const redis = new Redis(url, { lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0 });
  redis.on("error", () => undefined); // the command fails too
  try {
    await redis.connect();
    return await ask(redis);
  } finally {
    redis.disconnect();
  }
};

export const redisReachable = (): Promise<boolean> =>
  onRedis(REDIS_URL, (redis) => redis.ping()).then(
    () => true,
    () => false,
  );

/** Removes every key under a prefix. */
export const removeUnder = (url: string, prefix: string): Promise<void> =>
  onRedis(url, async (redis) => {
    let cursor = "0";
    do {
      const [next, keys] = await redis.scan(cursor, "MATCH", `${prefix}:*`, "COUNT", 1_000);
      if (keys.length > 0) await redis.unlink(...keys);
      cursor = next;
    } while (cursor !== "0");
  });

let made = 0;
/** Streams under a prefix of their own, removed by `dispose`. */
export const streamsOn = (
  url: string,
  options: Partial<RedisStreamsOptions> = {},
): StreamsUnderTest & { readonly prefix: string } => {
  made += 1;
  const prefix = `tapedeck-test-${process.pid}-${made}`;
  return {
    prefix,
    connect: () => redisStreams({ url, prefix, ...options }),
    dispose: () => removeUnder(url, prefix),
  };
};
