import type { ActorFigures } from "../../actors/ports/supervisor.ts";
import type { Metrics, Sample } from "../../actors/ports/telemetry.ts";
import type { TapeItem } from "../contract/systemItems.ts";

type Actor = Pick<ActorFigures, "path" | "group" | "messages" | "mailboxDepth" | "restarts" | "conflated">;

export interface MetricsSource {
  readonly actors: () => readonly Actor[];
  readonly tape: () => TapeItem | null;
  readonly events: () => number;
  readonly clients: () => number;
}

/** The branch of the tree an actor is on, below the root. */
export const stageOf = (path: string): string => path.replace(/^deck\//, "").split("/")[0] ?? "";

/** The sum of each stage. */
const byStage = (actors: readonly Actor[], read: (a: Actor) => number): readonly Sample[] => {
  const sums = new Map<string, number>();
  for (const a of actors) if (!a.group) sums.set(stageOf(a.path), (sums.get(stageOf(a.path)) ?? 0) + read(a));
  return [...sums].map(([stage, value]) => ({ labels: { stage }, value }));
};

/** Actors by stage. A process with a gateway tells those that the gateway shows, another one those of its own core. */
export const actorMetrics = (metrics: Metrics, actors: () => readonly Actor[]): void => {
  const labels = ["stage"];
  const told = (help: string, name: string, kind: "gauge" | "counter", read: (a: Actor) => number): void =>
    metrics[kind]({ name, help, labels }, () => byStage(actors(), read));
  told("Messages taken in", "tapedeck_actor_messages_total", "counter", (a) => a.messages);
  told("Messages waiting", "tapedeck_actor_mailbox_depth", "gauge", (a) => a.mailboxDepth);
  told("Restarts", "tapedeck_actor_restarts_total", "counter", (a) => a.restarts);
  told("Messages replaced by newer ones in the mailbox", "tapedeck_actor_conflated_total", "counter", (a) => a.conflated);
};

/** What a gateway shows, and to how many. */
export const gatewayMetrics = (metrics: Metrics, source: MetricsSource): void => {
  const tape = (name: string, help: string, read: (item: TapeItem) => number): void =>
    metrics.gauge({ name, help }, () => {
      const item = source.tape();
      return item === null ? 0 : read(item);
    });
  metrics.counter({ name: "tapedeck_events_total", help: "Events that reached the gateway in this life" }, source.events);
  tape("tapedeck_events_per_second", "Events a second", (t) => t.eventsPerSecond);
  tape("tapedeck_tape_seq", "Last place on the tape", (t) => t.seq);
  tape("tapedeck_store_backlog", "Entries not yet in the tables", (t) => t.backlog);
  metrics.gauge({ name: "tapedeck_push_clients", help: "Open sockets" }, source.clients);
  actorMetrics(metrics, source.actors);
};
