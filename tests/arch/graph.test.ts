import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { graphIn, graphOf, roomOf, sourceGraph } from "./graph.ts";

it("ARCHITECTURE.md shows who imports whom, as the source has it", () => {
  const shown = graphIn(readFileSync("ARCHITECTURE.md", "utf8"));
  expect(shown, "the graph is out of date: run `npm run graph`").toBe(sourceGraph());
});

describe("the graph", () => {
  const edges = (files: Readonly<Record<string, readonly string[]>>): readonly string[] =>
    graphOf(Object.entries(files))
      .trimEnd()
      .split("\n")
      .slice(1)
      .map((line) => line.trim());

  it("has a room for every folder, but some are drawn whole", () => {
    const paths = ["runtime/new/a.ts", "runtime/live/wire/a.ts", "runtime/adapters/tape/import/a.ts", "streams/risk/a.ts"];
    expect(paths.map(roomOf)).toEqual(["runtime/new", "runtime/live/wire", "runtime/adapters", "streams"]);
    expect(["runtime/main.ts", "runtime/tree.ts"].map(roomOf)).toEqual(["runtime/main.ts", "runtime"]);
  });

  it("leaves out what follows: an arrow that others say already, and a room's own", () =>
    expect(
      edges({
        "actors/b.ts": ["actors/c.ts", "streams/a.ts"],
        "gateway/c.ts": ["actors/b.ts", "streams/a.ts"],
        "streams/a.ts": ["streams/domain/d.ts"],
      }),
    ).toEqual(["actors --> streams", "gateway --> actors"]));

  it("draws rooms that import each other as one", () =>
    expect(
      edges({
        "gateway/a.ts": ["gateway/routes/b.ts"],
        "gateway/routes/b.ts": ["gateway/a.ts", "actors/c.ts"],
        "ui/src/d.tsx": ["gateway/routes/b.ts"],
      }),
    ).toEqual(["gateway --> actors", "ui --> gateway"]));

  it("names a room by its last word where no other ends so", () =>
    expect(edges({ "gateway/server/a.ts": ["runtime/server/b.ts"], "runtime/live/c.ts": ["runtime/server/b.ts"] })).toEqual([
      'gateway_server["gateway/server"] --> runtime_server["runtime/server"]',
      'live["runtime/live"] --> runtime_server',
    ]));
});
