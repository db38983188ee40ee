import type { InputEvent } from "../../streams/domain/event.ts";

/** Where a feed puts what it has. Arrival is the order: `tSeen` is stamped here, `tEvent` stays the feed's own, however late it is. */
export interface FeedSink {
  /**
   * Takes an event. False: enough waits, and no more may come before `room` resolves but what was read already: a feed that pushes on ends the run. Of
   * quotes only the newest of a ticker waits; nothing else is left out.
   */
  push(event: InputEvent): boolean;
  /** Resolves when there is room again, at once when there is. */
  room(): Promise<void>;
  /** The feed cannot go on. Ends the run with that error. */
  failed(error: unknown): void;
}

/** A source that pushes: what it says comes when it comes, and cannot be asked for again. Not to be paused, sped up or rewound. */
export interface Feed {
  /** For people. */
  readonly name: string;
  /** Begins to push. Called once, when the core is where its tape ends. */
  open(sink: FeedSink): void | Promise<void>;
  /** Pushes nothing more. */
  close(): Promise<void>;
}
