import type { Order } from "../streams/domain/order.ts";
import type { OrderId } from "../streams/domain/units.ts";
import { type ActorContext, type Effect, tell } from "./actor.ts";
import { PATHS } from "./topology.ts";

/** Goes the way of the proposals, behind all that were told before it. */
export interface Flush {
  readonly type: "flush";
  /** Which one it is: only the answer to the newest counts, since older ones do not know what was proposed since. */
  readonly n: number;
}
/** It came through: everything told before it is done, and known. `known`: the orders that the executor follows. `held`: those of them that wait, and are on no tape. */
export interface Flushed {
  readonly type: "flushed";
  readonly n: number;
  readonly known: ReadonlySet<OrderId>;
  readonly held: readonly Order[];
}
/** Risk or the executor began a new life: what was told to the last one may be lost. */
export interface PeerStarted {
  readonly type: "peer.started";
}

/** The portfolio must know that what it told to the last life may be lost. Not at the first start: nothing was told before it. */
export const peerStarted = (context: ActorContext): Effect[] =>
  context.now() > 0 ? [tell(context.ref<PeerStarted>(PATHS.portfolio), { type: "peer.started" })] : [];
