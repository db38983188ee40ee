import type { OrderCancelRequested, OrderSubmitted } from "../../streams/domain/order.ts";

/** What the executor asks of a broker. The intent is on the tape (its `seq` is stamped) when the broker gets to see it. */
export type BrokerRequest =
  | { readonly do: "submit"; readonly intent: OrderSubmitted }
  | { readonly do: "cancel"; readonly intent: OrderCancelRequested };
