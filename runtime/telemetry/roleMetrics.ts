import type { Fanout } from "../../actors/ports/fanout.ts";
import type { Metrics } from "../../actors/ports/telemetry.ts";
import type { BridgeFigures } from "../bridge.ts";

// Of each role what is told of it, and no more: `live` knows this room, not the other way round.

/** A producer: what it has put into streams. */
interface InputsSent {
  readonly sent: number;
  /** `tSeen` of the last. */
  readonly through: number;
  /** Waiting because the core is too far behind. */
  readonly heldBack: boolean;
}
interface HeadlinesScored {
  readonly scored: number;
  readonly setAside: number;
}
interface CoreState {
  readonly playing: boolean;
  readonly standingBy: boolean;
  readonly copied: number | null;
  readonly leaseHeld: boolean;
  readonly unpublished: number;
  readonly setAside: number;
}
interface JobsEnded {
  readonly done: number;
  readonly retried: number;
  readonly givenUp: number;
  readonly busy: boolean;
}
interface TapeFollowed {
  readonly seq: number;
  readonly gaps: number;
  /** Why what is shown is old; null when it is not. */
  readonly missing: string | null;
}

const flag = (is: boolean): number => (is ? 1 : 0);

/** Entries of streams that a stage of this process set aside, because their bytes could not be read. */
const setAside = (metrics: Metrics, stage: string, read: () => number): void =>
  metrics.counter(
    {
      name: "tapedeck_entries_set_aside_total",
      help: "Entries of streams put into their dead letters by this process",
      labels: ["stage", "reason"],
    },
    () => [{ labels: { stage, reason: "unreadable" }, value: read() }],
  );

/** A producer: `feed` plays prices, `news` headlines. */
export const producerMetrics = (metrics: Metrics, stage: "feed" | "news", figures: () => InputsSent): void => {
  const one = (value: number) => [{ labels: { stage }, value }];
  const labels = ["stage"];
  metrics.counter({ name: "tapedeck_inputs_sent_total", help: "Inputs put into streams", labels }, () => one(figures().sent));
  metrics.gauge(
    { name: "tapedeck_inputs_through_timestamp_seconds", help: "tSeen through which inputs were put into streams", labels },
    () => one(figures().through / 1e3),
  );
  metrics.gauge({ name: "tapedeck_inputs_held_back", help: "1 while the source waits for the core", labels }, () =>
    one(flag(figures().heldBack)),
  );
};

export const scoringMetrics = (metrics: Metrics, scoring: HeadlinesScored): void => {
  metrics.counter({ name: "tapedeck_headlines_scored_total", help: "Headlines scored by this process" }, () => scoring.scored);
  setAside(metrics, "sentiment", () => scoring.setAside);
};

export const coreRoleMetrics = (metrics: Metrics, core: CoreState): void => {
  const gauge = (name: string, help: string, read: () => number | null): void => metrics.gauge({ name, help }, read);
  gauge("tapedeck_core_playing", "1 while this process's core plays", () => flag(core.playing));
  gauge("tapedeck_core_standing_by", "1 while another node holds the account", () => flag(core.standingBy));
  gauge("tapedeck_core_copied_seq", "Last entry copied from the node that plays", () => core.copied);
  gauge("tapedeck_core_lease_held", "1 while this process may write the tape and send orders", () => flag(core.leaseHeld));
  gauge("tapedeck_core_unpublished_entries", "Entries decided and not yet on the stream of the tape", () => core.unpublished);
  setAside(metrics, "core", () => core.setAside);
};

/** Not longer, before the rest is told. */
const PATIENCE_MS = 1_000;

export const workerMetrics = (
  metrics: Metrics,
  o: {
    readonly figures: () => JobsEnded;
    /** Jobs not done, of all workers; null while nobody can be asked. */
    readonly waiting: () => Promise<number | null>;
    readonly delay: (ms: number) => Promise<void>;
  },
): void => {
  metrics.counter({ name: "tapedeck_jobs_ended_total", help: "Jobs this worker ended", labels: ["outcome"] }, () => {
    const { done, retried, givenUp } = o.figures();
    return Object.entries({ done, retried, given_up: givenUp }).map(([outcome, value]) => ({ labels: { outcome }, value }));
  });
  metrics.gauge({ name: "tapedeck_jobs_busy", help: "1 while this worker is at a job" }, () => flag(o.figures().busy));
  let waiting: number | null = null;
  metrics.before(async () => {
    waiting = null;
    waiting = await Promise.race([o.waiting(), o.delay(PATIENCE_MS).then(() => null)]);
  });
  metrics.gauge({ name: "tapedeck_jobs_waiting", help: "Jobs not done, of all workers" }, () => waiting);
};

export const bridgeMetrics = (metrics: Metrics, figures: () => BridgeFigures): void => {
  metrics.counter({ name: "tapedeck_bridge_entries_total", help: "Entries of the tape passed on" }, () => figures().entries);
  metrics.counter({ name: "tapedeck_bridge_events_total", help: "Events passed on" }, () => figures().events);
  metrics.gauge(
    { name: "tapedeck_bridge_lag_seconds", help: "How long the last entry was on its way from the core to the fan-out" },
    () => figures().lagMs / 1e3,
  );
  setAside(metrics, "bridge", () => figures().setAside);
};

export const fanoutMetrics = (metrics: Metrics, fanout: Pick<Fanout, "state" | "dropped" | "droppedSlow">): void => {
  metrics.gauge({ name: "tapedeck_fanout_up", help: "1 while the fan-out is connected" }, () => flag(fanout.state === "ready"));
  metrics.counter({ name: "tapedeck_fanout_dropped_total", help: "Messages dropped", labels: ["reason"] }, () => [
    { labels: { reason: "slow_subscriber" }, value: fanout.droppedSlow },
    { labels: { reason: "server_lost" }, value: fanout.dropped - fanout.droppedSlow },
  ]);
};

const GATEWAY_S: readonly number[] = [0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export const gatewayLatency = (metrics: Metrics): ((seconds: number) => void) =>
  metrics.histogram(
    { name: "tapedeck_gateway_latency_seconds", help: "From the core that published entries of the tape to this gateway" },
    GATEWAY_S,
  );

export const followerMetrics = (metrics: Metrics, follower: TapeFollowed): void => {
  metrics.gauge({ name: "tapedeck_gateway_seq", help: "Last entry of the tape that reached this gateway" }, () => follower.seq);
  metrics.counter(
    { name: "tapedeck_gateway_gaps_total", help: "How often entries were missing and were asked of the core" },
    () => follower.gaps,
  );
  metrics.gauge({ name: "tapedeck_gateway_current", help: "1 while what the gateway shows is not old" }, () =>
    flag(follower.missing === null),
  );
};
