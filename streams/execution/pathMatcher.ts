import type { BrokerReply } from "../domain/event.ts";
import type { Bar } from "../domain/market.ts";
import { type Ms, type Px, toPx } from "../domain/units.ts";
import type { Filling, Place } from "./filling.ts";
import { isExit, isLive, type Listing, type Resting } from "./listing.ts";
import { isLowFirst, reachedAt, slipped } from "./path.ts";

/** Works bars of one moment, of different tickers. Day orders that are over have been taken away. */
export interface Matcher {
  /** @param listings those with working orders @param bars theirs, in the same order @param now core time */
  match(listings: readonly Listing[], bars: readonly Bar[], now: Ms, out: BrokerReply[]): void;
}

const byArrival = (a: Resting, b: Resting): number => a.arrival - b.arrival;

/**
 * One path within a bar: the open, the two extremes, the close. At the opens all exits come first, then entries in the order of their
 * arrival. Along a path the order whose price is reached first fills first; at one price exits first, then in the order of arrival. See
 * `docs/decisions/0025-path-within-a-bar.md`.
 */
export class PathMatcher implements Matcher {
  private readonly filling: Filling;
  /** Orders that may trade at the opens. Emptied after each moment. */
  private readonly atOpen: Resting[] = [];
  private readonly barOf = new Map<Listing, Bar>();

  constructor(filling: Filling) {
    this.filling = filling;
  }

  match(listings: readonly Listing[], bars: readonly Bar[], now: Ms, out: BrokerReply[]): void {
    this.tradeAtOpens(listings, bars, now, out);
    for (let i = 0; i < listings.length; i++) {
      const listing = listings[i] as Listing;
      if (!listing.isHalted && listing.orders.length > 0) this.walk(listing, bars[i] as Bar, now, out);
    }
  }

  private tradeAtOpens(listings: readonly Listing[], bars: readonly Bar[], now: Ms, out: BrokerReply[]): void {
    const { atOpen, barOf } = this;
    for (let i = 0; i < listings.length; i++) {
      const listing = listings[i] as Listing;
      if (listing.isHalted) continue;
      barOf.set(listing, bars[i] as Bar);
      for (const r of listing.orders) atOpen.push(r);
    }
    if (barOf.size > 1) atOpen.sort(byArrival);
    for (const r of atOpen) if (isExit(r)) this.tradeAt(r, barOf.get(r.listing) as Bar, now, out);
    for (const r of atOpen) this.tradeAt(r, barOf.get(r.listing) as Bar, now, out);
    while (atOpen.length > 0) atOpen.pop();
    barOf.clear();
  }

  private tradeAt(r: Resting, bar: Bar, now: Ms, out: BrokerReply[]): void {
    if (!isLive(r, bar)) return;
    const open = toPx(bar.open);
    const price = reachedAt(r.order, r.isTriggered, open, open);
    if (price !== null) this.trade(r, price, bar, "open", now, out);
  }

  private walk(listing: Listing, bar: Bar, now: Ms, out: BrokerReply[]): void {
    const isLow = isLowFirst(bar, listing.held);
    const open = toPx(bar.open);
    const first = toPx(isLow ? bar.low : bar.high);
    const second = toPx(isLow ? bar.high : bar.low);
    this.follow(listing, bar, open, first, now, out);
    this.follow(listing, bar, first, second, now, out);
    this.follow(listing, bar, second, toPx(bar.close), now, out);
  }

  /** One straight piece of the path. */
  private follow(listing: Listing, bar: Bar, from: Px, to: Px, now: Ms, out: BrokerReply[]): void {
    let price = from;
    for (let r = firstOn(listing, bar, price, to); r !== null; r = firstOn(listing, bar, price, to)) {
      price = reachedAt(r.order, r.isTriggered, price, to) ?? price;
      this.trade(r, price, bar, "inside", now, out);
    }
  }

  private trade(r: Resting, price: Px, bar: Bar, place: Place, now: Ms, out: BrokerReply[]): void {
    const isLimit = r.order.kind === "limit";
    if (r.order.kind === "stop") r.isTriggered = true;
    this.filling.execute(r, isLimit ? price : slipped(price, r.order, this.filling.slippage), bar, place, now, out);
  }
}

/** The order that trades first while the price goes from one point to another. With no volume left, only stops that are reached are told so. */
const firstOn = (listing: Listing, bar: Bar, from: Px, to: Px): Resting | null => {
  let first: Resting | null = null;
  let nearest = Number.POSITIVE_INFINITY;
  for (const r of listing.orders) {
    if (listing.budget === 0 && (r.order.kind !== "stop" || r.isTriggered)) continue;
    if (!isLive(r, bar)) continue;
    const price = reachedAt(r.order, r.isTriggered, from, to);
    if (price === null) continue;
    const distance = Math.abs(price - from);
    const isBefore = distance < nearest || (distance === nearest && first !== null && isExit(r) && !isExit(first));
    if (!isBefore) continue;
    first = r;
    nearest = distance;
  }
  return first;
};
