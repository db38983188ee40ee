/** What can be seen of an actor from outside. Times in microseconds of the machine's clock, for people; nothing in the core reads them. */
export interface ActorFigures {
  readonly path: string;
  readonly state: "running" | "backing_off" | "paused" | "stopped";
  /** A supervisor without behaviour of its own. */
  readonly group: boolean;
  readonly mailboxDepth: number;
  /** Core time since the oldest waiting message was told, ms; 0 when none waits. */
  readonly mailboxAgeMs: number;
  readonly messages: number;
  /** Sampled. Null until sampled. */
  readonly p50Us: number | null;
  readonly p99Us: number | null;
  readonly restarts: number;
  readonly conflated: number;
  readonly lastError: string | null;
  /** Core time, epoch ms. */
  readonly lastErrorAt: number | null;
}

export interface DeadLetter {
  readonly id: number;
  readonly path: string;
  readonly at: number;
  readonly error: string;
  readonly message: unknown;
}

/** Births, deaths and what lies between, as they happen. */
export type Lifecycle =
  | { readonly kind: "started"; readonly path: string; readonly at: number; readonly life: number }
  | {
      readonly kind: "crashed";
      readonly path: string;
      readonly at: number;
      readonly error: string;
      readonly retryInMs: number | null;
    }
  | { readonly kind: "stopped"; readonly path: string; readonly at: number; readonly reason: string }
  | { readonly kind: "paused" | "resumed"; readonly path: string; readonly at: number }
  | { readonly kind: "gave_up"; readonly path: string; readonly at: number; readonly restarts: number }
  | { readonly kind: "dead_letter"; readonly path: string; readonly at: number; readonly letter: DeadLetter };

export interface SupervisorView {
  /** In tree order. */
  inspect(): readonly ActorFigures[];
  deadLetters(): readonly DeadLetter[];
}
