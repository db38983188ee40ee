import type { Redis } from "ioredis";
import type { GroupFigures, StreamFigures } from "../../../actors/ports/streams.ts";
import type { Keys } from "./keys.ts";
import { runScript, script } from "./script.ts";

/** KEYS: stream. ARGV: id, entries to look at. Answers how many there are behind the id, and the last one looked at. */
const COUNT_AFTER = script(`
local entries = redis.call('XRANGE', KEYS[1], '(' .. ARGV[1], '+', 'COUNT', ARGV[2])
return {#entries, #entries > 0 and entries[#entries][1] or ARGV[1]}`);
const STEP = 256;

/** KEYS: stream. XINFO fails where there is no stream. */
const GROUPS = script(`
if redis.call('EXISTS', KEYS[1]) == 0 then return {} end
return redis.call('XINFO', 'GROUPS', KEYS[1])`);

const countAfter = async (redis: Redis, key: string, id: string): Promise<number> => {
  let [count, last] = [0, id];
  for (;;) {
    const [seen, end] = (await runScript(redis, COUNT_AFTER, [key], [last, STEP])) as [number, string];
    count += seen;
    last = end;
    if (seen < STEP) return count;
  }
};

const groupOf = async (redis: Redis, stream: string, key: string, row: unknown): Promise<GroupFigures> => {
  const fields = row as (string | number | null)[];
  const told = new Map<unknown, string | number | null>();
  for (let i = 0; i + 1 < fields.length; i += 2) told.set(fields[i], fields[i + 1] ?? null);
  const lag = told.get("lag");
  return {
    stream,
    group: String(told.get("name")),
    // The server does not know it of a group that began in the middle, or after entries were deleted.
    lag: typeof lag === "number" ? lag : await countAfter(redis, key, String(told.get("last-delivered-id"))),
    pending: Number(told.get("pending")),
  };
};

export const figuresOf = async (redis: Redis, keys: Keys, stream: string): Promise<StreamFigures> => {
  const key = keys.stream(stream);
  const [length, deadLetters, groups] = await Promise.all([
    redis.xlen(key),
    redis.xlen(keys.dead(stream)),
    runScript(redis, GROUPS, [key], []),
  ]);
  const told = await Promise.all((groups as unknown[]).map((row) => groupOf(redis, stream, key, row)));
  return { stream, length, deadLetters, groups: told };
};
