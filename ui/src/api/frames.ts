import { batch } from "solid-js";

/** Runs a job soon; many asks before it runs are one run. */
export type Soon = (job: () => void) => void;

/** How often a page that nobody sees catches up, ms: browsers give hidden pages no animation frames. */
const HIDDEN_MS = 500;

/** One run per animation frame while the page is seen, twice a second while it is hidden; all that one run writes is one update. */
export const perFrame = (page: Document = document): Soon => {
  let waiting: (() => void) | null = null;
  const run = () => {
    const job = waiting;
    waiting = null;
    if (job) batch(job);
  };
  return (job) => {
    const scheduled = waiting !== null;
    waiting = job;
    if (scheduled) return;
    if (page.hidden) setTimeout(run, HIDDEN_MS);
    else {
      // A page hidden between ask and frame would wait for its return: the timer catches that.
      const late = setTimeout(run, HIDDEN_MS);
      requestAnimationFrame(() => {
        clearTimeout(late);
        run();
      });
    }
  };
};
