import type { Lifecycle, SupervisorView } from "../actors/ports/supervisor.ts";
import type { TapeEvent } from "../streams/domain/event.ts";
import type { RiskLimits, StrategyConfig } from "../streams/domain/run.ts";
import type { Who } from "./auth/ports.ts";
import type { SignIn } from "./auth/signIn.ts";
import { routes } from "./contract/http.ts";
import type { ActorItem, Mode } from "./contract/systemItems.ts";
import type { Controls, DeckSource, History, Readiness } from "./ports.ts";
import { createPush, type PushEvents, type PushSocket } from "./push.ts";
import { accountRoutes } from "./routes/account.ts";
import { controlRoutes } from "./routes/control.ts";
import { type Bound, bindAll } from "./routes/handler.ts";
import { systemRoutes } from "./routes/system.ts";
import { createDeck, type Deck, type Figures } from "./views.ts";

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
  readonly deck: DeckSource;
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
    tape(): ReturnType<ReturnType<typeof createDeck>["tape"]>;
    events(): number;
    clients(): number;
  };
}

/** A deck that can be put in place of the one before; the first look at each topic then finds it all new. */
const renewable = (first: Pick<GatewayPorts, "limits" | "strategies">): Deck & Pick<Gateway, "renew"> => {
  let deck = createDeck(first);
  /** Topics that were looked at since the deck was renewed; null: it never was. */
  let seen: Set<string> | null = null;
  const isNew = (topic: string): boolean => {
    if (seen === null || seen.has(topic)) return false;
    seen.add(topic);
    return true;
  };
  return {
    get events() {
      return deck.events;
    },
    renew: (of) => {
      deck = createDeck(of);
      seen = new Set();
    },
    offer: (event) => deck.offer(event),
    lifecycle: (event) => deck.lifecycle(event),
    look: (figures, wallAt) => deck.look(figures, wallAt),
    tape: () => deck.tape(),
    items: (topic) => deck.items(topic),
    drain: (topic) => {
      if (!isNew(topic)) return deck.drain(topic);
      deck.discard(topic);
      return "reset";
    },
    discard: (topic) => {
      seen?.add(topic);
      deck.discard(topic);
    },
  };
};

export const createGateway = (ports: GatewayPorts): Gateway => {
  const deck = renewable(ports);
  const push = createPush({ deck, version: ports.version, mode: () => ports.mode, life: ports.life });
  const bounds = bindAll(routes, {
    ...accountRoutes(deck, ports.history),
    ...controlRoutes(deck, ports.supervisor, ports.controls),
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
    deck,
    offer: deck.offer,
    lifecycle: deck.lifecycle,
    renew: deck.renew,
    flush: (wallAt, figures) => {
      deck.look(figures, wallAt);
      push.flush(wallAt);
    },
    onSocket: push.connect,
    figures: {
      actors: () => deck.items("actors") as readonly ActorItem[],
      tape: deck.tape,
      events: () => deck.events,
      clients: () => push.clients,
    },
  };
};
