import type { Redis } from "ioredis";
import type { RawEntry } from "./entry.ts";

/** Which group of which stream, on the server, and who asks. */
export interface Member {
  readonly key: string;
  readonly group: string;
  readonly name: string;
}

/** An entry that somebody has and has not acknowledged. */
export interface Open {
  readonly id: string;
  readonly consumer: string;
  /** How often it was handed out. */
  readonly deliveries: number;
}

/** An open entry that is now ours. */
export interface Claimed {
  readonly raw: RawEntry;
  /** Before this time. */
  readonly deliveries: number;
}

const toOpen = (row: unknown): Open => {
  const [id, consumer, , deliveries] = row as [string, string, number, number];
  return { id, consumer, deliveries };
};

/** Open entries from an id on (exclusive; "" for all), oldest first: of `consumer`, or of all. Idle for at least `idleMs`. */
export const listOpen = async (
  redis: Redis,
  member: Member,
  after: string,
  max: number,
  of: { readonly consumer?: string; readonly idleMs?: number },
): Promise<readonly Open[]> => {
  const idle = of.idleMs === undefined ? [] : ["IDLE", String(Math.ceil(of.idleMs))];
  const from = after === "" ? "-" : `(${after}`;
  const consumer = of.consumer === undefined ? [] : [of.consumer];
  const rows = await redis.call("XPENDING", [member.key, member.group, ...idle, from, "+", String(max), ...consumer]);
  return (rows as unknown[]).map(toOpen);
};

/** Takes them over, unless somebody was faster (then it is not idle long enough) or it was acknowledged meanwhile. */
export const claim = async (redis: Redis, member: Member, open: readonly Open[], idleMs: number): Promise<readonly Claimed[]> => {
  if (open.length === 0) return [];
  const ids = open.map(({ id }) => id);
  const rows = await redis.callBuffer("XCLAIM", [member.key, member.group, member.name, String(Math.ceil(idleMs)), ...ids]);
  const before = new Map(open.map(({ id, deliveries }) => [id, deliveries]));
  return (rows as (RawEntry | null)[])
    .filter((raw) => raw !== null)
    .map((raw) => ({ raw, deliveries: before.get(raw[0].toString("latin1")) ?? 0 }));
};
