import { describe, expect, it } from "vitest";
import { memoryStreams } from "../../../../runtime/adapters/memory/streams.ts";
import { processMetrics } from "../../../../runtime/adapters/telemetry/metrics.ts";
import { NEWS_RAW } from "../../../../runtime/live/wire/names.ts";
import { streamMetrics } from "../../../../runtime/telemetry/streamMetrics.ts";

const fresh = () => processMetrics({ process: false });
/** Samples by name and labels, as a collector reads them. */
const read = async (metrics: ReturnType<typeof fresh>): Promise<Readonly<Record<string, number>>> =>
  Object.fromEntries(
    (await metrics.text())
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"))
      .map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.slice(line.lastIndexOf(" ") + 1))] as const),
  );

describe("streams", () => {
  const message = { headers: {}, body: new Uint8Array(3) };
  const open = () => {
    const streams = memoryStreams();
    const metrics = fresh();
    let at = 0;
    let asked = 0;
    const counted = new Proxy(streams, {
      get: (target, key) => {
        if (key === "figures") asked += 1;
        const member: unknown = Reflect.get(target, key, target);
        return typeof member === "function" ? (member as () => unknown).bind(target) : member;
      },
    });
    const names = [NEWS_RAW];
    const tape = async (): Promise<string | null> => streams.get("play").then((run) => (run === null ? null : `tape:${run}`));
    streamMetrics(metrics, { streams: counted, names, tape, now: () => at, delay: () => new Promise(() => undefined) });
    const pass = (ms: number): void => {
      at += ms;
    };
    return { streams, metrics, asked: () => asked, pass };
  };

  it("are told with the lag of every group, what is in its hands, and dead letters by reason", async () => {
    const { streams, metrics } = open();
    const consumer = await streams.consume(NEWS_RAW, "sentiment", "n", { maxDeliveries: 1, claimAfterMs: 0 });
    await streams.append(NEWS_RAW, [message, message, message, message]);
    const [first] = await consumer.take(2, 0);
    if (first) await consumer.setAside(first, "not a chunk of inputs: it is empty");
    expect(await read(metrics)).toMatchObject({
      [`tapedeck_stream_length_entries{stream="${NEWS_RAW}"}`]: 4,
      [`tapedeck_stream_lag_entries{stream="${NEWS_RAW}",group="sentiment"}`]: 2,
      [`tapedeck_stream_pending_entries{stream="${NEWS_RAW}",group="sentiment"}`]: 1,
      [`tapedeck_stream_dead_letters{stream="${NEWS_RAW}",reason="unreadable"}`]: 1,
      'tapedeck_streams_state{state="ready"}': 1,
      'tapedeck_streams_state{state="lost"}': 0,
      tapedeck_streams_buffered_bytes: 0,
    });
    await streams.close();
  });

  it("tell the tape under one name, whatever the run", async () => {
    const { streams, metrics } = open();
    await streams.put("play", "s1");
    await streams.append("tape:s1", [message]);
    expect(await read(metrics)).toMatchObject({ 'tapedeck_stream_length_entries{stream="tape"}': 1 });
    await streams.close();
  });

  it("are asked once a second at most, however many ask", async () => {
    const { streams, metrics, asked, pass } = open();
    await Promise.all([metrics.text(), metrics.text()]);
    await metrics.text();
    expect(asked()).toBe(1);
    pass(1_000);
    await metrics.text();
    expect(asked()).toBe(2);
    await streams.close();
  });

  it("that do not answer do not keep the rest from being told", async () => {
    const streams = memoryStreams();
    const metrics = fresh();
    const tape = (): Promise<null> => new Promise(() => undefined);
    streamMetrics(metrics, { streams, names: [], tape, now: () => 0, delay: async () => undefined });
    metrics.gauge({ name: "rest", help: "h" }, () => 1);
    expect(await read(metrics)).toMatchObject({ rest: 1 });
    await streams.close();
  });
});
