import fc from "fast-check";
import { it } from "vitest";
import { memoryStreams } from "../../runtime/adapters/memory/streams.ts";
import { lives, liveThrough } from "../contract/streams.lives.ts";

it("delivers every message at least once, and none after its acknowledgement, in memory", () =>
  fc.assert(
    fc.asyncProperty(lives, async (acts) => {
      // Time that goes on by itself: what is open may be taken over at every look.
      let now = 0;
      const streams = memoryStreams({ now: () => ++now });
      await liveThrough(streams, "s", acts);
      await streams.close();
    }),
    { numRuns: 200 },
  ));
