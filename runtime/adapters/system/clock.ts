import type { Clock } from "../../../actors/actor.ts";
import { ms } from "../../../streams/domain/units.ts";

/** The machine's clock. May jump when the machine is set right; the door keeps the tape's time from going back. */
export const wallClock: Clock = { now: () => ms(Date.now()) };

/** Starts a measurement; each call of the result gives the microseconds since then. Never goes back, unlike `wallClock`. */
export const stopwatch = (): (() => number) => {
  const start = performance.now();
  return () => (performance.now() - start) * 1000;
};
