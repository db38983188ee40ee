import type { DurableStreams, ServerState, StreamFigures } from "../../actors/ports/streams.ts";
import type { Metrics, Sample } from "../../actors/ports/telemetry.ts";
import { kindOfReason } from "../mechanisms/deadLetterReasons.ts";

/** The server is asked no more often, however many ask us. */
const FRESH_MS = 1_000;
/** And no longer: what was known last is told. */
const PATIENCE_MS = 1_000;
/** Dead letters of a stream whose reasons are looked at. */
const LOOKED_AT = 200;
const STATES: readonly ServerState[] = ["ready", "lost", "full"];
/** A stream of a run is told under one name, or there would be a new one with each run. */
const TAPE = "tape";

export interface StreamMetricsOptions {
  readonly streams: DurableStreams;
  /** Streams that are there in every run. */
  readonly names: readonly string[];
  /** The stream of the tape of the run that is on; null: none is. */
  readonly tape: () => Promise<string | null>;
  readonly now: () => number;
  readonly delay: (ms: number) => Promise<void>;
}

interface Looked {
  readonly figures: readonly StreamFigures[];
  readonly letters: readonly Sample[];
}
const NOTHING: Looked = { figures: [], letters: [] };

/** Length, groups and dead letters of every stream of the deck, as the server has them. */
class Look {
  readonly #options: StreamMetricsOptions;
  readonly #kinds = new Map<string, { readonly count: number; readonly kinds: ReadonlyMap<string, number> }>();
  #at = Number.NEGATIVE_INFINITY;
  #looking: Promise<void> | null = null;
  last: Looked = NOTHING;

  constructor(options: StreamMetricsOptions) {
    this.#options = options;
  }

  async refresh(): Promise<void> {
    const { streams, now, delay } = this.#options;
    if (streams.state === "lost") {
      this.last = NOTHING;
      return;
    }
    if (this.#looking === null && now() - this.#at < FRESH_MS) return;
    this.#looking ??= this.#look().finally(() => {
      this.#looking = null;
    });
    await Promise.race([this.#looking, delay(PATIENCE_MS)]);
  }

  async #look(): Promise<void> {
    const { streams, names, now } = this.#options;
    const tape = await this.#options.tape();
    const figures = await streams.figures(tape === null ? names : [...names, tape]);
    const letters: Sample[] = [];
    for (const one of figures) {
      const stream = one.stream === tape ? TAPE : one.stream;
      for (const [reason, value] of await this.#kindsOf(one)) letters.push({ labels: { stream, reason }, value });
    }
    this.last = { figures: figures.map((f) => (f.stream === tape ? { ...f, stream: TAPE } : f)), letters };
    this.#at = now();
  }

  /** Dead letters by why, read again only when their number has changed. */
  async #kindsOf({ stream, deadLetters: count }: StreamFigures): Promise<ReadonlyMap<string, number>> {
    const known = this.#kinds.get(stream);
    if (known?.count === count) return known.kinds;
    const kinds = new Map<string, number>();
    for (const { reason } of count === 0 ? [] : await this.#options.streams.deadLetters(stream, LOOKED_AT))
      kinds.set(kindOfReason(reason), (kinds.get(kindOfReason(reason)) ?? 0) + 1);
    if (count > LOOKED_AT) kinds.set("not_looked_at", count - LOOKED_AT);
    this.#kinds.set(stream, { count, kinds });
    return kinds;
  }
}

/** The streams as their server has them: every process of a deck tells the same of them. */
export const streamMetrics = (metrics: Metrics, o: StreamMetricsOptions): void => {
  const { streams } = o;
  const look = new Look(o);
  metrics.before(() => look.refresh());
  const labels = ["stream"];
  metrics.gauge({ name: "tapedeck_stream_length_entries", help: "Entries in the stream", labels }, () =>
    look.last.figures.map(({ stream, length }) => ({ labels: { stream }, value: length })),
  );
  const ofGroups = (name: string, help: string, key: "lag" | "pending"): void =>
    metrics.gauge({ name, help, labels: ["stream", "group"] }, () =>
      look.last.figures.flatMap(({ stream, groups }) =>
        groups.map((g) => ({ labels: { stream, group: g.group }, value: g[key] })),
      ),
    );
  ofGroups("tapedeck_stream_lag_entries", "Entries not yet handed to anybody of the group", "lag");
  ofGroups("tapedeck_stream_pending_entries", "Entries handed out and not acknowledged", "pending");
  metrics.gauge(
    { name: "tapedeck_stream_dead_letters", help: "Entries set aside", labels: ["stream", "reason"] },
    () => look.last.letters,
  );
  metrics.gauge({ name: "tapedeck_streams_buffered_bytes", help: "Appended and not yet confirmed" }, () => streams.buffered);
  metrics.gauge({ name: "tapedeck_streams_state", help: "1 for the state the server is in", labels: ["state"] }, () =>
    STATES.map((state) => ({ labels: { state }, value: state === streams.state ? 1 : 0 })),
  );
};
