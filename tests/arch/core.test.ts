import { describe, expect, it } from "vitest";
import { ambient, isCore } from "./ambient.ts";
import { floats, isNumeric } from "./floats.ts";
import { hygiene } from "./hygiene.ts";
import { imports } from "./imports.ts";
import { type Check, parse, sourceFiles } from "./sources.ts";
import { isComposed, subscribes, timed } from "./timed.ts";

const files = sourceFiles();
const sources = new Map(files.map((path) => [path, parse(path)]));
const faults = (where: (path: string) => boolean, check: Check): readonly string[] =>
  [...sources].flatMap(([path, source]) => (where(path) ? check(source) : []));

describe("the source as it is", () => {
  it("was found", () => {
    expect(files).toContain("streams/domain/units.ts");
    expect(files.filter(isCore)).toContain("actors/actor.ts");
    expect(files).toContain("tests/arch/core.test.ts");
  });
  it("reads no clock, no chance and no environment in the core", () => {
    expect(faults(isCore, ambient)).toEqual([]);
  });
  it("gives every RxJS operator that waits the core's scheduler", () => {
    expect(faults(isCore, timed)).toEqual([]);
  });
  it("leaves subscribing to the kernel", () => {
    expect(faults(isComposed, subscribes)).toEqual([]);
  });
  it("decides on numbers that are the same in every engine", () => {
    expect(faults(isNumeric, floats)).toEqual([]);
  });
  it("imports one way", () => {
    expect(faults(() => true, imports)).toEqual([]);
  });
  it("hides nothing from the checkers and has no file too long to read", () => {
    expect(faults(() => true, hygiene)).toEqual([]);
  });
});
