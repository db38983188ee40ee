import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { redisStreams } from "../../runtime/adapters/redis/streams.ts";
import { tapedeck } from "../support/tapedeck.ts";
import { freshNamespace } from "./natsServer.ts";
import { REDIS_URL, redisReachable, removeUnder } from "./redisServer.ts";

const there = await redisReachable();

describe.skipIf(!there)(`tapedeck streams on ${REDIS_URL}${there ? "" : " (not reachable)"}`, () => {
  const namespace = freshNamespace();
  const settings = { REDIS_URL, TAPEDECK_NAMESPACE: namespace };
  const streams = redisStreams({ url: REDIS_URL, prefix: namespace });
  const body = Buffer.from([0, 255, 10, 0]);
  beforeAll(async () => {
    await streams.append("news:raw", [
      { headers: { n: "1" }, body },
      { headers: { n: "2" }, body },
    ]);
    const consumer = await streams.consume("news:raw", "core", "c");
    const [first] = await consumer.take(1, 1_000);
    if (first) await consumer.setAside(first, "not a chunk of inputs: it is empty");
    await consumer.close();
  });
  afterAll(async () => {
    await streams.close();
    await removeUnder(REDIS_URL, namespace);
  });

  it("lists what there is, and how far each group is", async () => {
    const { code, stdout } = await tapedeck(["streams", "list", "--json"], settings);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      streams: [
        {
          stream: "news:raw",
          length: 2,
          deadLetters: 1,
          groups: [{ stream: "news:raw", group: "core", lag: 1, pending: 0 }],
        },
      ],
    });
    expect((await tapedeck(["streams", "list"], settings)).stdout).toMatch(/news:raw .*2 entries; 1 set aside .*core: 1 to come/);
  });

  it("shows what was set aside with its bytes and the reason, and puts it back", async () => {
    const dead = JSON.parse((await tapedeck(["streams", "dead", "news:raw", "--json"], settings)).stdout) as {
      dead: { id: string; reason: string; group: string; headers: object; body: string }[];
    };
    expect(dead.dead).toMatchObject([
      { reason: "not a chunk of inputs: it is empty", group: "core", headers: { n: "1" }, body: body.toString("base64") },
    ]);
    const id = dead.dead[0]?.id ?? "";
    expect(await tapedeck(["streams", "retry", "news:raw", id], settings)).toMatchObject({ code: 0 });
    expect((await streams.last("news:raw"))?.headers).toMatchObject({ n: "1" });
    expect((await tapedeck(["streams", "dead", "news:raw"], settings)).stdout).toContain("nothing of news:raw was set aside");
    expect(await tapedeck(["streams", "retry", "news:raw", id], settings)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^tapedeck: news:raw has no entry .* that was set aside/),
    });
  });

  it("says what is wrong with what it is asked", async () => {
    expect(await tapedeck(["streams", "retry", "news:raw", "x"], settings)).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^tapedeck: x is no id of an entry/),
    });
    expect(await tapedeck(["streams", "list"], {})).toMatchObject({ code: 2, stderr: expect.stringMatching(/REDIS_URL/) });
    expect(await tapedeck(["streams", "list"], { REDIS_URL: "redis://127.0.0.1:1" })).toMatchObject({ code: 1 });
  });
});
