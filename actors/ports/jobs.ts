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
  /** Another may try, after `afterMs`. Too often given back or let go, it is dead: the adapter's `maxDeliveries`. */
  retry(afterMs: number): Promise<void>;
  /** Never again: into the queue's dead jobs, with the reason. */
  giveUp(reason: string): Promise<void>;
}

export interface DeadJob {
  readonly id: string;
  readonly body: Uint8Array;
  readonly reason: string;
}

/** At least once: a worker that loses the server between its work and `done` may see the job again, so work by its id. */
export interface Jobs {
  /** The same id again within two minutes is the same job, done or not. Resolves when it is kept. @throws BodyTooLarge. */
  submit(queue: string, id: string, body: Uint8Array): Promise<void>;
  /** The next job, waiting up to `waitMs` (0: not at all); then null, also when the server is lost. A worker that dies gives it back after `ackWaitMs` (30_000). */
  take(queue: string, waitMs: number): Promise<Job | null>;
  /** Jobs not done. */
  waiting(queue: string): Promise<number>;
  /** The newest `max` of the dead ones, oldest of them first. */
  dead(queue: string, max: number): Promise<readonly DeadJob[]>;
  /** What was taken and not ended goes to others after `ackWaitMs`. */
  close(): Promise<void>;
}
