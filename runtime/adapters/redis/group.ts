import type { Redis } from "ioredis";
import { codeOf } from "./fault.ts";

/** Makes stream and group where they are not there. */
export const makeGroup = async (
  redis: Redis,
  { key, group }: { readonly key: string; readonly group: string },
  from: "start" | "end",
): Promise<void> => {
  try {
    await redis.xgroup("CREATE", key, group, from === "start" ? "0" : "$", "MKSTREAM");
  } catch (error) {
    if (codeOf(error) !== "BUSYGROUP") throw error;
  }
};
