import { describe, expect, it } from "vitest";
import { sqlFolder } from "../../../../../runtime/adapters/postgres/folder.ts";

describe("the sql folder", () => {
  it("is found from the sources and from a bundle", () => {
    const fromHere = sqlFolder();
    expect(sqlFolder(`${fromHere}/../dist/tapedeck.js`.replace("/sql/..", ""))).toBe(fromHere);
    expect(() => sqlFolder("/nowhere/at/all.js")).toThrow(/incomplete/);
  });
});
