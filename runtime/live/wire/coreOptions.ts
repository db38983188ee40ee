import type { Fanout } from "../../../actors/ports/fanout.ts";
import type { Leases } from "../../../actors/ports/leases.ts";
import type { DurableStreams } from "../../../actors/ports/streams.ts";
import type { Metrics, Say } from "../../../actors/ports/telemetry.ts";
import type { Config } from "../../config.ts";
import type { Deferred } from "../../deferred.ts";
import type { RunSetup } from "../../runSetup.ts";
import type { Speed } from "../pacer.ts";

/** What the core of a process apart is made of. */
export interface CoreRoleOptions {
  readonly config: Config;
  readonly setup: RunSetup;
  readonly streams: DurableStreams;
  readonly fanout: Fanout;
  readonly leases: Leases;
  readonly node: string;
  readonly speed: Speed;
  readonly store: "auto" | "memory";
  readonly newRun: boolean;
  readonly metrics: Metrics;
  /** Whether a gateway in this process shows the actors. */
  readonly isShown: boolean;
  readonly now: () => number;
  readonly delay: (ms: number) => Promise<void>;
  readonly say: Say;
  readonly outcome: Deferred;
  readonly ended: Deferred;
}
