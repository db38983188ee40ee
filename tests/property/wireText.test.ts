import fc from "fast-check";
import { expect, it } from "vitest";
import { wireText } from "../../runtime/adapters/tape/wire.ts";
import { encodeEvent } from "../../streams/domain/upcast.ts";
import { anyTape } from "../support/arbitraryEvents.ts";

it("writes any event as the codec of its schema does, to the letter", () => {
  fc.assert(
    fc.property(anyTape(), (events) => {
      for (const event of events) expect(wireText(event)).toBe(JSON.stringify(encodeEvent(event)));
    }),
    { numRuns: 300 },
  );
});
