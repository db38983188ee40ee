import type { BrokerReply } from "../domain/event.ts";
import type { Bar } from "../domain/market.ts";
import { fill, type Order, orderAccepted, orderCancelled, orderExpired, orderRejected, signOf } from "../domain/order.ts";
import type { Costs } from "../domain/run.ts";
import {
  type Money,
  type Ms,
  money,
  ms,
  notional,
  type OrderId,
  orderId,
  type Px,
  px,
  type Qty,
  qty,
  ratio,
  SCALE,
  type Seq,
  type Shares,
  shares,
  type Ticker,
  toPx,
} from "../domain/units.ts";

/** A working order, as the exchange keeps it. */
interface Resting {
  readonly order: Order;
  readonly cause: Seq;
  /** New York date of the first bar it could trade in; "" before. A day order expires after it. */
  day: string;
  /** Order of arrival: earlier first at the same price. */
  readonly arrival: number;
  /** Bracket legs of one entry cancel each other; null for others. */
  readonly group: OrderId | null;
}

interface Book {
  readonly orders: Resting[];
  held: Shares;
  lastPx: Px | null;
}

export interface ExchangeOptions {
  readonly costs: Costs;
  readonly cash: Money;
  /** Price step of bracket legs and fills at a fraction of the price, µUSD. 1 = no rounding beyond µUSD. */
  readonly tickSize: number;
  /** Opening orders may take positions up to free cash × this. 2 = Regulation T initial margin. */
  readonly leverage?: number;
  /** New York date of a moment: when a day order's day ends. */
  readonly dateOf: (at: Ms) => string;
}

/** A simulated exchange and broker of one account, over bars. Pure state machine: same calls, same replies. */
export interface Exchange {
  submit(order: Order, at: Ms, cause: Seq): BrokerReply[];
  cancel(id: OrderId, ticker: Ticker, at: Ms, cause: Seq): BrokerReply[];
  /** What this bar does to the working orders of its ticker. To be asked before the bar itself is told to anyone. @param now core time */
  onBar(bar: Bar, now: Ms): readonly BrokerReply[];
  split(ticker: Ticker, numerator: number, denominator: number): void;
  cash(): Money;
  positions(): readonly { readonly ticker: Ticker; readonly shares: Shares }[];
  working(): readonly Order[];
}

const NOTHING: readonly BrokerReply[] = [];
const max = (a: number, b: number): Ms => ms(Math.max(a, b));

/**
 * Rules. Market: the next bar's open. Stop: triggers when the bar reaches it, fills at the worse of open and stop. Limit: fills when
 * the bar touches it, at the better of open and limit. What can trade at the open comes first, exits before entries; inside the bar
 * stops come before limits, since nobody knows which was first and the worse is assumed. Bracket legs live from the entry's
 * fill on, in the same bar only after a market entry, and cancel each other. Orders are good from the bar after they arrive.
 */
