import { isLegId } from "../../streams/domain/books.ts";
import type { Fill, OrderSubmitted, Side } from "../../streams/domain/order.ts";
import { signOf } from "../../streams/domain/order.ts";
import type { OrderId, Ticker } from "../../streams/domain/units.ts";

interface Working {
  readonly ticker: Ticker;
  readonly side: Side;
  /** µshare still open; 0 when the order is sized at its fill. */
  leaves: number;
  /** Its withdrawal was asked for. */
  leaving: boolean;
}

/** An order that ended without having filled whole. */
type Ended = { readonly ticker: Ticker; readonly orderId: OrderId };

/** Orders of the deck that were sent and are not over. Bracket legs go with what they protect, and are not counted. */
export class WorkingOrders {
  private readonly byId = new Map<OrderId, Working>();
  private readonly byTicker = new Map<Ticker, Map<OrderId, Working>>();

  get size(): number {
    return this.byId.size;
  }
  tickers(): Iterable<Ticker> {
    return this.byTicker.keys();
  }
  countOf(ticker: Ticker): number {
    return this.byTicker.get(ticker)?.size ?? 0;
  }

  /** µshare on their way out of a position that has this sign; null when no exit works. */
  leavingOf(ticker: Ticker, sign: number): number | null {
    let sum: number | null = null;
    for (const w of this.byTicker.get(ticker)?.values() ?? [])
      if (signOf(w.side) !== sign && !w.leaving) sum = (sum ?? 0) + w.leaves;
    return sum;
  }

  submitted({ ticker, order }: OrderSubmitted): void {
    if (this.byId.has(order.id) || isLegId(order.id)) return;
    const working: Working = { ticker, side: order.side, leaves: order.qty, leaving: false };
    this.byId.set(order.id, working);
    const those = this.byTicker.get(ticker) ?? new Map<OrderId, Working>();
    those.set(order.id, working);
    this.byTicker.set(ticker, those);
  }

  filled({ ticker, orderId, leaves }: Fill): void {
    const working = this.byId.get(orderId);
    if (working === undefined) return;
    working.leaves = leaves;
    if (leaves === 0) this.ended({ ticker, orderId });
  }

  leaving({ orderId }: Ended): void {
    const working = this.byId.get(orderId);
    if (working !== undefined) working.leaving = true;
  }

  /** @returns the side of the order, null when it did not work. */
  ended({ orderId }: Ended): Side | null {
    const working = this.byId.get(orderId);
    if (working === undefined) return null;
    this.byId.delete(orderId);
    const those = this.byTicker.get(working.ticker);
    those?.delete(orderId);
    if (those?.size === 0) this.byTicker.delete(working.ticker);
    return working.side;
  }
}
