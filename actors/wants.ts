import type { OrderAction } from "../streams/domain/order.ts";
import type { Seq, Ticker } from "../streams/domain/units.ts";

/** A strategy's own order, on its way to the portfolio. */
export interface Wants {
  readonly type: "wants";
  readonly strategy: string;
  readonly ticker: Ticker;
  readonly action: OrderAction;
  /** The bar or headline it was decided on. */
  readonly origin: Seq;
}
