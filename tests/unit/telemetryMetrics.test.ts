import { describe, expect, it } from "vitest";
import type { ActorFigures } from "../../actors/ports/supervisor.ts";
import { actorMetrics } from "../../gateway/server/metrics.ts";
import { memoryStreams } from "../../runtime/adapters/memory/streams.ts";
import { processMetrics } from "../../runtime/adapters/telemetry/metrics.ts";
import type { Store } from "../../runtime/live/store.ts";
import { NEWS_RAW } from "../../runtime/live/wire/names.ts";
import { coreMetrics, decisionMetrics } from "../../runtime/telemetry/coreMetrics.ts";
import {
  bridgeMetrics,
  coreRoleMetrics,
  fanoutMetrics,
  followerMetrics,
  gatewayLatency,
  producerMetrics,
  scoringMetrics,
  workerMetrics,
} from "../../runtime/telemetry/roleMetrics.ts";
import { streamMetrics } from "../../runtime/telemetry/streamMetrics.ts";
import { figuresOf } from "../support/fakePorts.ts";

const fresh = () => processMetrics({ process: false });
/** Samples by name and labels, as a collector reads them. */
const read = async (metrics: ReturnType<typeof fresh>): Promise<Readonly<Record<string, number>>> =>
  Object.fromEntries(
    (await metrics.text())
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"))
      .map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.slice(line.lastIndexOf(" ") + 1))] as const),
  );

