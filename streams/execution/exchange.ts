import type { BrokerReply, TapeEvent } from "../domain/event.ts";
import type { Bar } from "../domain/market.ts";
import type { Order } from "../domain/order.ts";
import type { Costs, FillModel } from "../domain/run.ts";
import type { Money, Ms, OrderId, Seq, Shares, Ticker } from "../domain/units.ts";
import { ms, toPx } from "../domain/units.ts";
import { BacktestingPyMatcher } from "./backtestingPy.ts";
import { Desk } from "./desk.ts";
import { Filling } from "./filling.ts";
import { endOf, type Listing, openedAt, type Prices, type Resting } from "./listing.ts";
import { type Matcher, PathMatcher } from "./pathMatcher.ts";

export interface ExchangeOptions {
  readonly costs: Costs;
  readonly cash: Money;
  readonly fill: FillModel;
  /** Our orders in one bar of a ticker fill at most this fraction of its volume, in whole shares. Of the model `path` only. */
  readonly volumeShare: number;
  /** Buying power = leverage × equity − gross. */
  readonly leverage: number;
  /** New York date of a moment: when a day order's day ends. */
  readonly dateOf: (at: Ms) => string;
}

/** A simulated exchange and broker of one account, over bars. Pure state machine: same calls, same replies. */
export interface Exchange {
  /** @throws DuplicateOrderId, also when the first order of that id is closed. */
  submit(order: Order, at: Ms, cause: Seq): BrokerReply[];
  /** Withdraws an order; of an entry that has filled, the legs of its bracket. No reply when nothing of that id works. */
  cancel(id: OrderId, ticker: Ticker, at: Ms, cause: Seq): BrokerReply[];
  /**
   * Gives a working order other prices, from the next bar on that begins; it keeps its place. A price that is null, or that the order has no use for,
   * stays as it is. No reply when no order of that id works.
   */
  replace(id: OrderId, prices: Prices, at: Ms, cause: Seq): BrokerReply[];
  /**
   * What the bars of one moment do to the working orders of their tickers. To be asked before the bars are told to anyone. The replies are in the
   * order of their `tSeen`. @param now core time
   */
  onBars(bars: readonly Bar[], now: Ms): readonly BrokerReply[];
  /** Is told of every event that is not a bar: a split, a dividend, a halt, shares that were taken over. Others do nothing. */
  note(event: TapeEvent): void;
  cash(): Money;
  positions(): readonly { readonly ticker: Ticker; readonly shares: Shares }[];
  working(): readonly Order[];
}

const NOTHING: readonly BrokerReply[] = [];
const bySeen = (a: BrokerReply, b: BrokerReply): number => a.tSeen - b.tSeen;

/** An order with the prices it was given last. */
const shown = ({ order, next }: Resting): Order => {
  const last = next.at(-1);
  return last === undefined ? order : { ...order, limitPx: last.limitPx, stopPx: last.stopPx, bracket: last.bracket };
};

const matcherOf = (desk: Desk, { costs, leverage, fill }: ExchangeOptions): Matcher => {
  const isPath = fill === "path";
  const filling = new Filling(desk, {
    costs,
    leverage,
    wholeOrNone: !isPath,
    legsInBarOf: isPath ? () => true : (entry) => entry.kind === "market",
  });
  return isPath ? new PathMatcher(filling) : new BacktestingPyMatcher(filling);
};

/**
 * Rules that hold for both models of a bar: an order trades only in bars that begin at or after its arrival; day orders end with the New York day
 * of the first such bar; exits reduce what their own book holds and no more; money carries what opens, or it is not opened; nothing trades in a halt.
 */
export const simulatedExchange = (options: ExchangeOptions): Exchange => {
  const desk = new Desk(options.cash);
  const matcher = matcherOf(desk, options);
  const volumeShare = options.fill === "path" ? options.volumeShare : null;
  /** The bars at hand whose tickers have working orders. Emptied after use. */
  const listings: Listing[] = [];
  const bars: Bar[] = [];

  const work = (now: Ms, out: BrokerReply[]): void => {
    for (let i = 0; i < listings.length; i++) {
      const bar = bars[i] as Bar;
      const listing = listings[i] as Listing;
      desk.begin(listing, bar, volumeShare);
      desk.expire(listing, bar, options.dateOf(bar.tEvent), openedAt(bar, now), out);
    }
    matcher.match(listings, bars, now, out);
    for (const listing of listings) listing.isAtHand = false;
    while (listings.length > 0) listings.pop();
    while (bars.length > 0) bars.pop();
  };

  /** Two bars of one ticker in a moment are worked one after the other. */
  const workAll = (group: readonly Bar[], now: Ms): readonly BrokerReply[] => {
    const out: BrokerReply[] = [];
    for (const bar of group) {
      const listing = desk.find(bar.ticker);
      if (listing === undefined) continue;
      if (listing.orders.length > 0 && bar.tEvent >= listing.tradedTo) {
        if (listing.isAtHand) work(now, out);
        listing.tradedTo = ms(Math.max(endOf(bar), bar.tEvent + 1));
        listing.isAtHand = true;
        listings.push(listing);
        bars.push(bar);
      }
      if (listing.held !== 0) listing.lastPx = toPx(bar.open);
    }
    if (listings.length > 0) work(now, out);
    return out.length > 1 ? out.sort(bySeen) : out;
  };

  return {
    submit: (order, at, cause) => desk.submit(order, at, cause),
    cancel: (id, ticker, at, cause) => desk.cancel(id, ticker, at, cause),
    replace: (id, prices, at, cause) => desk.replace(id, prices, at, cause),
    onBars: (group, now) => {
      const replies = desk.resting > 0 ? workAll(group, now) : NOTHING;
      for (let i = 0; i < group.length; i++) {
        const bar = group[i] as Bar;
        const listing = desk.find(bar.ticker);
        if (listing !== undefined && listing.held !== 0) listing.lastPx = toPx(bar.close);
      }
      return replies;
    },
    note: (event) => {
      switch (event.type) {
        case "account.opened":
          desk.cash = event.cash;
          return;
        case "account.adopted":
          desk.adopt(event);
          return;
        case "account.dividend":
          desk.pay(event);
          return;
        case "account.split":
          desk.split(event.ticker, event);
          return;
        case "market.halt":
          desk.halt(event);
          return;
        default:
          return;
      }
    },
    cash: () => desk.cash,
    positions: () => [...desk.listings.values()].filter((l) => l.held !== 0).map((l) => ({ ticker: l.ticker, shares: l.held })),
    working: () => [...desk.listings.values()].flatMap((l) => l.orders.map(shown)),
  };
};
