import type { Say } from "../../actors/ports/telemetry.ts";
import type { Config } from "../config.ts";
import type { Role } from "../settings.ts";
import type { Speed } from "./pacer.ts";
import type { UpSummary } from "./summary.ts";

export interface UpOptions {
  readonly config: Config;
  /** A tape to play instead of the generated market. */
  readonly tape: string | null;
  readonly speed: Speed;
  readonly store: "auto" | "memory";
  /** Begins a new run with the configured cash, whatever there was before. */
  readonly newRun?: boolean;
  /** Without a dashboard and routes: for scripts and tests. */
  readonly headless: boolean;
  /** Another process starts this one anew when a strategy of people's own holds it up. */
  readonly supervised?: boolean;
  /** One line for people. */
  readonly say: Say;
}

/** A system that is up, or the part of it that this process plays. */
export interface Up {
  readonly origin: string | null;
  /** Opened once, it signs that browser in. */
  readonly signInLink: string | null;
  readonly server: string | null;
  readonly store: string;
  /** The run that this process's core plays; null when it plays none (yet). */
  readonly run: string | null;
  /** The servers between the stages; null: none, all is in this process. */
  readonly on: string | null;
  readonly roles: readonly Role[];
  /** The books of this process's core; null when it has none (yet). */
  summary(): UpSummary | null;
  /** Resolves when the source has come to its end (a tape); never for an endless one. */
  readonly ended: Promise<void>;
  /** Rejects when something broke that cannot be mended by a restart of actors. Resolves after `stop`. */
  readonly over: Promise<void>;
  /** Everything is written and let go. Safe to call twice. */
  stop(): Promise<void>;
}
