import { expect, it } from "vitest";
import type { ActorFigures } from "../../../actors/ports/supervisor.ts";
import { processMetrics } from "../../../runtime/adapters/telemetry/metrics.ts";
import type { Store } from "../../../runtime/live/store.ts";
import { coreMetrics, decisionMetrics } from "../../../runtime/telemetry/coreMetrics.ts";
import {
  bridgeMetrics,
  coreRoleMetrics,
  fanoutMetrics,
  followerMetrics,
  gatewayLatency,
  producerMetrics,
  scoringMetrics,
  workerMetrics,
} from "../../../runtime/telemetry/roleMetrics.ts";
import { figuresOf } from "../../support/fakePorts.ts";

const fresh = () => processMetrics({ process: false });
/** Samples by name and labels, as a collector reads them. */
const read = async (metrics: ReturnType<typeof fresh>): Promise<Readonly<Record<string, number>>> =>
  Object.fromEntries(
    (await metrics.text())
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"))
      .map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.slice(line.lastIndexOf(" ") + 1))] as const),
  );

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
