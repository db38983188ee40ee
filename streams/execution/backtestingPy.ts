import type { BrokerReply } from "../domain/event.ts";
import type { Bar } from "../domain/market.ts";
import type { Order } from "../domain/order.ts";
import { type Ms, type Px, px, toPx } from "../domain/units.ts";
import type { Filling } from "./filling.ts";
import { isLive, type Listing, type Resting } from "./listing.ts";
import { reachedAt, slipped } from "./path.ts";
import type { Matcher } from "./pathMatcher.ts";

/**
 * Where an order trades inside a bar by the rules of backtesting.py, the open included (a leg may be born at the open, beyond its own
 * price); null if it does not.
 */
const priceInside = (order: Order, bar: Bar): Px | null => {
  const open = toPx(bar.open);
  const isBuy = order.side === "buy";
  if (order.kind === "stop" && order.stopPx !== null) {
    if (isBuy ? toPx(bar.high) < order.stopPx : toPx(bar.low) > order.stopPx) return null;
    return px(isBuy ? Math.max(open, order.stopPx) : Math.min(open, order.stopPx));
  }
  if (order.limitPx === null || (isBuy ? toPx(bar.low) > order.limitPx : toPx(bar.high) < order.limitPx)) return null;
  return px(isBuy ? Math.min(open, order.limitPx) : Math.max(open, order.limitPx));
};

/** A take-profit whose stop-loss is also reached in this bar waits for it: that engine looks at the stop first. */
const yields = (r: Resting, bar: Bar): boolean =>
  r.entry !== null &&
  r.order.kind === "limit" &&
  r.listing.orders.some((o) => o.entry === r.entry && o.order.kind === "stop" && priceInside(o.order, bar) !== null);

const exitsFirst = (a: Resting, b: Resting): number =>
  Number(b.order.reduceOnly) - Number(a.order.reduceOnly) || a.arrival - b.arrival;
const stopsFirst = (a: Resting, b: Resting): number =>
  Number(b.order.kind === "stop") - Number(a.order.kind === "stop") || a.arrival - b.arrival;

/**
 * The rules of backtesting.py, for comparison with it: at the open exits before entries, inside the bar stops before limits, whichever the price
 * reached first; the legs of an entry may trade in its bar when it was a market order; no volume limits anything.
 */
export class BacktestingPyMatcher implements Matcher {
  private readonly filling: Filling;

  constructor(filling: Filling) {
    this.filling = filling;
  }

  match(listings: readonly Listing[], bars: readonly Bar[], now: Ms, out: BrokerReply[]): void {
    for (let i = 0; i < listings.length; i++) {
      const listing = listings[i] as Listing;
      if (!listing.isHalted) this.work(listing, bars[i] as Bar, now, out);
    }
  }

  private work(listing: Listing, bar: Bar, now: Ms, out: BrokerReply[]): void {
    const open = toPx(bar.open);
    for (const r of listing.orders.filter((o) => o.since <= bar.tEvent).sort(exitsFirst)) {
      const price = isLive(r, bar) && !yields(r, bar) ? reachedAt(r.order, false, open, open) : null;
      if (price !== null) this.filling.execute(r, this.paid(r, price), bar, "open", now, out);
    }
    if (listing.orders.length === 0) return;
    for (const r of listing.orders.filter((o) => isLive(o, bar)).sort(stopsFirst)) {
      const price = isLive(r, bar) ? priceInside(r.order, bar) : null;
      if (price !== null) this.filling.execute(r, this.paid(r, price), bar, "inside", now, out);
    }
  }

  private paid(r: Resting, price: Px): Px {
    return r.order.kind === "limit" ? price : slipped(price, r.order, this.filling.slippage);
  }
}
