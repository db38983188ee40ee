import type { BrokerReply } from "../../streams/domain/event.ts";
import type { Order } from "../../streams/domain/order.ts";
import type { Money, OrderId, Qty, Seq, Shares, Ticker } from "../../streams/domain/units.ts";

/** What the executor asks of a broker. `cause`: the seq of the event that holds the intent. */
export type BrokerRequest =
  | { readonly do: "submit"; readonly order: Order; readonly cause: Seq }
  | { readonly do: "cancel"; readonly orderId: OrderId; readonly ticker: Ticker; readonly cause: Seq };

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
