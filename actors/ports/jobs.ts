/** Work that any worker on any machine may do. Kept until done. Behind it a JetStream work queue, or memory. */
export interface Job {
  readonly id: string;
  readonly body: Uint8Array;
  /** 1 the first time. */
  readonly deliveries: number;
  /** Still at it: gives the job another `ackWaitMs`. */
  working(): void;
  /** Done: it is gone. */
  done(): Promise<void>;
  /** Another may try, after a while. */
  retry(afterMs: number): Promise<void>;
  /** Never again: into the queue's dead jobs, with the reason. */
  giveUp(reason: string): Promise<void>;
}

export interface DeadJob {
  readonly id: string;
  readonly body: Uint8Array;
  readonly reason: string;
}

export interface Jobs {
  /** The same id again within two minutes is the same job. Resolves when it is kept. */
  submit(queue: string, id: string, body: Uint8Array): Promise<void>;
  /** The next job, waiting up to `waitMs`; then null. A worker that dies gives it back after `ackWaitMs` (30_000). */
  take(queue: string, waitMs: number): Promise<Job | null>;
  /** Jobs not done. */
  waiting(queue: string): Promise<number>;
  dead(queue: string, max: number): Promise<readonly DeadJob[]>;
  close(): Promise<void>;
}
