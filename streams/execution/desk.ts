import { bookOf } from "../domain/books.ts";
import type { BrokerReply } from "../domain/event.ts";
import type { Bar, Halt } from "../domain/market.ts";
import { type Order, orderAccepted, orderCancelled, orderExpired, orderReplaced } from "../domain/order.ts";
import type { AccountAdopted, Dividend } from "../domain/portfolio.ts";
import {
  type Money,
  type Ms,
  money,
  notional,
  type OrderId,
  type Px,
  qty,
  type Seq,
  type Shares,
  share,
  shares,
  type Ticker,
  toPx,
} from "../domain/units.ts";
import { legsOf } from "./legs.ts";
import { heldBy, type Listing, newListing, type Prices, type Replacement, type Resting } from "./listing.ts";
import { type Means, shareOfVolume } from "./money.ts";
import { type Factor, splitOrder, splitPrices, splitPx, splitQty } from "./splitting.ts";
import { type End, Waiting, whyCancelled } from "./waiting.ts";

/** An id came a second time: whoever makes ids is broken, and neither order can be told from the other. */
export class DuplicateOrderId extends Error {
  constructor(id: OrderId) {
    super(`order id ${id} was used before; nothing was done`);
    this.name = "DuplicateOrderId";
  }
}

/** The account at the exchange: its money, what its books hold, and its working orders. It decides no price. */
export class Desk {
  readonly listings = new Map<Ticker, Listing>();
  cash: Money;
  /** Number of working orders. */
  resting = 0;
  private readonly byId = new Map<OrderId, Resting>();
  private readonly known = new Set<OrderId>();
  private readonly waiting = new Waiting();
  /** Listings of which something is held. */
  private readonly held = new Set<Listing>();
  private arrivals = 0;
  /** The ticker of the bar before, and its listing: bars of one ticker come in runs. */
  private latestTicker: Ticker | null = null;
  private latest: Listing | undefined;

  constructor(cash: Money) {
    this.cash = cash;
  }

  /** The listing of a ticker that was ever ordered or held. */
  find(ticker: Ticker): Listing | undefined {
    if (ticker !== this.latestTicker) {
      this.latestTicker = ticker;
      this.latest = this.listings.get(ticker);
    }
    return this.latest;
  }

  listingOf(ticker: Ticker): Listing {
    let listing = this.listings.get(ticker);
    if (!listing) {
      listing = newListing(ticker);
      this.listings.set(ticker, listing);
      this.latestTicker = null;
    }
    return listing;
  }

  /** @throws DuplicateOrderId */
  submit(order: Order, at: Ms, cause: Seq): BrokerReply[] {
    const before = this.known.size;
    if (this.known.add(order.id).size === before) throw new DuplicateOrderId(order.id);
    const r = this.add(order, this.listingOf(order.ticker), { cause, since: at, bornIn: -1, entry: null });
    const out: BrokerReply[] = [orderAccepted(order.ticker, order.id, `sim-${this.arrivals}`, at, cause)];
    const never = order.after.length > 0 ? this.waiting.arrived(r, (id) => this.otherThan(r, id)) : null;
    if (never !== null) this.cancelOne(r, never, at, out);
    return out;
  }

  /** A leg begins to work. */
  addLeg(order: Order, parent: Resting, since: Ms, bornIn: number): Resting {
    return this.add(order, parent.listing, { cause: parent.cause, since, bornIn, entry: parent.order.id });
  }

  /** An order; once it has filled, the legs of its bracket; or one leg. */
  cancel(id: OrderId, ticker: Ticker, at: Ms, cause: Seq): BrokerReply[] {
    const out: BrokerReply[] = [];
    const one = this.byId.get(id);
    if (one) this.cancelOne(one, "asked for", at, out, cause);
    else {
      const listing = this.find(ticker);
      if (listing) this.cancelLegs(listing, (r) => r.entry === id, "asked for", at, out, cause);
    }
    return out;
  }

  replace(id: OrderId, prices: Prices, at: Ms, cause: Seq): BrokerReply[] {
    const r = this.byId.get(id);
    if (!r) return [];
    const { kind, ticker, reduceOnly } = r.order;
    const before: Prices = r.next.at(-1) ?? r.order;
    const next: Replacement = {
      limitPx: kind === "limit" ? (prices.limitPx ?? before.limitPx) : null,
      stopPx: kind === "stop" ? (prices.stopPx ?? before.stopPx) : null,
      bracket: reduceOnly ? null : (prices.bracket ?? before.bracket),
      from: at,
    };
    r.next = [...r.next, next];
    return [orderReplaced(ticker, id, next, at, cause)];
  }

  /** The order is no longer working, as the reply says. Orders that waited for it go on, or are cancelled. */
  end(r: Resting, reply: BrokerReply, how: End, at: Ms, out: BrokerReply[]): void {
    const { orders } = r.listing;
    const place = orders.indexOf(r);
    if (place < 0) return;
    orders.splice(place, 1);
    r.isWorking = false;
    this.byId.delete(r.order.id);
    this.resting -= 1;
    out.push(reply);
    if (how !== "filled") this.sayUnborn(r, at, out);
    this.cancelAll(this.waiting.ended(r, how, reply.tEvent), whyCancelled(r, how), at, out);
  }

  /** An entry is over and only closed what was held: its bracket has nothing to close. Whoever follows its legs hears that they do not work. */
  sayUnborn(r: Resting, at: Ms, out: BrokerReply[]): void {
    const { order, entry, hasLegs, filled, cause } = r;
    if (order.bracket === null || entry !== null || hasLegs || filled === 0) return;
    for (const leg of legsOf(order, filled))
      out.push(orderCancelled(order.ticker, leg.id, "its entry opened nothing", at, cause));
  }

