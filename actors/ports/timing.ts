/** A clock that never goes back, and alarms on it. Of the machine, or of a test. */
export interface Timing {
  /** ms since some moment; only differences mean something. */
  now(): number;
  /** Calls `run` once, `ms` from now or later. The result calls it off. */
  after(ms: number, run: () => void): () => void;
}
