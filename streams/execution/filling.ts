import type { BrokerReply } from "../domain/event.ts";
import type { Bar } from "../domain/market.ts";
import { type Bracket, fill, type Order, orderRejected, signOf } from "../domain/order.ts";
import type { Costs } from "../domain/run.ts";
import { type Ms, money, notional, type Px, type Qty, qty, ratio, SCALE, shares } from "../domain/units.ts";
import type { Desk } from "./desk.ts";
import { legsOf } from "./legs.ts";
import { against, closedAt, endOf, heldBy, leavesOf, openedAt, type Prices, type Resting } from "./listing.ts";
import { buyingPower, sharesCarried, sizedByCash } from "./money.ts";

export interface FillingRules {
  readonly costs: Costs;
  readonly leverage: number;
  /** An order that buying power does not carry whole is refused whole, instead of cut. */
  readonly wholeOrNone: boolean;
  /** Whether the legs of an entry may trade in the bar of its fill. */
  readonly legsInBarOf: (entry: Order) => boolean;
}

/** Where in a bar a fill is: at its open, or inside it. */
export type Place = "open" | "inside";

/** Fills orders at prices that a matcher found, as far as volume, book and money let it, and does what follows from a fill. */
export class Filling {
  readonly slippage: number;
  private readonly desk: Desk;
  private readonly rules: FillingRules;
  private fills = 0;

  constructor(desk: Desk, rules: FillingRules) {
    this.desk = desk;
    this.rules = rules;
    this.slippage = rules.costs.slippage;
  }

  /** With volume left, the order fills, in part or whole, or is over without. @param now core time */
  execute(r: Resting, price: Px, bar: Bar, place: Place, now: Ms, out: BrokerReply[]): void {
    const { listing } = r;
    if (listing.budget === 0) return;
    const at = place === "open" ? openedAt(bar, now) : closedAt(bar, now);
    if (r.order.cashFraction !== null && !this.sizeByCash(r, r.order.cashFraction, price, at, out)) return;
    const sign = signOf(r.order.side);
    const reducible = against(heldBy(listing, r.book), sign);
    if (r.cash !== null && !this.spendable(r, price, at, out)) return;
    const wanted = r.order.reduceOnly ? Math.min(leavesOf(r), reducible) : leavesOf(r);
    if (wanted === 0) {
      this.desk.cancelOne(r, "nothing left to reduce", at, out);
      return;
    }
    const most = Math.min(wanted, listing.budget);
    const size = this.carried(r, most, reducible, price);
    const isCut = size < most;
    if (size === 0 || (isCut && this.rules.wholeOrNone)) {
      this.refuse(r, at, out);
      return;
    }
    this.book(r, qty(size), qty(wanted - size), price, at, place === "open" ? bar.tEvent : bar.tSeen, out);
    this.protect(r, size, bar, place);
    if (!r.isWorking) this.desk.sayUnborn(r, at, out);
    else if (isCut) this.desk.cancelOne(r, "the rest would exceed buying power", at, out);
    this.settleLegs(r, at, out);
  }

  /** Gives an order sized by cash its quantity. False: free money buys no share, and the order is over. */
  private sizeByCash(r: Resting, fraction: number, price: Px, at: Ms, out: BrokerReply[]): boolean {
    const size = sizedByCash(this.desk.means(r.listing, price), fraction, price, this.rules.costs.commission);
    if (size === 0) this.refuse(r, at, out);
    else {
      r.order = { ...r.order, qty: size, cashFraction: null };
      r.cash = notional(price, size);
    }
    return size > 0;
  }

  /** An order sized by cash spends no more than that cash in later bars either: what is left to fill shrinks when the price has moved. */
  private spendable(r: Resting, price: Px, at: Ms, out: BrokerReply[]): boolean {
    const left = Math.max(0, Math.floor((r.cash ?? 0) / price)) * SCALE;
    if (left >= leavesOf(r)) return true;
    r.order = { ...r.order, qty: qty(r.filled + left) };
    if (left === 0) this.desk.cancelOne(r, "the cash it was sized by is spent", at, out);
    return left > 0;
  }

  /** What of `most` µshare buying power carries. What reduces the book or the account is never cut. */
  private carried(r: Resting, most: number, reducible: number, price: Px): number {
    const { listing, order } = r;
    if (order.reduceOnly) return most;
    const sign = signOf(order.side);
    const free = Math.min(most, Math.max(reducible, against(listing.held, sign)));
    if (free === most) return most;
    const { costs, leverage } = this.rules;
    const means = this.desk.means(listing, price);
    const held = notional(price, listing.held);
    const after = notional(price, shares(listing.held + sign * free));
    const power = buyingPower(
      {
        equity: means.equity - notional(price, qty(free)) * costs.commission,
        gross: means.gross - Math.abs(held) + Math.abs(after),
      },
      leverage,
    );
    const total = free + Math.floor(sharesCarried(power, price, costs.commission, leverage) * SCALE);
    if (total >= most) return most;
    return order.qty % SCALE === 0 ? Math.max(free, total - (total % SCALE)) : total;
  }

