import { describe, expect, it } from "vitest";
import { DERIVATIONS } from "../../../../../runtime/adapters/postgres/derived.ts";
import { EVENT_TYPES } from "../../../../../streams/domain/event.ts";

describe("the typed tables", () => {
  it("follow from types of events that exist", () => {
    for (const { types } of DERIVATIONS) for (const type of types) expect(EVENT_TYPES).toContain(type);
  });
});
