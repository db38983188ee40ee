import { createHash } from "node:crypto";
import type { Redis } from "ioredis";
import { codeOf } from "./fault.ts";

export type Argument = string | number | Buffer;

/** Runs on the server as one step. Its text is sent only to a server that does not know it yet. */
export interface Script {
  readonly text: string;
  readonly sha: string;
}

export const script = (text: string): Script => ({ text, sha: createHash("sha1").update(text).digest("hex") });

/** Texts come back as strings. */
export const runScript = async (redis: Redis, { text, sha }: Script, keys: readonly string[], args: readonly Argument[]) => {
  const rest: Argument[] = [keys.length, ...keys];
  for (const arg of args) rest.push(arg); // not spread: there may be more of them than a call can have
  try {
    return await redis.call("EVALSHA", [sha as Argument].concat(rest));
  } catch (error) {
    if (codeOf(error) !== "NOSCRIPT") throw error;
    return redis.call("EVAL", [text as Argument].concat(rest));
  }
};
