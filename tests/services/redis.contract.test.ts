import fc from "fast-check";
import { describe, it } from "vitest";
import { streamsContract } from "../contract/streams.contract.ts";
import { lives, liveThrough } from "../contract/streams.lives.ts";
import { REDIS_URL, redisReachable, streamsOn } from "./redisServer.ts";

const up = await redisReachable();
describe.skipIf(!up)(`a real server at ${REDIS_URL}${up ? "" : " (not reachable)"}`, () => {
  streamsContract("redis", async () => streamsOn(REDIS_URL));

  it("delivers every message at least once, and none after its acknowledgement", async () => {
    const under = streamsOn(REDIS_URL);
    const streams = under.connect();
    let played = 0;
    await fc.assert(
      fc.asyncProperty(lives, (acts) => liveThrough(streams, `s${++played}`, acts)),
      { numRuns: 25, endOnFailure: true },
    );
    await streams.close();
    await under.dispose();
  });
});
