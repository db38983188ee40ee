import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Consumer, Delivered, DurableStreams, StreamEntry } from "../../actors/ports/streams.ts";
import { StaleTail, StreamsUnavailable } from "../../actors/ports/streams.ts";
import { type RedisStreamsOptions, redisStreams } from "../../runtime/adapters/redis/streams.ts";
import { text } from "../contract/streams.entries.ts";
import { hasRedisServer, OwnRedis } from "./ownRedis.ts";
import { onRedis } from "./redisServer.ts";

const there = await hasRedisServer();
/** What must come comes within this; never slept. */
const PATIENCE = { timeout: 30_000, interval: 5 };
const numberOf = (entry: StreamEntry): number => Number(entry.headers.n);
const numbered = (n: number) => text(`body ${n}`, { n: String(n) });
const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const all = (streams: DurableStreams) => streams.read("s", "0", 100_000);
/** Of what may be there twice, the first of each. */
const firsts = (entries: readonly StreamEntry[]): number[] => [...new Set(entries.map(numberOf))];

describe.skipIf(!there)(`streams on a server that fails${there ? "" : " (no redis-server here)"}`, () => {
  let server: OwnRedis;
  let clients: DurableStreams[];
  let states: string[];
  const client = (options: Partial<RedisStreamsOptions> = {}): DurableStreams => {
    const made = redisStreams({ url: server.url, prefix: "", timeoutMs: 300, random: () => 0, ...options });
    made.onState((state) => states.push(state));
    clients.push(made);
    return made;
  };
  /** Acknowledges what it takes, until it is closed. */
  const follow = async (consumer: Consumer, seen: Delivered[]): Promise<void> => {
    while (!isOver) {
      const taken = await consumer.take(50, 1_000);
      seen.push(...taken);
      await consumer.ack(taken.map(({ id }) => id));
    }
  };
  let isOver: boolean;

  beforeEach(async () => {
    server = new OwnRedis();
    clients = [];
    states = [];
    isOver = false;
    await server.start();
  });
  afterEach(async () => {
    isOver = true;
    server.resume();
    await Promise.all(clients.map((one) => one.close(0)));
    await server.dispose();
  });

  it("has everything, in order, after a kill in mid-stream, and its consumers go on", async () => {
    const streams = client();
    const seen: Delivered[] = [];
    const following = follow(await client().consume("s", "g", "c"), seen);
    const told = new Map<string, number>();
    let next = 0;
    for (const confirmed of [300, 1_600, 2_700]) {
      const wantedEnd = next + 1_200;
      let killed: Promise<void> | null = null;
      const append = async (n: number): Promise<void> => {
        const [id = ""] = await streams.append("s", [numbered(n)]);
        told.set(id, n);
        if (told.size >= confirmed) killed ??= server.kill(); // more than a batch is still to come
      };
      const appended: Promise<void>[] = [];
      while (next < wantedEnd) appended.push(append(next++));
      await expect.poll(() => killed, PATIENCE).not.toBeNull();
      expect(told.size).toBeLessThan(next);
      await killed;
      for (let extra = 0; extra < 50; extra += 1) appended.push(append(next++)); // while it is away
      await server.start();
      await Promise.all(appended);
    }
    const entries = await all(streams);
    expect(firsts(entries)).toEqual(upTo(next));
    const byId = new Map(entries.map((entry) => [entry.id, numberOf(entry)]));
    for (const [id, n] of told) expect(byId.get(id)).toBe(n);
    await expect.poll(() => firsts(seen).length, PATIENCE).toBe(next);
    expect(new Set(seen.map(({ body }) => body.toString())).size).toBe(next);
    await expect.poll(async () => (await streams.figures(["s"]))[0]?.groups[0], PATIENCE).toMatchObject({ lag: 0, pending: 0 });
    expect(states).toContain("lost");
    isOver = true;
    await client().append("s", [numbered(next)]);
    await following;
  });

  it("goes on when a server that was stopped for long wakes up", async () => {
    const streams = client();
    const consumer = await client().consume("s", "g", "c");
    await streams.append("s", [numbered(0)]);
    expect(await consumer.take(9, 5_000)).toHaveLength(1);
    server.pause();
    const appended = upTo(200).map((n) => streams.append("s", [numbered(n + 1)]));
    const asked = streams.length("s");
    await expect.poll(() => streams.state, PATIENCE).toBe("lost");
    expect(streams.buffered).toBeGreaterThan(0);
    expect(await consumer.take(9, 10)).toEqual([]);
    server.resume();
    await Promise.all(appended);
    expect(await asked).toBeGreaterThan(0);
    expect(streams.state).toBe("ready");
    expect(firsts(await all(streams))).toEqual(upTo(201));
    const seen: Delivered[] = [];
    while (firsts(seen).length < 200) seen.push(...(await consumer.take(500, 5_000)));
    expect(firsts(seen)).toEqual(upTo(201).slice(1));
  });

  it("holds back who appends while the server is full, and then has it all in order", async () => {
    const streams = client({ bufferBytes: 1_000_000 });
    await streams.append("s", [numbered(0)]);
    const used = await onRedis(server.url, (redis) => redis.info("memory"));
    await server.config("maxmemory", String(Number(/used_memory:(\d+)/.exec(used)?.[1]) + 2_000_000));
    const padding = "x".repeat(10_000);
    let confirmed = 1;
    const appended = upTo(600).map(async (n) => {
      await streams.append("s", [text(padding, { n: String(n + 1) })]);
      confirmed += 1;
    });
    let hasRoom = false;
    const room = streams.room().then(() => {
      hasRoom = true;
    });
    await expect.poll(() => streams.state, PATIENCE).toBe("full");
    expect(hasRoom).toBe(false);
    expect(confirmed).toBeLessThan(601);
    expect(streams.buffered).toBeGreaterThan(1_000_000);
    expect(await streams.length("s")).toBe(confirmed); // reads go on
    await server.config("maxmemory", "0");
    await Promise.all(appended);
    await room;
    expect((await all(streams)).map(numberOf)).toEqual(upTo(601));
    expect([streams.state, streams.buffered]).toEqual(["ready", 0]);
  });

  it("makes the group again on a server that comes back empty", async () => {
    const troubles: string[] = [];
    const streams = client({ onTrouble: ({ kind }) => troubles.push(kind) });
    const consumer = await streams.consume("s", "g", "c");
    const fence = { name: "account", epoch: 1 };
    await streams.appendFenced("s", { ...fence, after: 0, to: 7 }, numbered(0));
    expect(await consumer.take(9, 5_000)).toHaveLength(1);
    await server.kill();
    server.forget();
    await server.start();
    await streams.append("s", [numbered(1), numbered(2)]);
    const taken: Delivered[] = [];
    while (taken.length < 2) taken.push(...(await consumer.take(9, 5_000)));
    expect(taken.map(numberOf)).toEqual([1, 2]);
    expect(troubles).toContain("group");
    await expect(streams.appendFenced("s", { ...fence, after: 7, to: 9 }, numbered(3))).rejects.toThrow(StaleTail);
    await consumer.ack(taken.map(({ id }) => id));
    expect((await streams.figures(["s"]))[0]).toMatchObject({ length: 2, groups: [{ lag: 0, pending: 0 }] });
  });

  it("makes the group again under a consumer that waits", async () => {
    const streams = client({ timeoutMs: 20_000 });
    const consumer = await streams.consume("s", "g", "c");
    const waiting = consumer.take(9, 30_000);
    await onRedis(server.url, (redis) => redis.flushall());
    await streams.append("s", [numbered(0)]);
    expect((await waiting).map(numberOf)).toEqual([0]);
  });

  it("sends scripts again to a server that forgot them", async () => {
    const streams = client();
    await streams.append("s", [numbered(0)]);
    await streams.takeFence("f", 1);
    await onRedis(server.url, (redis) => redis.script("FLUSH"));
    const appended = upTo(20).map((n) => streams.append(n % 2 === 0 ? "s" : "t", [numbered(n + 1)]));
    await Promise.all(appended);
    expect((await all(streams)).map(numberOf)).toEqual([0, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19]);
    await streams.takeFence("f", 2);
  });

  it("waits while the server is only a replica", async () => {
    const streams = client();
    await streams.append("s", [numbered(0)]);
    await onRedis(server.url, (redis) => redis.replicaof("127.0.0.1", 1));
    const appended = upTo(5).map((n) => streams.append("s", [numbered(n + 1)]));
    await expect.poll(() => streams.state, PATIENCE).toBe("lost");
    await onRedis(server.url, (redis) => redis.replicaof("NO", "ONE"));
    await Promise.all(appended);
    expect((await all(streams)).map(numberOf)).toEqual(upTo(6));
  });

  it("sets aside what has no body, as it is", async () => {
    const streams = client();
    const consumer = await streams.consume("s", "g", "c");
    const strange = Buffer.from([0xff, 0x00, 0xfe]);
    await onRedis(server.url, (redis) => redis.xadd("s", "*", "n", "0", "odd", strange));
    await streams.append("s", [numbered(1)]);
    expect((await consumer.take(9, 5_000)).map(numberOf)).toEqual([1]);
    expect((await all(streams)).map(({ body }) => body.length)).toEqual([0, 6]);
    const [letter] = await streams.deadLetters("s", 9);
    expect(letter).toMatchObject({ reason: "no body: the entry has no field b", group: "g", headers: { n: "0" } });
    const kept = await onRedis(server.url, (redis) => redis.xrangeBuffer("s:dead", "-", "+"));
    expect(kept[0]?.[1].slice(6)).toEqual([Buffer.from("n"), Buffer.from("0"), Buffer.from("odd"), strange]);
    expect((await streams.figures(["s"]))[0]).toMatchObject({ groups: [{ pending: 1 }] });
  });

  it("refuses what can never be written, and goes on behind it", async () => {
    const streams = client();
    await onRedis(server.url, (redis) => redis.set("t", "no stream"));
    const refused = streams.append("t", [numbered(0)]);
    const behind = streams.append("s", [numbered(1)]);
    await expect(refused).rejects.toThrow(/WRONGTYPE/);
    await behind;
    expect(streams.buffered).toBe(0);
  });

  it("takes what is appended at any moment after an answer", async () => {
    const streams = client();
    let sent = 0;
    // The next is appended 0, 1, 2 … microtasks after an answer.
    for (let later = 0; later < 60; later += 1) {
      await streams.append("s", [numbered(sent++)]);
      for (let i = 0; i < later; i += 1) await null;
    }
    expect(await streams.length("s")).toBe(sent);
  });

  it("names the streams as they are", async () => {
    await client().append("news:raw", [numbered(0)]);
    await client({ prefix: "t1" }).append("news:raw", [numbered(0), numbered(1)]);
    const lengths = await onRedis(server.url, (redis) => Promise.all([redis.xlen("news:raw"), redis.xlen("t1:news:raw")]));
    expect(lengths).toEqual([1, 2]);
  });

  describe("closing", () => {
    it("does not hang on a server that is stopped", async () => {
      const streams = client({ timeoutMs: 60_000 });
      const consumer = await streams.consume("s", "g", "c");
      server.pause();
      const calls = [streams.append("s", [numbered(0)]), streams.length("s"), streams.put("k", "v"), consumer.ack(["1-1"])];
      const refused = Promise.allSettled(calls);
      const waiting = consumer.take(1, 60_000);
      await streams.close(20);
      for (const call of await refused)
        expect(call).toMatchObject({ status: "rejected", reason: { name: "StreamsUnavailable" } });
      expect(await waiting).toEqual([]);
      expect(streams.buffered).toBe(0);
    });

    it("does not hang on a server that was never there", async () => {
      const troubles: string[] = [];
      const streams = client({ url: "redis://user:secret@127.0.0.1:1", onTrouble: ({ why }) => troubles.push(why) });
      const appended = streams.append("s", [numbered(0)]);
      const refused = expect(appended).rejects.toThrow(StreamsUnavailable);
      const made = expect(streams.consume("s", "g", "c")).rejects.toThrow(StreamsUnavailable);
      await expect.poll(() => troubles.length, PATIENCE).toBeGreaterThan(1);
      expect(streams.state).toBe("lost");
      expect(troubles.join()).not.toContain("secret");
      await streams.close(20);
      await Promise.all([refused, made]);
    });
  });
});
