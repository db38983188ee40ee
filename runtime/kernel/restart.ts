import type { ActorSpec, Backoff, Intensity, Supervision } from "../../actors/actor.ts";
import type { Ms } from "../../streams/domain/units.ts";

const BACKOFF: Backoff = { minMs: 100, maxMs: 30_000, factor: 2, jitter: 0.2, resetAfterMs: 60_000 };
const SUPERVISION: Supervision = { strategy: "one_for_one", maxRestarts: 3, withinMs: 60_000 };

/** What is not said: 100 ms, doubled up to 30 s, ± 20 %, forgotten after 60 s without a crash. */
export const backoffOf = (spec: ActorSpec): Backoff => ({ ...BACKOFF, ...spec.backoff });
/** What is not said: one_for_one, 3 restarts in 60 s. */
export const supervisionOf = (spec: ActorSpec): Supervision => ({ ...SUPERVISION, ...spec.supervision });

/**
 * Sliding window of restart times, newest first; null = one too many: give up, stop the children, crash to the parent.
 * A restart exactly `withinMs` ago still counts. Ref: Erlang/OTP supervisor, restart intensity.
 */
export const addRestart = (past: readonly Ms[], now: Ms, s: Intensity): readonly Ms[] | null => {
  const recent = [now, ...past.filter((t) => t >= now - s.withinMs)];
  return recent.length > s.maxRestarts ? null : recent;
};

/**
 * How long to wait before a life begins again: min(maxMs, minMs × factor^attempt) × (1 ± jitter), whole ms.
 * Not the one of adapters (`runtime/mechanisms/backoff.ts`): this is a policy of each actor, and must come out the same in every replay.
 * @param attempt 0 for the first crash after a quiet time. @param u uniform in [0, 1).
 */
export const backoffMs = (b: Backoff, attempt: number, u: number): number => {
  let base = b.minMs;
  for (let i = 0; i < attempt && base < b.maxMs; i++) {
    const next = base * b.factor; // by multiplication: powers may differ in the last bit between engines
    if (next <= base) break;
    base = next;
  }
  return Math.max(0, Math.round(Math.min(base, b.maxMs) * (1 + b.jitter * (2 * u - 1))));
};

/** The crashed child and those of its siblings that start again with it, left to right. Ref: Erlang/OTP supervisor strategies. */
export const restartsWith = <T>(strategy: Supervision["strategy"], siblings: readonly T[], crashed: T): readonly T[] => {
  switch (strategy) {
    case "one_for_one":
      return [crashed];
    case "one_for_all":
      return siblings;
    case "rest_for_one":
      return siblings.slice(siblings.indexOf(crashed));
  }
};
