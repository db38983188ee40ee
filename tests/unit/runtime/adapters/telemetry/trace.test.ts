import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chunkTraceparent, rootIn, traceIdOf, traceparentOf } from "../../../../../runtime/adapters/telemetry/trace.ts";

/** W3C Trace Context, version 00: neither id may be all zeros. */
const TRACEPARENT = /^00-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-01$/;

describe("trace ids", () => {
  it("have the form that collectors of traces take, whatever they name", () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(), fc.nat(), (run, root, seq) => {
        expect(traceparentOf(run, root, seq)).toMatch(TRACEPARENT);
        expect(chunkTraceparent(run, "news", seq)).toMatch(TRACEPARENT);
      }),
    );
  });

  it("are the same wherever and whenever they are made", () => {
    // sha256 of "s1f2e3d4c5:7", as any other program computes it
    expect(traceIdOf("s1f2e3d4c5", 7)).toBe("288234afc684aeaeac595f80352c48f0");
    expect(traceparentOf("s1f2e3d4c5", 7, 9).split("-")[1]).toBe(traceIdOf("s1f2e3d4c5", 7));
  });

  it("differ by run, by root, and within a trace by entry", () => {
    expect(traceIdOf("a", 1)).not.toBe(traceIdOf("b", 1));
    expect(traceIdOf("a", 1)).not.toBe(traceIdOf("a", 2));
    expect(traceparentOf("a", 1, 2)).not.toBe(traceparentOf("a", 1, 3));
    expect(chunkTraceparent("a:1", "news", 5)).not.toBe(chunkTraceparent("a:1", "market", 5));
  });

  it("go back to the input behind a chain of causes, as far as the stretch tells", () => {
    const entries = [
      { seq: 5, cause: 0 },
      { seq: 6, cause: 5 },
      { seq: 7, cause: 6 },
      { seq: 8, cause: 2 },
    ];
    expect(entries.map((e) => rootIn(entries, e))).toEqual([5, 5, 5, 2]);
  });
});
