import { Redis } from "ioredis";

/** What a Redis server says of itself. */
export interface RedisSeen {
  readonly version: string;
  /** What it acknowledged outlives it. */
  readonly appendOnly: boolean;
}

const FIELD = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, "m");

/** Asks once. @throws when it does not answer within `waitMs`. */
export const lookAtRedis = async (url: string, waitMs: number): Promise<RedisSeen> => {
  const redis = new Redis(url, { lazyConnect: true, retryStrategy: () => null, connectTimeout: waitMs, commandTimeout: waitMs });
  redis.on("error", () => undefined); // what `connect` rejects with says it too
  try {
    await redis.connect();
    const info = await redis.info();
    return {
      version: FIELD("redis_version").exec(info)?.[1] ?? "of an unknown version",
      appendOnly: FIELD("aof_enabled").exec(info)?.[1] === "1",
    };
  } finally {
    redis.disconnect();
  }
};
