import { describe } from "vitest";
import { streamsContract } from "../contract/streams.contract.ts";
import { REDIS_URL, redisReachable, streamsOn } from "./redisServer.ts";

const up = await redisReachable();
describe.skipIf(!up)(`a real server at ${REDIS_URL}${up ? "" : " (not reachable)"}`, () => {
  streamsContract("redis", async () => streamsOn(REDIS_URL));
});
