import type { Timing } from "../../../actors/ports/timing.ts";

/** The machine's own. Goes on while the process is stopped, not while the machine sleeps. */
export const machineTiming: Timing = {
  now: () => performance.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};
