import { expect, it } from "vitest";
import type { ActorFigures } from "../../../../actors/ports/supervisor.ts";
import { processMetrics } from "../../../../runtime/adapters/telemetry/metrics.ts";
import type { Store } from "../../../../runtime/live/store.ts";
import { coreMetrics, decisionMetrics } from "../../../../runtime/telemetry/coreMetrics.ts";
import {
  bridgeMetrics,
  coreRoleMetrics,
  fanoutMetrics,
  followerMetrics,
  gatewayLatency,
  producerMetrics,
  scoringMetrics,
  workerMetrics,
} from "../../../../runtime/telemetry/roleMetrics.ts";
import { figuresOf } from "../../../support/fakePorts.ts";

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
