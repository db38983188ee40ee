import { readFileSync, writeFileSync } from "node:fs";
import { sourceGraph, withGraph } from "./graph.ts";

writeFileSync("ARCHITECTURE.md", withGraph(readFileSync("ARCHITECTURE.md", "utf8"), sourceGraph()));
