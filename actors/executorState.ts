import { Controls } from "../streams/control/controls.ts";
import { tradingNeeds } from "../streams/control/needs.ts";
import type { ControlCommand } from "../streams/domain/control.ts";
import type { BrokerReply } from "../streams/domain/event.ts";
import type { LimitExceeded, LimitRestored, TradingStopped } from "../streams/domain/limits.ts";
import type { Halt } from "../streams/domain/market.ts";
import { NewestIds } from "../streams/domain/newestIds.ts";
import type {
  Bracket,
  Order,
  OrderCancelRequested,
  OrderLost,
  OrderMissing,
  OrderReplaceRequested,
  OrderSubmitted,
} from "../streams/domain/order.ts";
import type { Split } from "../streams/domain/portfolio.ts";
import type { RequestFailed } from "../streams/domain/request.ts";
import type { Ms, OrderId, Ticker } from "../streams/domain/units.ts";
import type { OrderBook } from "../streams/execution/orders.ts";
import type { Flush } from "./flushing.ts";
import { HeldBack } from "./heldBack.ts";
import { Unanswered, type WaitedLong } from "./unanswered.ts";

/** Cancel what is working of a ticker. */
export interface Withdraw {
  readonly type: "withdraw";
  readonly ticker: Ticker;
  /** Who asked for the orders; null: all of them but exits at market. */
  readonly by: string | null;
  readonly reason: string;
}

/** Other prices for the exits of the brackets that one has on a ticker. A price that is null stays. */
export interface Reprice {
  readonly type: "replace";
  readonly ticker: Ticker;
  readonly by: string;
  readonly moved: Bracket;
  /** They were prices of an entry that is still on its way here too. */
  readonly isMoved: boolean;
}

/** The moment is over: orders that waited for others may go. */
export interface Release {
  readonly type: "release";
}

export type ExecutorMsg =
  | { readonly type: "approved"; readonly order: Order; readonly at: Ms }
  | Withdraw
  | Reprice
  | Flush
  | BrokerReply
  | OrderMissing
  | OrderLost
  | RequestFailed
  | WaitedLong
  | OrderSubmitted
  | OrderCancelRequested
  | OrderReplaceRequested
  | Split
  | Halt
  | Release
  | LimitExceeded
  | LimitRestored
  | ControlCommand
  | TradingStopped;

/** Ids of closed orders that are remembered: to refuse their second use, and to know what comes late. */
const CLOSED_KEPT = 1_000;
export const LOST_KEPT = 100;

/** Owned and changed in place by the executor alone. */
export interface State {
  /** False while events are told again: what they led to was done, or is told again too. */
  live: boolean;
  readonly open: OrderBook;
  /** The newest closed orders, at a broker outside. A simulated exchange knows every id there was. */
  readonly closed: NewestIds;
  /** Orders that were given up. One that turns up after all is withdrawn: what it was for has been proposed again. */
  readonly lost: Map<OrderId, Order | null>;
  /** While trading is halted, what risk had approved before is not sent, but for exits, and no order that may open works. */
  readonly controls: Controls;
  /** Limits that a fill at a gap went past: nothing opens until the account is within them. */
  readonly exceeded: Set<string>;
  readonly tickersHalted: Set<Ticker>;
  /** At a broker outside: orders that wait until others are over. A simulated exchange holds them itself. */
  readonly held: HeldBack;
  readonly unanswered: Unanswered;
  /** Replies that fit none of our orders, or no step of the table: broker and we disagree. */
  disagreements: number;
}

/** @param outside the broker is outside: answers take their time, or never come. */
export const fresh = (outside: boolean): State => ({
  open: new Map(),
  closed: new NewestIds(CLOSED_KEPT),
  lost: new Map(),
  live: false,
  controls: new Controls(tradingNeeds),
  exceeded: new Set(),
  tickersHalted: new Set(),
  held: new HeldBack(),
  unanswered: new Unanswered(outside),
  disagreements: 0,
});
