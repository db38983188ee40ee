import type { SupervisorView } from "../../actors/ports/supervisor.ts";
import type { Metrics, Sample } from "../../actors/ports/telemetry.ts";
import { actorMetrics, stageOf } from "../../gateway/server/metrics.ts";

/** Upper ends of buckets, s: from what a decision takes to what nobody should wait. */
const LATENCY_S: readonly number[] = [
  0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
];

/** Made before the core, which tells it of every order. */
export const decisionMetrics = (metrics: Metrics): ((sinceFedUs: number, lateMs: number) => void) => {
  const decided = metrics.histogram(
    { name: "tapedeck_decision_latency_seconds", help: "From an input that enters the core to an order that follows from it" },
    LATENCY_S,
  );
  const sinceSeen = metrics.histogram(
    {
      name: "tapedeck_seen_to_order_seconds",
      help: "The same from the moment at which the input was due by its tSeen and the speed of play",
    },
    LATENCY_S,
  );
  return (sinceFedUs, lateMs) => {
    decided(sinceFedUs / 1e6);
    sinceSeen(sinceFedUs / 1e6 + lateMs / 1e3);
  };
};

/** The tables behind a core: how far they are, and why they may be old. */
interface Tables {
  readonly projection: { readonly backlog: number };
  trouble(): string | null;
}

export interface CoreSource {
  readonly supervisor: SupervisorView;
  readonly store: Tables;
  /** seq of the last entry on its tape. */
  readonly tail: () => number;
  /** The core's time, epoch ms. */
  readonly now: () => number;
  /** Whether no gateway in this process tells of the actors. */
  readonly actors: boolean;
}

/** How long requests to a broker wait for the disk. */
export const syncMetrics = (metrics: Metrics): ((us: number) => void) => {
  const synced = metrics.histogram(
    { name: "tapedeck_tape_sync_seconds", help: "From a sealed order until the disk itself has it" },
    LATENCY_S,
  );
  return (us) => synced(us / 1e6);
};

/** What waits between the core and ports outside. */
export interface Outside {
  /** Requests that wait to leave, or for their answer. */
  readonly inFlight: number;
  /** What has arrived and was not taken in. */
  readonly waiting: number;
  /** Quotes that a newer one took the place of. */
  readonly conflated: number;
  /** Answers of the broker that were said before. */
  readonly repeats: number;
}

/** The ways to ports outside the core. */
export const outsideMetrics = (metrics: Metrics, of: Outside): void => {
  metrics.gauge(
    { name: "tapedeck_requests_in_flight", help: "Requests to ports outside that wait to leave, or for their answer" },
    () => of.inFlight,
  );
  metrics.gauge({ name: "tapedeck_ingress_waiting", help: "Events that have arrived and are not taken in" }, () => of.waiting);
  metrics.counter(
    { name: "tapedeck_quotes_conflated_total", help: "Quotes that a newer one took the place of before they were seen" },
    () => of.conflated,
  );
  metrics.counter(
    { name: "tapedeck_broker_repeats_total", help: "Answers of the broker that were said before, and left out" },
    () => of.repeats,
  );
};

/** A core in this process, and its projection. */
export const coreMetrics = (metrics: Metrics, { supervisor, store, tail, now, actors }: CoreSource): void => {
  metrics.gauge({ name: "tapedeck_core_seq", help: "Last entry on the tape of this core" }, tail);
  metrics.gauge({ name: "tapedeck_core_timestamp_seconds", help: "The core's time: tSeen of its last entry" }, () => now() / 1e3);
  metrics.gauge(
    {
      name: "tapedeck_actor_dead_letters",
      help: "Messages set aside because their actor crashed on them twice",
      labels: ["stage"],
    },
    () => {
      const sums = new Map<string, number>();
      for (const { path } of supervisor.deadLetters()) sums.set(stageOf(path), (sums.get(stageOf(path)) ?? 0) + 1);
      return [...sums].map(([stage, value]): Sample => ({ labels: { stage }, value }));
    },
  );
  metrics.gauge(
    { name: "tapedeck_projection_backlog_entries", help: "Entries not yet in the tables" },
    () => store.projection.backlog,
  );
  metrics.gauge({ name: "tapedeck_projection_up", help: "1 while the tables take what is written" }, () =>
    store.trouble() === null ? 1 : 0,
  );
  if (actors) actorMetrics(metrics, () => supervisor.inspect());
};
