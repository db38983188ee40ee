import type { BrokerAnswer } from "../../streams/domain/event.ts";
import type { OrderCancelRequested, OrderReplaceRequested, OrderSubmitted } from "../../streams/domain/order.ts";
import type { OrderId, Ticker } from "../../streams/domain/units.ts";

/**
 * What the executor asks of a broker. The intent has its `seq`. A simulated exchange is asked when the core is quiet; a broker outside when the
 * tape up to the intent is on the disk.
 */
export type BrokerRequest =
  | { readonly do: "submit"; readonly intent: OrderSubmitted }
  | { readonly do: "cancel"; readonly intent: OrderCancelRequested }
  | { readonly do: "replace"; readonly intent: OrderReplaceRequested }
  /** What became of an order. It changes nothing at the broker. */
  | { readonly do: "lookup"; readonly orderId: OrderId; readonly ticker: Ticker };

/** A broker outside this process. What it says is on the tape; a replay reads it there. */
export interface Broker {
  /** For people. */
  readonly name: string;
  /**
   * Called once, before the first request. `hear` takes each answer of the broker: at any time, in any order, also twice, each time as a new object.
   * It begins with the state and the fills of all orders that were open or closed lately, and so after each lost connection: an answer that a
   * process heard and had not written when it ended is on no tape, and an order that was once accepted is not looked up.
   */
  open(hear: (answer: BrokerAnswer) => void): void | Promise<void>;
  /**
   * Sends one request, once. Resolves when the broker has taken it; what becomes of it is heard. A look-up is answered by all that is known
   * of the order (its state now, and every fill), or by `order.missing`.
   * @throws NotSent when it certainly did not leave; anything else that is thrown means that nobody knows.
   */
  send(request: BrokerRequest, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** The request certainly did not leave this process. */
export class NotSent extends Error {
  constructor(why: string) {
    super(why);
    this.name = "NotSent";
  }
}
