/**
 * Who holds what, among processes: the money of an account, a job. A lease runs out by itself when its holder is silent.
 * Behind it a JetStream key-value bucket, or memory.
 */
export interface Lease {
  readonly name: string;
  /** Grows with every holder of this name, and never comes again. Fences what the holder writes. */
  readonly epoch: number;
  /**
   * False once the lease has run out by this process's own clock, counted from when the last renewal was *sent*: a process that was paused sees at its first
   * look that it is out, whatever the server said.
   */
  held(): boolean;
  /** Renewed by itself, three times a period. Told once, when it is lost for good; at once if it is already; never after `release`. */
  onLost(listener: (why: string) => void): void;
  /** Lets go at once, for the next. */
  release(): Promise<void>;
}

export interface Holder {
  readonly name: string;
  readonly holder: string;
  readonly epoch: number;
  /** What the holder says of itself, free text. */
  readonly about: string;
}

export interface Leases {
  /** Takes the lease when nobody has it; null when somebody does. The same holder's name in another process is another holder. @throws when nobody can be asked. */
  acquire(name: string, holder: string, about?: string): Promise<Lease | null>;
  /** Waits until it is free, tries again by itself; null when `signal` is aborted or this is closed. Bears a lost server. */
  wait(name: string, holder: string, signal: AbortSignal, about?: string): Promise<Lease | null>;
  holderOf(name: string): Promise<Holder | null>;
  /** Every lease that is held now whose name begins so. */
  list(prefix: string): Promise<readonly Holder[]>;
  /** A lease not renewed for so long is free, ms. */
  readonly ttlMs: number;
  /** Releases what this process holds. */
  close(): Promise<void>;
}
