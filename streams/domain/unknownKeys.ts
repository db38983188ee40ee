import { z } from "zod";
import { nearest } from "./nearest.ts";

/** A key that is not there, and the one that was probably meant; else all there are. */
const told = (key: string, known: readonly string[]): string => {
  const meant = nearest(key, known);
  return `unknown key ${JSON.stringify(key)}${meant === null ? "" : `, did you mean ${meant}?`}`;
};

/** The issue as zod hands it to an error map: with the schema that found it. */
interface Found {
  readonly code?: string | undefined;
  readonly keys?: unknown;
  readonly inst?: unknown;
}

const Keys = z.array(z.string());

/** For `parse` and `safeParse`: what a strict object refuses is named with the nearest key that there is. */
export const namingKeys = {
  error: ({ code, keys, inst }: Found): string | undefined => {
    if (code !== "unrecognized_keys" || !(inst instanceof z.ZodObject)) return undefined;
    const known = Object.keys(inst.shape);
    const unknown = Keys.parse(keys);
    const said = unknown.map((key) => told(key, known)).join(", ");
    return unknown.every((key) => nearest(key, known) !== null) ? said : `${said}; there are: ${known.join(", ") || "none"}`;
  },
} as const;
