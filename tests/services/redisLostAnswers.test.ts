import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Consumer, Delivered, DurableStreams, StreamEntry } from "../../actors/ports/streams.ts";
import { redisStreams } from "../../runtime/adapters/redis/streams.ts";
import { text } from "../contract/streams.entries.ts";
import { LossyProxy } from "./lossyProxy.ts";
import { hasRedisServer, OwnRedis } from "./ownRedis.ts";

const there = await hasRedisServer();
const numberOf = (entry: StreamEntry): number => Number(entry.headers.n);
const numbered = (n: number) => text(`body ${n}`, { n: String(n) });
const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const all = (streams: DurableStreams) => streams.read("s", "0", 100);

describe.skipIf(!there)(`streams whose server was heard and did not hear back${there ? "" : " (no redis-server here)"}`, () => {
  let server: OwnRedis;
  let proxy: LossyProxy;
  let clients: DurableStreams[];
  const client = (): DurableStreams => {
    const made = redisStreams({ url: proxy.url, prefix: "", timeoutMs: 5_000, random: () => 0 });
    clients.push(made);
    return made;
  };
  beforeEach(async () => {
    server = new OwnRedis();
    clients = [];
    await server.start();
    proxy = await LossyProxy.to(server.port);
  });
  afterEach(async () => {
    await Promise.all(clients.map((one) => one.close(0)));
    proxy.close();
    await server.dispose();
  });

  it("writes a fenced message once", async () => {
    const streams = client();
    const fence = (after: number, to: number) => ({ name: "account", epoch: 3, after, to });
    await streams.appendFenced("s", fence(0, 1), numbered(0));
    proxy.loseAnswerTo("body 1");
    const told = await Promise.all(upTo(4).map((n) => streams.appendFenced("s", fence(n + 1, n + 2), numbered(n + 1))));
    const entries = await all(streams);
    expect(proxy.lost).toBe(1);
    expect(entries.map(numberOf)).toEqual(upTo(5));
    expect(entries.slice(1).map(({ id }) => id)).toEqual(told);
  });

  it("writes others again, in order", async () => {
    const streams = client();
    await streams.append("s", [numbered(0)]);
    proxy.loseAnswerTo("body 1");
    const appended = upTo(3).map((n) => streams.append("s", [numbered(n + 1)]));
    await Promise.all([...appended, ...appended.map((one) => one.then(() => streams.append("s", [numbered(4)])))]);
    const entries = await all(streams);
    expect(proxy.lost).toBe(1);
    expect(entries.map(numberOf).slice(0, 7)).toEqual([0, 1, 2, 3, 1, 2, 3]);
  });

  /** A first use of each script: before it the server does not know it, and only that answer would be lost. */
  const twoTaken = async (streams: DurableStreams): Promise<{ consumer: Consumer; second: Delivered }> => {
    await streams.append("s", [numbered(0), numbered(1)]);
    const consumer = await streams.consume("s", "g", "c");
    const [first, second] = await consumer.take(2, 5_000);
    await consumer.setAside(first as Delivered, "the first");
    await streams.retry("s", "1-1");
    return { consumer, second: second as Delivered };
  };

  it("sets aside once", async () => {
    const streams = client();
    const { consumer, second } = await twoTaken(streams);
    proxy.loseAnswerTo("broken");
    await consumer.setAside(second, "broken");
    expect(proxy.lost).toBe(1);
    expect((await streams.deadLetters("s", 9)).map(({ reason }) => reason)).toEqual(["the first", "broken"]);
  });

  it("finds what was handed out in it", async () => {
    const streams = client();
    const consumer = await streams.consume("s", "g", "c");
    await streams.append("s", upTo(4).map(numbered));
    const [first] = await consumer.take(1, 5_000);
    proxy.loseAnswerTo("XREADGROUP");
    const taken: Delivered[] = [];
    while (taken.length < 3) taken.push(...(await consumer.take(2, 5_000)));
    expect(proxy.lost).toBe(1);
    expect([first as Delivered, ...taken].map(numberOf)).toEqual(upTo(4)); // the one in our hands does not come again
  });

  it("appends a dead letter to its stream once", async () => {
    const streams = client();
    await twoTaken(streams);
    const [letter] = await streams.deadLetters("s", 1);
    proxy.loseAnswerTo(letter?.id ?? "");
    await streams.retry("s", letter?.id ?? "");
    expect(proxy.lost).toBe(1);
    expect((await all(streams)).map(numberOf)).toEqual([0, 1, 0]);
    expect(await streams.deadLetters("s", 1)).toEqual([]);
  });
});