describe("figures of a process", () => {
  it("are read when asked for, and those of one name are told together", async () => {
    const metrics = fresh();
    let n = 1;
    const about = { name: "x_total", help: "h", labels: ["stage"] };
    metrics.counter(about, () => [{ labels: { stage: "a" }, value: n }]);
    metrics.counter(about, () => [{ labels: { stage: "b" }, value: 5 }]);
    expect(await read(metrics)).toEqual({ 'x_total{stage="a"}': 1, 'x_total{stage="b"}': 5 });
    n = 3;
    expect(await read(metrics)).toMatchObject({ 'x_total{stage="a"}': 3 });
  });

  it("leave out what there is nothing to tell of, which is not zero", async () => {
    const metrics = fresh();
    let value: number | null = null;
    metrics.gauge({ name: "x", help: "h" }, () => value);
    expect(await read(metrics)).toEqual({});
    value = 0;
    expect(await read(metrics)).toEqual({ x: 0 });
  });

  it("are told as they were when what they come from cannot be asked", async () => {
    const metrics = fresh();
    metrics.before(() => Promise.reject(new Error("away")));
    metrics.gauge({ name: "x", help: "h" }, () => 7);
    expect(await read(metrics)).toEqual({ x: 7 });
  });

  it("have names that say what they are of and in what unit, each with its help", async () => {
    const text = await everything().text();
    const names = [...text.matchAll(/^# TYPE (\S+) (\w+)$/gm)].map(([, name = "", kind = ""]) => ({ name, kind }));
    expect(names.length).toBeGreaterThan(25);
    for (const { name, kind } of names) {
      expect(name).toMatch(/^tapedeck_[a-z_]+$/);
      expect(name.endsWith("_total"), name).toBe(kind === "counter");
      if (kind === "histogram") expect(name).toMatch(/_seconds$/);
      expect(text).toMatch(new RegExp(`^# HELP ${name} \\S`, "m"));
    }
  });
});

const actor = (path: string, more: Partial<ActorFigures>): ActorFigures => ({ ...figuresOf(path), ...more });
const letter = { id: 1, path: "deck/market/tickers/AAPL", at: 0, error: "e", message: null };
const store = { projection: { backlog: 12 }, trouble: () => null } as unknown as Store;

/** Every stage, with figures that differ from one another. */
const everything = () => {
  const metrics = fresh();
  producerMetrics(metrics, "feed", () => ({ sent: 10, through: 1_500, heldBack: false }));
  producerMetrics(metrics, "news", () => ({ sent: 20, through: 2_500, heldBack: true }));
  scoringMetrics(metrics, { scored: 30, setAside: 2 });
  coreRoleMetrics(metrics, { playing: true, standingBy: false, copied: null, leaseHeld: true, unpublished: 40, setAside: 3 });
  coreMetrics(metrics, {
    supervisor: {
      inspect: () => [
        actor("deck/money", { group: true, mailboxDepth: 99 }),
        actor("deck/money/risk", { mailboxDepth: 3, restarts: 1, messages: 7 }),
        actor("deck/money/executor", { mailboxDepth: 4, restarts: 2, conflated: 5 }),
        actor("deck/news/sentiment", { mailboxDepth: 1 }),
      ],
      deadLetters: () => [letter, letter],
    },
    store,
    tail: () => 50,
    now: () => 3_500,
    actors: true,
  });
  const decided = decisionMetrics(metrics);
  decided(400, 0);
  decided(800, 200);
  workerMetrics(metrics, {
    figures: () => ({ done: 5, retried: 2, givenUp: 1, busy: true }),
    waiting: async () => 8,
    delay: () => new Promise(() => undefined),
  });
  bridgeMetrics(metrics, () => ({ entries: 60, events: 600, lagMs: 250, setAside: 1 }));
  fanoutMetrics(metrics, { state: "lost", dropped: 9, droppedSlow: 4 });
  gatewayLatency(metrics)(0.004);
  followerMetrics(metrics, { seq: 70, gaps: 2, missing: "the core does not answer" });
  return metrics;
};

it("every stage is told", async () => {
  const told = await read(everything());
  expect(told).toMatchObject({
    'tapedeck_inputs_sent_total{stage="feed"}': 10,
    'tapedeck_inputs_sent_total{stage="news"}': 20,
    'tapedeck_inputs_through_timestamp_seconds{stage="news"}': 2.5,
    'tapedeck_inputs_held_back{stage="feed"}': 0,
    'tapedeck_inputs_held_back{stage="news"}': 1,
    tapedeck_headlines_scored_total: 30,
    'tapedeck_entries_set_aside_total{stage="sentiment",reason="unreadable"}': 2,
    'tapedeck_entries_set_aside_total{stage="core",reason="unreadable"}': 3,
    'tapedeck_entries_set_aside_total{stage="bridge",reason="unreadable"}': 1,
    tapedeck_core_playing: 1,
    tapedeck_core_standing_by: 0,
    tapedeck_core_lease_held: 1,
    tapedeck_core_unpublished_entries: 40,
    tapedeck_core_seq: 50,
    tapedeck_core_timestamp_seconds: 3.5,
    tapedeck_projection_backlog_entries: 12,
    tapedeck_projection_up: 1,
    'tapedeck_actor_dead_letters{stage="market"}': 2,
    'tapedeck_actor_mailbox_depth{stage="money"}': 7,
    'tapedeck_actor_mailbox_depth{stage="news"}': 1,
    'tapedeck_actor_restarts_total{stage="money"}': 3,
    'tapedeck_actor_messages_total{stage="money"}': 7,
    'tapedeck_actor_conflated_total{stage="money"}': 5,
    'tapedeck_jobs_ended_total{outcome="done"}': 5,
    'tapedeck_jobs_ended_total{outcome="given_up"}': 1,
    tapedeck_jobs_busy: 1,
    tapedeck_jobs_waiting: 8,
    tapedeck_bridge_entries_total: 60,
    tapedeck_bridge_events_total: 600,
    tapedeck_bridge_lag_seconds: 0.25,
    tapedeck_fanout_up: 0,
    'tapedeck_fanout_dropped_total{reason="slow_subscriber"}': 4,
    'tapedeck_fanout_dropped_total{reason="server_lost"}': 5,
    tapedeck_gateway_seq: 70,
    tapedeck_gateway_gaps_total: 2,
    tapedeck_gateway_current: 0,
    'tapedeck_gateway_latency_seconds_bucket{le="0.0025"}': 0,
    'tapedeck_gateway_latency_seconds_bucket{le="0.005"}': 1,
  });
  expect(told).not.toHaveProperty("tapedeck_core_copied_seq"); // it does not stand by
});

it("a decision's latency counts from when its input was fed, and from when that was due", async () => {
  const told = await read(everything());
  expect(told).toMatchObject({
    tapedeck_decision_latency_seconds_count: 2,
    'tapedeck_decision_latency_seconds_bucket{le="0.0005"}': 1,
    'tapedeck_decision_latency_seconds_bucket{le="0.001"}': 2,
    'tapedeck_seen_to_order_seconds_bucket{le="0.001"}': 1,
    'tapedeck_seen_to_order_seconds_bucket{le="0.25"}': 2,
  });
});

it("a gateway sums up actors by branch of the tree", async () => {
  const metrics = fresh();
  actorMetrics(metrics, () => [actor("deck/ideas/ensemble", { messages: 2 }), actor("deck/ideas/learner", { messages: 3 })]);
  expect(await read(metrics)).toMatchObject({ 'tapedeck_actor_messages_total{stage="ideas"}': 5 });
});

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
