import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { redisStreams } from "../../runtime/adapters/redis/streams.ts";
import { loadConfig } from "../../runtime/config.ts";
import type { Up } from "../../runtime/live/up.ts";
import { NEWS_RAW, NEWS_SCORED } from "../../runtime/live/wire/names.ts";
import { readSource, writePlay } from "../../runtime/live/wire/playOrders.ts";
import { up } from "../../runtime/main.ts";
import { freshNamespace, link, removeNamespace, SERVER_URL, unreachable } from "./natsServer.ts";
import { hasRedisServer, OwnRedis } from "./ownRedis.ts";

const why = (await hasRedisServer()) ? await unreachable() : "there is no redis-server to start";

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });

interface Ready {
  readonly ready: boolean;
  readonly checks: readonly { readonly name: string; readonly ok: boolean; readonly detail: string }[];
}

describe.skipIf(why !== "")(`a process with some roles over Redis and ${SERVER_URL}${why === "" ? "" : ` (${why})`}`, () => {
  const steps: (() => Promise<unknown> | unknown)[] = [];
  afterEach(async () => {
    for (const step of steps.splice(0).reverse()) await step();
  });

  it("tells on a port of its own what it waits for, what it does, and under which trace", async () => {
    const redis = new OwnRedis();
    steps.push(() => redis.dispose());
    await redis.start();
    await redis.kill(); // has its port now, and does not answer
    const namespace = freshNamespace();
    steps.push(async () => {
      const nats = await link();
      await removeNamespace(namespace, nats);
      await nats.close();
    });
    const folder = mkdtempSync(join(tmpdir(), "tapedeck-telemetry-"));
    steps.push(() => rmSync(folder, { recursive: true, force: true }));
    const port = await freePort();
    const config = loadConfig({
      TAPEDECK_ROLES: "feed,news,sentiment",
      TAPEDECK_METRICS_PORT: String(port),
      TAPEDECK_DATA_DIR: folder,
      TAPEDECK_NAMESPACE: namespace,
      REDIS_URL: redis.url,
      NATS_URL: SERVER_URL,
      UNIVERSE: "AAPL,MSFT",
    });
    const get = (path: string): Promise<Response> => fetch(`http://127.0.0.1:${port}${path}`);
    const ready = async (): Promise<Ready> => (await (await get("/ready")).json()) as Ready;
    const figure = async (name: string): Promise<number> =>
      Number(
        (await (await get("/metrics")).text())
          .split("\n")
          .find((line) => line.startsWith(`${name} `))
          ?.split(" ")[1] ?? Number.NaN,
      );

    const coming: Promise<Up> = up({ config, tape: null, speed: "max", store: "memory", headless: true, say: () => undefined });
    coming.catch(() => undefined);
    await expect
      .poll(() =>
        get("/health").then(
          (r) => r.status,
          () => 0,
        ),
      )
      .toBe(200);
    expect(await ready()).toMatchObject({ ready: false, checks: [{ name: "redis", ok: false }, { name: "nats" }] });
    await redis.start();
    const deck = await coming;
    steps.push(() => deck.stop());
    await expect.poll(async () => (await ready()).ready).toBe(true);

    const streams = redisStreams({ url: redis.url, prefix: namespace });
    steps.push(() => streams.close());
    await expect.poll(() => readSource(streams)).not.toBeNull();
    const source = (await readSource(streams))?.hash ?? "";
    await (await streams.consume(NEWS_SCORED, "core", "n")).close(); // a group that takes nothing
    await writePlay(streams, { run: "s1", number: 1, configHash: "c", source, after: 0, attempt: 1 });
    await expect.poll(() => figure("tapedeck_headlines_scored_total"), { timeout: 20_000 }).toBeGreaterThan(0);
    expect(await figure('tapedeck_inputs_sent_total{stage="feed"}')).toBeGreaterThan(0);
    expect(await figure('tapedeck_inputs_sent_total{stage="news"}')).toBeGreaterThan(0);
    await expect
      .poll(() => figure(`tapedeck_stream_lag_entries{stream="${NEWS_SCORED}",group="core"}`), { timeout: 5_000 })
      .toBeGreaterThan(0);
    expect(await figure(`tapedeck_stream_lag_entries{stream="${NEWS_RAW}",group="sentiment"}`)).toBeGreaterThanOrEqual(0);
    expect(await figure('tapedeck_streams_state{state="ready"}')).toBe(1);
    expect(await figure("tapedeck_fanout_up")).toBe(1);
    expect(await figure("tapedeck_process_cpu_seconds_total")).toBeGreaterThan(0);

    const [raw] = await streams.read(NEWS_RAW, "0", 1);
    const [scored] = await streams.read(NEWS_SCORED, "0", 1);
    expect(scored?.headers.traceparent).toMatch(/^00-[\da-f]{32}-[\da-f]{16}-01$/);
    expect(scored?.headers).toMatchObject({ through: raw?.headers.through, traceparent: raw?.headers.traceparent });

    await redis.kill();
    await expect.poll(async () => (await ready()).checks.find((c) => c.name === "redis")?.ok).toBe(false);
    expect(await figure('tapedeck_streams_state{state="lost"}')).toBe(1);
    expect((await get("/health")).status).toBe(200);
    await redis.start();
  });
});
