import { collectDefaultMetrics, Gauge, Registry } from "prom-client";
import type { ActorItem, TapeItem } from "../contract/systemItems.ts";

export interface MetricsSource {
  readonly actors: () => readonly ActorItem[];
  readonly tape: () => TapeItem | null;
  readonly events: () => number;
  readonly clients: () => number;
}

/** One gauge, read when Prometheus asks. */
const gauge = (registry: Registry, name: string, help: string, read: () => number): void => {
  new Gauge({
    name,
    help,
    registers: [registry],
    collect() {
      this.set(read());
    },
  });
};
/** The branch of the tree an actor is on, below the root. */
const stageOf = (path: string): string => path.replace(/^deck\//, "").split("/")[0] ?? "";
/** One gauge for each stage. */
const byStage = (
  registry: Registry,
  name: string,
  help: string,
  actors: () => readonly ActorItem[],
  read: (a: ActorItem) => number,
): void => {
  new Gauge({
    name,
    help,
    labelNames: ["stage"],
    registers: [registry],
    collect() {
      this.reset();
      for (const a of actors()) if (!a.group) this.inc({ stage: stageOf(a.path) }, read(a));
    },
  });
};

/** Prometheus text: the process, the tape, the actors by stage, the sockets. Its own registry: two gateways in a process do not meet. */
export const createMetrics = (source: MetricsSource): { text(): Promise<string>; close(): void } => {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: "tapedeck_" });
  gauge(registry, "tapedeck_events_total", "Events that passed the door in this life", source.events);
  gauge(registry, "tapedeck_events_per_second", "Events a second", () => source.tape()?.eventsPerSecond ?? 0);
  gauge(registry, "tapedeck_tape_seq", "Last place on the tape", () => source.tape()?.seq ?? 0);
  gauge(registry, "tapedeck_store_backlog", "Entries not yet in the tables", () => source.tape()?.backlog ?? 0);
  gauge(registry, "tapedeck_push_clients", "Open sockets", source.clients);
  byStage(registry, "tapedeck_actor_messages_total", "Messages taken in", source.actors, (a) => a.messages);
  byStage(registry, "tapedeck_actor_mailbox_depth", "Messages waiting", source.actors, (a) => a.mailboxDepth);
  byStage(registry, "tapedeck_actor_restarts_total", "Restarts", source.actors, (a) => a.restarts);
  return { text: () => registry.metrics(), close: () => registry.clear() };
};
