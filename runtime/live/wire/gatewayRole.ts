import type { Fanout, Subscription } from "../../../actors/ports/fanout.ts";
import type { ActorFigures, DeadLetter, Lifecycle } from "../../../actors/ports/supervisor.ts";
import type { Say } from "../../../actors/ports/telemetry.ts";
import type { Served } from "../../../gateway/server/serve.ts";
import type { Figures } from "../../../gateway/views.ts";
import type { TapeEvent } from "../../../streams/domain/event.ts";
import type { Config } from "../../config.ts";
import type { RunSetup } from "../../runSetup.ts";
import type { Telemetry } from "../../telemetry/openTelemetry.ts";
import { followerMetrics, gatewayLatency } from "../../telemetry/roleMetrics.ts";
import { venueOf } from "../productionPorts.ts";
import { serve } from "../serving.ts";
import type { Store } from "../store.ts";
import { type CoreAbout, type FiguresPart, remoteControls } from "./coreService.ts";
import { Follower } from "./follower.ts";
import { SUBJECTS } from "./names.ts";

export interface GatewayRoleOptions {
  readonly config: Config;
  readonly setup: RunSetup;
  readonly fanout: Fanout;
  readonly history: Store["history"];
  /** Told of every event, for lists that are kept in this process; null where a database has them. */
  readonly project: { begin(about: CoreAbout): void; events(run: string, events: readonly TapeEvent[]): void } | null;
  readonly telemetry: Telemetry;
  readonly now: () => number;
  readonly delay: (ms: number) => Promise<void>;
  readonly say: Say;
}

export interface GatewayRole {
  readonly served: Served;
  readonly follower: Follower;
  flush(): void;
  stop(): Promise<void>;
}

const json = (body: Uint8Array): unknown => JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.length).toString());

/** The tree and the tape of a core elsewhere, put together from its reports. */
export class RemoteFigures {
  #parts: FiguresPart[] = [];
  actors: readonly ActorFigures[] = [];
  letters: readonly DeadLetter[] = [];
  figures: Figures | null = null;

  hear(part: FiguresPart): void {
    if (part.part === 0) this.#parts = [];
    if (part.part !== this.#parts.length) return; // one before it was lost: the next report is whole again
    this.#parts.push(part);
    if (this.#parts.length < part.parts) return;
    const parts = this.#parts;
    this.#parts = [];
    const first = parts[0] as FiguresPart;
    this.actors = parts.flatMap((p) => p.actors);
    this.letters = first.letters;
    this.figures = { actors: this.actors, tape: first.tape };
  }
}

/** A gateway to a core that is reached over the fan-out. Keeps no state that it could not get again. @throws CannotListen */
export const gatewayRole = async (o: GatewayRoleOptions): Promise<GatewayRole> => {
  const { config, setup, fanout, now } = o;
  const { metrics, checks } = o.telemetry;
  const remote = new RemoteFigures();
  let follower: Follower | null = null;
  checks.set("core", () => {
    const missing = follower === null ? "starting" : follower.missing;
    return { ok: missing === null, detail: missing ?? `run ${follower?.about?.run}, entry ${follower?.seq}` };
  });
  const latency = gatewayLatency(metrics);
  const served = await serve(config, {
    mode: venueOf(config).mode,
    limits: setup.config.risk,
    strategies: setup.listed,
    history: o.history,
    supervisor: { inspect: () => remote.actors, deadLetters: () => remote.letters },
    controls: remoteControls(fanout, () => remote.figures?.tape ?? null),
    readiness: checks,
    metrics,
    say: o.say,
  });
  const { gateway } = served;
  const subscriptions: readonly Subscription[] = [
    fanout.subscribe(SUBJECTS.lifecycle, (m) => gateway.lifecycle(json(m.body) as Lifecycle)),
    fanout.subscribe(SUBJECTS.figures, (m) => remote.hear(json(m.body) as FiguresPart)),
  ];
  follower = new Follower({
    fanout,
    delay: o.delay,
    say: o.say,
    renewed: (about) => {
      gateway.renew(about);
      o.project?.begin(about);
    },
    events: (events, sentAt) => {
      for (const e of events) gateway.offer(e);
      o.project?.events(follower?.about?.run ?? "", events);
      if (sentAt !== null) latency(Math.max(0, now() - sentAt) / 1e3);
    },
  });
  const following = follower;
  followerMetrics(metrics, following);
  void following.run();
  return {
    served,
    follower: following,
    flush: () => {
      if (remote.figures) gateway.flush(now(), remote.figures);
    },
    stop: async () => {
      following.stop();
      for (const s of subscriptions) s.close();
      await served.close(500);
    },
  };
};
