import ts from "typescript";
import { at, type Check, isPropertyName, membersTaken, nodes } from "./sources.ts";

/** Where nothing may read the clock, chance, the environment or the outside: what is here must replay exactly. */
export const isCore = (path: string): boolean =>
  /^(streams|actors|gateway|runtime\/(kernel|core|replay|mechanisms))\//.test(path) && !/^gateway\/(server|auth)\//.test(path);

const GLOBALS: ReadonlyMap<string, string> = new Map([
  ...["setTimeout", "setInterval", "setImmediate", "queueMicrotask", "requestAnimationFrame"].map(
    (n) => [n, "waits on the machine"] as const,
  ),
  ...["performance", "process", "navigator", "globalThis", "global", "window"].map((n) => [n, "reads the machine"] as const),
  ...["crypto", "webcrypto"].map((n) => [n, "reads chance"] as const),
  ...["console", "fetch", "WebSocket", "EventSource", "Worker", "localStorage"].map((n) => [n, "reaches outside"] as const),
  ...["Intl"].map((n) => [n, "depends on the machine's language data"] as const),
  ...["require", "eval", "Function"].map((n) => [n, "hides what it uses"] as const),
]);
/** Of dates in the machine's own time zone, and of texts in its language. */
const LOCAL =
  /^(get(Hours|Minutes|Seconds|Day|Date|Month|FullYear|TimezoneOffset)|set(Hours|Minutes|Date|Month|FullYear)|toLocale\w*|localeCompare)$/;

const faultOfDate = (id: ts.Identifier): string | null => {
  const { parent } = id;
  if (ts.isTypeReferenceNode(parent)) return null;
  if (ts.isPropertyAccessExpression(parent) && (parent.name.text === "UTC" || parent.name.text === "parse")) return null;
  if (ts.isNewExpression(parent) && (parent.arguments?.length ?? 0) > 0) return null;
  return `reads the clock (${parent.getText().slice(0, 40)})`;
};
const faultOfMath = (id: ts.Identifier): string | null => {
  const taken = membersTaken(id);
  if (taken === null) return "hands Math on, so that its use cannot be seen";
  return taken.includes("random") ? "reads chance (Math.random)" : null;
};

const faultOf = (id: ts.Identifier): string | null => {
  if (isPropertyName(id)) return LOCAL.test(id.text) ? `depends on where the machine is (${id.text})` : null;
  if (id.text === "Date") return faultOfDate(id);
  if (id.text === "Math") return faultOfMath(id);
  const why = GLOBALS.get(id.text);
  return why === undefined ? null : `${why} (${id.text})`;
};

/** No clock, no chance, no environment, no waiting. A local of such a name is refused too: it would hide the next one. */
export const ambient: Check = (source) =>
  nodes(source).flatMap((node) => {
    if (ts.isIdentifier(node)) {
      const fault = faultOf(node);
      return fault === null ? [] : [at(node, fault)];
    }
    if (ts.isMetaProperty(node)) return [at(node, `reads the machine (${node.getText()})`)];
    return [];
  });
