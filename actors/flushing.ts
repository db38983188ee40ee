import type { OrderId } from "../streams/domain/units.ts";

/** Goes the way of the proposals, behind all that were told before it. */
export interface Flush {
  readonly type: "flush";
}
/** It came through: everything told before it is done, and known. `known`: the orders that the executor follows. */
export interface Flushed {
  readonly type: "flushed";
  readonly known: ReadonlySet<OrderId>;
}
/** Risk or the executor began a new life: what was told to the last one may be lost. */
export interface PeerStarted {
  readonly type: "peer.started";
}
