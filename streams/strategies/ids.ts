import { fnv1a } from "../domain/sfc32.ts";

/** Between a name and the hash of its parameters. No name has one; URLs, NATS subjects, SQL and shells take it as it is. */
const SEPARATOR = "~";
const BASIS = 0x811c9dc5;

/** Thrown where a strategy is listed twice with the same parameters: it would be one strategy with twice the weight. */
export class SameStrategyTwice extends Error {
  constructor(name: string, params: string) {
    super(`strategy ${name} is listed twice with the same parameters, ${params}; list it once, or give each other parameters`);
    this.name = "SameStrategyTwice";
  }
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const ofObject = (value: object): string => {
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(",")}]`;
  if (value instanceof RegExp) return String(value);
  if ("toJSON" in value && typeof value.toJSON === "function") return canonicalText(value.toJSON()); // dates, URLs
  if (value instanceof Map || value instanceof Set) return `${value.constructor.name}${canonicalText([...value])}`;
  const entries = Object.entries(value).filter(([, v]) => v !== undefined);
  entries.sort(([a], [b]) => byText(a, b));
  return `{${entries.map(([k, v]) => `${JSON.stringify(k)}:${canonicalText(v)}`).join(",")}}`;
};

/** The same text for the same value, in whatever order its keys were written; for what JSON can say, JSON with sorted keys. */
export const canonicalText = (value: unknown): string => {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "bigint") return `${value}n`;
  return typeof value === "object" && value !== null ? ofObject(value) : String(value);
};

/** A strategy as it is listed, its parameters read. */
export interface Listed {
  readonly name: string;
  /** With the defaults filled in. */
  readonly params: unknown;
}

const hashed = ({ name, params }: Listed): string =>
  `${name}${SEPARATOR}${(fnv1a(canonicalText(params), BASIS) >>> 0).toString(16).padStart(8, "0")}`;

/** Names that are listed more than once. */
export const repeatedIn = (listed: readonly { readonly name: string }[]): ReadonlySet<string> => {
  const seen = new Set<string>();
  return new Set(listed.filter(({ name }) => seen.size === seen.add(name).size).map(({ name }) => name));
};

/**
 * The id of each listed strategy: its name; where the name is listed more than once, the name and a hash of the parameters,
 * so that the order of the list decides nothing. @throws SameStrategyTwice
 */
export const idsOf = (listed: readonly Listed[]): readonly string[] => {
  const repeated = repeatedIn(listed);
  const known = new Set<string>();
  return listed.map((s) => {
    if (!repeated.has(s.name)) return s.name;
    const id = hashed(s);
    if (known.size === known.add(id).size) throw new SameStrategyTwice(s.name, canonicalText(s.params));
    return id;
  });
};
