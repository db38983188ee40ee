import type { BrokerReply } from "../../streams/domain/event.ts";
import type { Order, OrderCancelRequested, OrderSubmitted } from "../../streams/domain/order.ts";
import type { Money, Qty, Shares, Ticker } from "../../streams/domain/units.ts";

/** What the executor asks of a broker. The intent is on the tape (its `seq` is stamped) when the broker gets to see it. */
export type BrokerRequest =
  | { readonly do: "submit"; readonly intent: OrderSubmitted }
  | { readonly do: "cancel"; readonly intent: OrderCancelRequested };

/** What the broker holds true, for reconciliation. */
export interface BrokerState {
  readonly cash: Money;
  readonly positions: readonly { readonly ticker: Ticker; readonly shares: Shares }[];
  readonly working: readonly { readonly order: Order; readonly filled: Qty }[];
  /** Every reply of this run, oldest first, so that what we missed can be adopted. */
  readonly replies: readonly BrokerReply[];
}

/** A broker. Replies come back as events through the door, never as return values. A submit with a known order id is the same order. */
export interface Broker {
  readonly name: string;
  send(request: BrokerRequest): void;
  state(): Promise<BrokerState>;
}
