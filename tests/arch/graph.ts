import { posix } from "node:path";
import { targetsOf } from "./imports.ts";
import { parse, sourceFiles } from "./sources.ts";

type Graph = ReadonlyMap<string, ReadonlySet<string>>;

/** All may import the domain; the ports of the gateway's edge are what both of its sides know. Neither would tell anything. */
const isLeftOut = (path: string): boolean =>
  /^(tests|streams\/domain)\//.test(path) || /^gateway\/(server|auth)\/ports?\.ts$/.test(path);
/** Folders drawn whole, however many are in them. */
const WHOLE = ["streams", "ui", "runtime/adapters", "runtime/cli"];

/** The folder a file lies in. What begins everything is a room of its own. */
export const roomOf = (path: string): string =>
  path === "runtime/main.ts" ? path : (WHOLE.find((folder) => path.startsWith(`${folder}/`)) ?? posix.dirname(path));

const roomsOf = (files: readonly (readonly [path: string, targets: readonly string[]])[]): Graph => {
  const rooms = new Map<string, Set<string>>();
  for (const [path, targets] of files) {
    if (isLeftOut(path)) continue;
    const into = rooms.get(roomOf(path)) ?? new Set<string>();
    rooms.set(roomOf(path), into);
    for (const target of targets)
      if (!isLeftOut(target) && target.endsWith(".ts") && roomOf(target) !== roomOf(path)) into.add(roomOf(target));
  }
  return rooms;
};

const reachedFrom = (graph: Graph, from: string, seen = new Set<string>()): ReadonlySet<string> => {
  for (const next of graph.get(from) ?? [])
    if (!seen.has(next)) {
      seen.add(next);
      reachedFrom(graph, next, seen);
    }
  return seen;
};

/** Rooms that import each other are one, under the shortest of their names. */
const joined = (graph: Graph): Graph => {
  const reach = new Map([...graph.keys()].map((room) => [room, reachedFrom(graph, room)]));
  const nameOf = (room: string): string =>
    [room, ...(reach.get(room) ?? [])]
      .filter((other) => other === room || reach.get(other)?.has(room))
      .sort((a, b) => a.length - b.length || (a < b ? -1 : 1))[0] ?? room;
  const out = new Map<string, Set<string>>();
  for (const [room, targets] of graph) {
    const into = out.get(nameOf(room)) ?? new Set<string>();
    out.set(nameOf(room), into);
    for (const target of targets) if (nameOf(target) !== nameOf(room)) into.add(nameOf(target));
  }
  return out;
};

/** Without the arrows that follow from others. */
const reduced = (graph: Graph): Graph =>
  new Map(
    [...graph].map(([room, targets]) => [
      room,
      new Set([...targets].filter((t) => ![...targets].some((o) => o !== t && reachedFrom(graph, o).has(t)))),
    ]),
  );

/** `kernel[runtime/kernel]`; files that lie in a folder beside its rooms are `runtime/*.ts`. */
const drawn = (graph: Graph): string => {
  const rooms = [...new Set([...graph.keys(), ...[...graph.values()].flatMap((t) => [...t])])].sort();
  const short = (room: string): string => room.split("/").at(-1)?.replace(".ts", "") ?? room;
  const idOf = (room: string): string =>
    rooms.some((other) => other !== room && short(other) === short(room)) ? room.replaceAll(/\W/g, "_") : short(room);
  const label = (room: string): string => (room === "runtime" ? "runtime/*.ts" : room);
  const named = new Set<string>();
  const node = (room: string): string => {
    const isPlain = named.has(room) || idOf(room) === label(room);
    named.add(room);
    return isPlain ? idOf(room) : `${idOf(room)}["${label(room)}"]`;
  };
  const height = (room: string): number => Math.max(0, ...[...(graph.get(room) ?? [])].map((target) => 1 + height(target)));
  const lines = rooms
    .filter((room) => (graph.get(room)?.size ?? 0) > 0)
    .sort((a, b) => height(a) - height(b) || (a < b ? -1 : 1))
    .map((room) => `  ${node(room)} --> ${[...(graph.get(room) ?? [])].sort().map(node).join(" & ")}`);
  return ["graph BT", ...lines, ""].join("\n");
};

/** Who imports whom, room by room, of these files with what each imports. */
export const graphOf = (files: readonly (readonly [path: string, targets: readonly string[]])[]): string =>
  drawn(reduced(joined(roomsOf(files))));

/** Of the source as it is. */
export const sourceGraph = (): string =>
  graphOf(
    sourceFiles()
      .filter((path) => /\.tsx?$/.test(path) && !path.startsWith("tests/"))
      .map((path) => [path, targetsOf(parse(path))]),
  );

const BLOCK = /(?<=^```mermaid\n)graph .*?(?=^```)/ms;
/** The one graph of a document; null when it has none. */
export const graphIn = (document: string): string | null => BLOCK.exec(document)?.[0] ?? null;
/** The document with this graph in place of its own. */
export const withGraph = (document: string, graph: string): string => document.replace(BLOCK, () => graph);