export const simulatedExchange = (options: ExchangeOptions): Exchange => {
  const { costs, dateOf } = options;
  const leverage = options.leverage ?? 2;
  const books = new Map<Ticker, Book>();
  const known = new Set<OrderId>();
  let cash: Money = options.cash;
  let arrivals = 0;
  let fills = 0;

  const bookOf = (ticker: Ticker): Book => {
    let book = books.get(ticker);
    if (!book) {
      book = { orders: [], held: shares(0), lastPx: null };
      books.set(ticker, book);
    }
    return book;
  };

  /** Cash that is not collateral: cash less twice the short positions' value (their proceeds and as much again). */
  const free = (): number => {
    let sum: number = cash;
    for (const b of books.values()) if (b.held < 0 && b.lastPx !== null) sum += 2 * notional(b.lastPx, b.held);
    return sum;
  };

  const drop = (book: Book, resting: Resting): void => {
    const at = book.orders.indexOf(resting);
    if (at >= 0) book.orders.splice(at, 1);
  };

  const cancelWhere = (
    book: Book,
    which: (r: Resting) => boolean,
    why: string,
    at: Ms,
    out: BrokerReply[],
    cause?: Seq,
  ): void => {
    for (const r of book.orders.filter(which)) {
      drop(book, r);
      out.push(orderCancelled(r.order.ticker, r.order.id, why, at, cause ?? r.cause));
    }
  };

  const sizeOf = (order: Order, book: Book, price: Px): Qty => {
    if (order.cashFraction !== null) {
      const perShare = price * (1 + costs.commission);
      return qty(Math.max(0, Math.floor((free() * order.cashFraction) / perShare)) * SCALE);
    }
    if (!order.reduceOnly) return order.qty;
    const against = Math.sign(book.held) === -signOf(order.side) ? Math.abs(book.held) : 0;
    return qty(Math.min(order.qty, against));
  };

  const affordable = (order: Order, book: Book, size: Qty, price: Px): boolean => {
    const sign = signOf(order.side);
    const reducing = Math.sign(book.held) === -sign ? Math.min(Math.abs(book.held), size) : 0;
    const opens = notional(price, qty(size - reducing));
    return opens === 0 || opens * (1 + costs.commission) <= free() * leverage + 1;
  };

  const leg = (parent: Resting, suffix: "sl" | "tp", kind: "stop" | "limit", at: Px, size: Qty): Resting => ({
    order: {
      ...parent.order,
      id: orderId(`${parent.order.id}.${suffix}`),
      side: parent.order.side === "buy" ? "sell" : "buy",
      kind,
      qty: size,
      cashFraction: null,
      limitPx: kind === "limit" ? at : null,
      stopPx: kind === "stop" ? at : null,
      tif: "gtc",
      bracket: null,
      reduceOnly: true,
    },
    cause: parent.cause,
    day: parent.day,
    arrival: arrivals++,
    group: parent.order.id,
  });

  const execute = (book: Book, r: Resting, price: Px, bar: Bar, at: Ms, tEvent: Ms, out: BrokerReply[]): void => {
    const { order } = r;
    drop(book, r);
    const size = sizeOf(order, book, price);
    if (size === 0) {
      out.push(
        order.reduceOnly
          ? orderCancelled(order.ticker, order.id, "nothing left to reduce", at, r.cause)
          : orderRejected(order.ticker, order.id, "INSUFFICIENT_FUNDS", "free cash does not buy one share", at, r.cause),
      );
      return;
    }
    if (!affordable(order, book, size, price)) {
      out.push(
        orderRejected(
          order.ticker,
          order.id,
          "INSUFFICIENT_FUNDS",
          "the position would exceed free cash and margin",
          at,
          r.cause,
        ),
      );
      return;
    }
    const sign = signOf(order.side);
    const value = notional(price, size);
    const commission = ratio(value, costs.commission);
    cash = money(cash - sign * value - commission);
    book.held = shares(book.held + sign * size);
    fills += 1;
    out.push(
      fill({
        ticker: order.ticker,
        orderId: order.id,
        fillId: `${order.id}#${fills}`,
        side: order.side,
        qty: size,
        px: price,
        commission,
        leaves: qty(0),
        tEvent,
        tSeen: at,
        cause: r.cause,
      }),
    );
    if (r.group !== null) cancelWhere(book, (o) => o.group === r.group, "the other leg filled", at, out);
    if (book.held === 0) cancelWhere(book, (o) => o.order.reduceOnly && o.group !== null, "the position is closed", at, out);
    if (order.bracket) {
      const { stopLoss, takeProfit } = order.bracket;
      if (stopLoss !== null) book.orders.push(leg(r, "sl", "stop", stopLoss, size));
      if (takeProfit !== null) book.orders.push(leg(r, "tp", "limit", takeProfit, size));
    }
    book.lastPx = toPx(bar.close);
  };

  /** Against us by the slippage fraction. */
  const slipped = (usd: number, order: Order): Px =>
    toPx(costs.slippage === 0 ? usd : usd * (1 + signOf(order.side) * costs.slippage));

  /** Where the order trades at this bar's open; null if not there. */
  const atOpen = (order: Order, bar: Bar): Px | null => {
    const open = toPx(bar.open);
    if (order.kind === "market") return slipped(bar.open, order);
    if (order.kind === "stop" && order.stopPx !== null)
      return (order.side === "buy" ? open >= order.stopPx : open <= order.stopPx) ? slipped(bar.open, order) : null;
    if (order.limitPx !== null) return (order.side === "buy" ? open <= order.limitPx : open >= order.limitPx) ? open : null;
    return null;
  };
  /** Where it trades inside the bar, the open included (a leg may be born at the open, beyond its own price); null if not there. */
  const inside = (order: Order, bar: Bar): Px | null => {
    const open = toPx(bar.open);
    const buy = order.side === "buy";
    if (order.kind === "stop" && order.stopPx !== null) {
      if (buy ? toPx(bar.high) < order.stopPx : toPx(bar.low) > order.stopPx) return null;
      return slipped((buy ? Math.max(open, order.stopPx) : Math.min(open, order.stopPx)) / SCALE, order);
    }
    if (order.limitPx === null || (buy ? toPx(bar.low) > order.limitPx : toPx(bar.high) < order.limitPx)) return null;
    return px(buy ? Math.min(open, order.limitPx) : Math.max(open, order.limitPx));
  };

  /** A take-profit whose stop-loss is also reached in this bar: nobody knows which was first, so the stop is looked at first. */
  const yields = (book: Book, r: Resting, bar: Bar): boolean =>
    r.group !== null &&
    r.order.kind === "limit" &&
    book.orders.some((o) => o.group === r.group && o.order.kind === "stop" && inside(o.order, bar) !== null);

  const expireDayOrders = (book: Book, bar: Bar, at: Ms, out: BrokerReply[]): void => {
    const date = dateOf(bar.tEvent);
    for (const r of [...book.orders]) {
      if (r.day === "") r.day = date;
      else if (r.order.tif === "day" && r.day !== date) {
        drop(book, r);
        out.push(orderExpired(r.order.ticker, r.order.id, at, r.cause));
      }
    }
  };

  /** The open's trades. Returns who may still trade inside this bar. */
  const tradeAtOpen = (book: Book, bar: Bar, at: Ms, out: BrokerReply[]): ReadonlySet<Resting> => {
    const exitsFirst = [...book.orders].sort(
      (a, b) => Number(b.order.reduceOnly) - Number(a.order.reduceOnly) || a.arrival - b.arrival,
    );
    const eligible = new Set<Resting>(exitsFirst);
    for (const r of exitsFirst) {
      const price = book.orders.includes(r) && !yields(book, r, bar) ? atOpen(r.order, bar) : null;
      if (price === null) continue;
      execute(book, r, price, bar, at, bar.tEvent, out);
      if (r.order.kind === "market") for (const o of book.orders) if (o.group === r.order.id) eligible.add(o);
    }
    return eligible;
  };

  const tradeInside = (book: Book, bar: Bar, at: Ms, eligible: ReadonlySet<Resting>, out: BrokerReply[]): void => {
    const stopsFirst = book.orders
      .filter((r) => eligible.has(r))
      .sort((a, b) => Number(b.order.kind === "stop") - Number(a.order.kind === "stop") || a.arrival - b.arrival);
    for (const r of stopsFirst) {
      const price = book.orders.includes(r) ? inside(r.order, bar) : null;
      if (price !== null) execute(book, r, price, bar, at, bar.tSeen, out);
    }
  };

  const match = (book: Book, bar: Bar, now: Ms): readonly BrokerReply[] => {
    const out: BrokerReply[] = [];
    const opened = max(now, bar.tEvent);
    expireDayOrders(book, bar, opened, out);
    const eligible = tradeAtOpen(book, bar, opened, out);
    if (book.orders.length > 0) tradeInside(book, bar, max(now, bar.tSeen), eligible, out);
    return out;
  };

  return {
    submit: (order, at, cause) => {
      if (known.has(order.id)) return []; // the same order, sent again
      known.add(order.id);
      bookOf(order.ticker).orders.push({ order, cause, day: "", arrival: arrivals++, group: null });
      return [orderAccepted(order.ticker, order.id, `sim-${arrivals}`, at, cause)];
    },
    cancel: (id, ticker, at, cause) => {
      const book = bookOf(ticker);
      const out: BrokerReply[] = [];
      cancelWhere(book, (r) => r.order.id === id || r.group === id, "asked for", at, out, cause);
      return out;
    },
    onBar: (bar, now) => {
      const book = books.get(bar.ticker);
      if (book === undefined) return NOTHING;
      const replies = book.orders.length === 0 ? NOTHING : match(book, bar, now);
      if (book.held !== 0) book.lastPx = toPx(bar.close);
      return replies;
    },
    split: (ticker, numerator, denominator) => {
      const book = bookOf(ticker);
      book.held = shares(Math.round((book.held * numerator) / denominator));
    },
    cash: () => cash,
    positions: () => [...books].filter(([, b]) => b.held !== 0).map(([ticker, b]) => ({ ticker, shares: b.held })),
    working: () => [...books.values()].flatMap((b) => b.orders.map((r) => r.order)),
  };
};
