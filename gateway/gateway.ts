import type { Lifecycle, SupervisorView } from "../actors/ports/supervisor.ts";
import type { TapeEvent } from "../streams/domain/event.ts";
import type { RiskLimits, StrategyConfig } from "../streams/domain/run.ts";
import type { Who } from "./auth/ports.ts";
import type { SignIn } from "./auth/signIn.ts";
import { routes } from "./contract/http.ts";
import type { ActorItem, Mode } from "./contract/systemItems.ts";
import type { Controls, History, Readiness, ViewSource } from "./ports.ts";
import { createPush, type PushEvents, type PushSocket } from "./push.ts";
import { accountRoutes } from "./routes/account.ts";
import { controlRoutes } from "./routes/control.ts";
import { type Bound, bindAll } from "./routes/handler.ts";
import { systemRoutes } from "./routes/system.ts";
import { createViews, type Figures, type Views } from "./views.ts";

/** What the gateway needs of everybody else. */
export interface GatewayPorts {
  readonly version: string;
  readonly mode: Mode;
  /** Names this life of the process, so that a client knows that numbering began anew: the time it started will do. */
  readonly life: string;
  readonly limits: RiskLimits;
  readonly strategies: readonly StrategyConfig[];
  readonly history: History;
  readonly supervisor: SupervisorView;
  readonly controls: Controls;
  readonly readiness: Readiness;
  readonly signIn: SignIn;
  /** Prometheus text; see gateway/server/metrics.ts. */
  readonly metrics: () => Promise<string>;
}

/**
 * The way people reach the deck. The runtime calls `offer` for every event that passes the door (in order, with its seq), `lifecycle` for every
 * supervisor report, and `flush` from a timer, 10 to 20 times a second; it hands `bounds` and `onSocket` to a server (`serveGateway`).
 * None of them waits or throws on a slow client.
 */
export interface Gateway {
  readonly bounds: readonly Bound[];
  readonly views: ViewSource;
  offer(event: TapeEvent): void;
  lifecycle(event: Lifecycle): void;
  /** Forgets everything: another run, or the same one told from its beginning again. Whoever follows a topic gets it whole. */
  renew(of: Pick<GatewayPorts, "limits" | "strategies">): void;
  /** `wallAt`: the machine's clock, epoch ms. */
  flush(wallAt: number, figures: Figures): void;
  onSocket(socket: PushSocket, who: Who | null): PushEvents;
  /** For metrics. */
  readonly figures: {
    actors(): readonly ActorItem[];
    tape(): ReturnType<ReturnType<typeof createViews>["tape"]>;
    events(): number;
    clients(): number;
  };
}

/** Views that can be put in place of those before; the first look at each topic then finds it all new. */
const renewable = (first: Pick<GatewayPorts, "limits" | "strategies">): Views & Pick<Gateway, "renew"> => {
  let views = createViews(first);
  /** Topics that were looked at since the views were renewed; null: they never were. */
  let seen: Set<string> | null = null;
  const isNew = (topic: string): boolean => {
    if (seen === null || seen.has(topic)) return false;
    seen.add(topic);
    return true;
  };
  return {
    get events() {
      return views.events;
    },
    renew: (of) => {
      views = createViews(of);
      seen = new Set();
    },
    offer: (event) => views.offer(event),
    lifecycle: (event) => views.lifecycle(event),
    look: (figures, wallAt) => views.look(figures, wallAt),
    tape: () => views.tape(),
    control: () => views.control(),
    items: (topic) => views.items(topic),
    drain: (topic) => {
      if (!isNew(topic)) return views.drain(topic);
      views.discard(topic);
      return "reset";
    },
    discard: (topic) => {
      seen?.add(topic);
      views.discard(topic);
    },
  };
};

export const createGateway = (ports: GatewayPorts): Gateway => {
  const views = renewable(ports);
  const push = createPush({ views, version: ports.version, mode: () => ports.mode, life: ports.life });
  const bounds = bindAll(routes, {
    ...accountRoutes(views, ports.history),
    ...controlRoutes(views, ports.supervisor, ports.controls),
    ...systemRoutes({
      version: ports.version,
      readiness: ports.readiness,
      metrics: ports.metrics,
      exchange: ports.signIn.exchange,
      signOut: ports.signIn.signOut,
    }),
  });
  return {
    bounds,
    views,
    offer: views.offer,
    lifecycle: views.lifecycle,
    renew: views.renew,
    flush: (wallAt, figures) => {
      views.look(figures, wallAt);
      push.flush(wallAt);
    },
    onSocket: push.connect,
    figures: {
      actors: () => views.items("actors") as readonly ActorItem[],
      tape: views.tape,
      events: () => views.events,
      clients: () => push.clients,
    },
  };
};