  cancelOne(r: Resting, why: string, at: Ms, out: BrokerReply[], cause: Seq = r.cause): void {
    this.end(r, orderCancelled(r.order.ticker, r.order.id, why, at, cause), "cancelled", at, out);
  }

  cancelLegs(listing: Listing, which: (r: Resting) => boolean, why: string, at: Ms, out: BrokerReply[], cause?: Seq): void {
    for (const r of listing.orders.filter((o) => o.entry !== null && which(o))) this.cancelOne(r, why, at, out, cause);
  }

  /** A working order filled in part. */
  filledSome(r: Resting, at: Ms, out: BrokerReply[]): void {
    this.cancelAll(this.waiting.filledSome(r), whyCancelled(r, "filled"), at, out);
  }

  working(id: OrderId): Resting | undefined {
    return this.byId.get(id);
  }

  /** A bar of the ticker begins: its volume, and the prices that apply in it. */
  begin(listing: Listing, bar: Bar, volumeShare: number | null): void {
    listing.turn += 1;
    listing.budget = volumeShare === null ? Number.POSITIVE_INFINITY : shareOfVolume(bar.volume, volumeShare);
    for (const r of listing.orders) {
      while (r.next.length > 0 && (r.next[0] as Replacement).from <= bar.tEvent) {
        const [{ limitPx, stopPx, bracket }, ...later] = r.next as readonly [Replacement, ...Replacement[]];
        r.order = { ...r.order, limitPx, stopPx, bracket };
        r.next = later;
      }
    }
  }

  /** Day orders whose day is over. @param date New York date of the bar */
  expire(listing: Listing, bar: Bar, date: string, at: Ms, out: BrokerReply[]): void {
    for (const r of [...listing.orders]) {
      if (r.since > bar.tEvent) continue;
      if (r.day === "") r.day = date;
      else if (r.order.tif === "day" && r.day !== date)
        this.end(r, orderExpired(r.order.ticker, r.order.id, at, r.cause), "expired", at, out);
    }
  }

  halt({ ticker, halted, tEvent }: Halt): void {
    const listing = this.listingOf(ticker);
    if (listing.isHalted && !halted) listing.haltedUntil = tEvent;
    listing.isHalted = halted;
  }

  /** Equity and gross exposure, with one ticker at the price of the moment and the others at their latest. */
  means(listing: Listing, price: Px): Means {
    let equity: number = this.cash;
    let gross = 0;
    for (const l of this.held) {
      const mark = l === listing ? price : l.lastPx;
      if (mark === null) continue;
      const value = notional(mark, l.held);
      equity += value;
      gross += Math.abs(value);
    }
    return { equity, gross };
  }

  /** Shares come into a book, or leave it. */
  move(listing: Listing, book: string, change: number): void {
    const held = shares(heldBy(listing, book) + change);
    if (held === 0) listing.books.delete(book);
    else listing.books.set(book, held);
    this.setHeld(listing, shares(listing.held + change));
  }

  adopt(e: AccountAdopted): void {
    const listing = this.listingOf(e.ticker);
    this.move(listing, e.book, e.shares - heldBy(listing, e.book));
    if (e.mark !== null) listing.lastPx = toPx(e.mark);
  }

  pay(e: Dividend): void {
    this.cash = money(this.cash + notional(e.perShare, this.listingOf(e.ticker).held));
  }

  /** As the ledger does it; working orders keep their worth. */
  split(ticker: Ticker, factor: Factor): void {
    const listing = this.listingOf(ticker);
    let sum = 0;
    for (const [book, held] of listing.books) {
      const exact: Shares = shares(share(money(held), factor.numerator, factor.denominator));
      const after = exact === 0 ? shares(Math.sign(held)) : exact;
      listing.books.set(book, after);
      sum += after;
    }
    this.setHeld(listing, shares(sum));
    if (listing.lastPx !== null) listing.lastPx = splitPx(listing.lastPx, factor);
    for (const r of listing.orders) {
      r.order = splitOrder(r.order, factor);
      r.filled = splitQty(r.filled, factor);
      r.next = r.next.map((n) => splitPrices(n, factor));
    }
  }

  private add(order: Order, listing: Listing, how: Pick<Resting, "cause" | "since" | "bornIn" | "entry">): Resting {
    const r: Resting = {
      order,
      cause: how.cause,
      listing,
      book: bookOf(order.id, order.ticker),
      arrival: this.arrivals++,
      entry: how.entry,
      since: how.since,
      bornIn: how.bornIn,
      day: "",
      filled: qty(0),
      isTriggered: false,
      hasLegs: false,
      cash: null,
      isWorking: true,
      waits: 0,
      next: NO_REPLACEMENTS,
    };
    listing.orders.push(r);
    this.byId.set(order.id, r);
    this.resting += 1;
    return r;
  }

  private otherThan(r: Resting, id: OrderId): Resting | undefined {
    const found = this.byId.get(id);
    return found === r ? undefined : found;
  }

  private cancelAll(orders: readonly Resting[], why: string, at: Ms, out: BrokerReply[]): void {
    for (const r of orders) this.cancelOne(r, why, at, out);
  }

  private setHeld(listing: Listing, held: Shares): void {
    listing.held = held;
    if (held === 0) this.held.delete(listing);
    else this.held.add(listing);
  }
}

const NO_REPLACEMENTS: readonly Replacement[] = [];
