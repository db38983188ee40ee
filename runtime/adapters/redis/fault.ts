import { ReplyError } from "ioredis";

/** What passes is tried again. */
export const RETRIES = { firstMs: 100, longestMs: 5_000 } as const;

/** `lost`: a new connection may help. `full`: time may help. `refused`: the same again would be refused again. */
export type Fault = "lost" | "full" | "refused";

/** The first word of an error that the server answers is its code. */
const FAULTS: ReadonlyMap<string, Fault> = new Map([
  ["OOM", "full"],
  ["MISCONF", "full"], // it cannot write its files
  ["LOADING", "lost"],
  ["READONLY", "lost"], // became a replica
  ["MASTERDOWN", "lost"],
  ["NOREPLICAS", "lost"],
  ["CLUSTERDOWN", "lost"],
  ["TRYAGAIN", "lost"],
  ["BUSY", "lost"], // runs somebody's endless script
  ["NOAUTH", "lost"],
]);

/** Of an error that the server answered; null for any other. */
export const codeOf = (error: unknown): string | null =>
  error instanceof Error && error instanceof ReplyError ? (error.message.split(" ", 1)[0] ?? "") : null;

/** What the server did not say comes from the connection, which may look well for a moment after it broke; or it is a mistake of ours. */
export const faultOf = (error: unknown): Fault => {
  const code = codeOf(error);
  if (code !== null) return FAULTS.get(code) ?? "refused";
  return error instanceof TypeError || error instanceof RangeError ? "refused" : "lost";
};

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
