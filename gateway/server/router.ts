import type { Bound } from "../routes/handler.ts";

export type Match =
  | { readonly bound: Bound; readonly params: Readonly<Record<string, string>> }
  /** The path is known, the method is not. */
  | { readonly allow: readonly string[] }
  | null;

interface Pattern {
  readonly bound: Bound;
  readonly parts: readonly string[];
}
const PARAM = /^\{(\w+)\}$/;

const paramsOf = (parts: readonly string[], path: readonly string[]): Record<string, string> | null => {
  const params: Record<string, string> = {};
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i] as string;
    const given = path[i] as string;
    const name = PARAM.exec(part)?.[1];
    if (name === undefined) {
      if (part !== given) return null;
    } else {
      if (given === "") return null;
      params[name] = decodeURIComponent(given);
    }
  }
  return params;
};

/** Finds the route of a path as it was sent; each segment is decoded on its own, so a slash may be part of one. @throws URIError on a bad escape */
export const router = (bounds: readonly Bound[]): ((method: string, path: string) => Match) => {
  const byLength = new Map<number, Pattern[]>();
  for (const bound of bounds) {
    const parts = bound.route.path.split("/");
    byLength.set(parts.length, [...(byLength.get(parts.length) ?? []), { bound, parts }]);
  }
  return (method, path) => {
    const segments = path.split("/");
    const wanted = method === "HEAD" ? "GET" : method;
    const allow: string[] = [];
    for (const { bound, parts } of byLength.get(segments.length) ?? []) {
      const params = paramsOf(parts, segments);
      if (!params) continue;
      const has = bound.route.method.toUpperCase();
      if (has === wanted) return { bound, params };
      allow.push(has, ...(has === "GET" ? ["HEAD"] : []));
    }
    return allow.length > 0 ? { allow } : null;
  };
};
