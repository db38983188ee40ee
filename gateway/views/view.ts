/** An item of a topic that is new or other than before; `item` null: it is gone. */
export interface Change {
  readonly key: string;
  readonly item: unknown;
}

/**
 * The current items of one topic. Folding an event only marks what is dirty; items are built when somebody asks.
 * There is one drainer: the push protocol.
 */
export interface View {
  /** In the order in which they are shown to nobody in particular: oldest first. */
  items(): readonly unknown[];
  /** What changed since the last drain, each key once, oldest first; "reset": compare nothing, take all items anew. */
  drain(): readonly Change[] | "reset";
  /** Forgets what changed, without building it: nobody listens. */
  discard(): void;
}
export const NOTHING: readonly Change[] = Object.freeze([]);