  private refuse(r: Resting, at: Ms, out: BrokerReply[]): void {
    const { id, ticker } = r.order;
    const why = "the position would exceed buying power";
    if (r.filled > 0) this.desk.cancelOne(r, "the rest would exceed buying power", at, out);
    else this.desk.end(r, orderRejected(ticker, id, "INSUFFICIENT_FUNDS", why, at, r.cause), "rejected", at, out);
  }

  /** The money and the shares of one fill, and its report. */
  private book(r: Resting, size: Qty, leaves: Qty, price: Px, at: Ms, tEvent: Ms, out: BrokerReply[]): void {
    const { order, listing } = r;
    const { desk } = this;
    const sign = signOf(order.side);
    const value = notional(price, size);
    const commission = ratio(value, this.rules.costs.commission);
    desk.cash = money(desk.cash - sign * value - commission);
    desk.move(listing, r.book, sign * size);
    listing.lastPx = price;
    listing.budget -= size;
    r.filled = qty(r.filled + size);
    if (r.cash !== null) r.cash = money(r.cash - value);
    this.fills += 1;
    const report = fill({
      ticker: order.ticker,
      orderId: order.id,
      fillId: `${order.id}#${this.fills}`,
      side: order.side,
      qty: size,
      px: price,
      commission,
      leaves,
      tEvent,
      tSeen: at,
      cause: r.cause,
    });
    if (leaves === 0) {
      desk.end(r, report, "filled", at, out);
      return;
    }
    out.push(report);
    desk.filledSome(r, at, out);
  }

  /** The legs of one entry cancel each other, and those of a position that is gone go with it. What was still to fill of their entry goes too. */
  private settleLegs(r: Resting, at: Ms, out: BrokerReply[]): void {
    const { desk } = this;
    const { listing, entry, book } = r;
    if (listing.orders.length === 0) return;
    if (entry !== null) {
      if (r.isWorking) this.shrinkSibling(r);
      else {
        desk.cancelLegs(listing, (o) => o.entry === entry, "the other leg filled", at, out);
        const parent = desk.working(entry);
        if (parent) desk.cancelOne(parent, "an exit of its bracket filled", at, out);
      }
    }
    const side = Math.sign(heldBy(listing, book));
    for (const o of listing.orders.filter((x) => x.entry !== null && x.book === book && signOf(x.order.side) !== -side)) {
      desk.cancelOne(o, "the position is closed", at, out);
      const parent = desk.working(o.entry as Order["id"]);
      if (parent && parent !== r) desk.cancelOne(parent, "the position is closed", at, out);
    }
  }

  /** A leg filled in part: its sibling exits what is left. */
  private shrinkSibling(r: Resting): void {
    const left = leavesOf(r);
    for (const o of r.listing.orders) if (o !== r && o.entry === r.entry) o.order = { ...o.order, qty: qty(o.filled + left) };
  }

  /** Legs begin to work with the first fill of their entry, and grow with each further one. */
  private protect(r: Resting, size: number, bar: Bar, place: Place): void {
    const { order, listing } = r;
    if (order.bracket === null && r.next.every((n) => n.bracket === null)) return;
    if (r.hasLegs) {
      for (const o of listing.orders) if (o.entry === order.id) o.order = { ...o.order, qty: qty(o.order.qty + size) };
      return;
    }
    const opened = against(heldBy(listing, r.book), signOf(order.side === "buy" ? "sell" : "buy"));
    if (opened === 0) return;
    r.hasLegs = true;
    this.bear(r, qty(Math.min(size, opened)), bar, place);
  }

  /** The legs of an entry whose prices were replaced while this bar was under way begin with the old ones, and get the new with the next. */
  private bear(r: Resting, size: Qty, bar: Bar, place: Place): void {
    const { order, next, listing } = r;
    const isInBar = order.bracket !== null && this.rules.legsInBarOf(order);
    const since = isInBar && place === "open" ? bar.tEvent : endOf(bar);
    const entry = order.bracket === null ? { ...order, bracket: next.at(-1)?.bracket ?? null } : order;
    for (const leg of legsOf(entry, size)) {
      const born = this.desk.addLeg(leg, r, since, isInBar ? listing.turn : -1);
      born.next = next.flatMap(({ bracket, from }) => (bracket === null ? [] : [{ ...pricesOf(leg, bracket), from }]));
    }
  }
}

/** What a leg's prices become with those of its bracket. */
const pricesOf = ({ kind, stopPx, limitPx }: Order, { stopLoss, takeProfit }: Bracket): Prices =>
  kind === "stop"
    ? { limitPx: null, stopPx: stopLoss ?? stopPx, bracket: null }
    : { limitPx: takeProfit ?? limitPx, stopPx: null, bracket: null };
