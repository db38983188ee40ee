import type { BrokerReply, TapeEvent } from "../domain/event.ts";
import type { Bar } from "../domain/market.ts";
import { fill, type Order, orderAccepted, orderCancelled, orderExpired, orderRejected, signOf } from "../domain/order.ts";
import type { Split } from "../domain/portfolio.ts";
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
  share,
  shares,
  type Ticker,
  toPx,
} from "../domain/units.ts";
import { priceAtOpen, priceInside } from "./matching.ts";

/** A working order, as the exchange keeps it. */
interface Resting {
  readonly order: Order;
  readonly cause: Seq;
  /** When it arrived. A bar that had begun before is not traded in: its open, and what it reached since, may be from before the order. */
  readonly since: Ms;
  /** New York date of the first bar it could trade in; "" before. A day order expires after it. */
  day: string;
  /** Place in the order of arrival: earlier first at the same price. */
  readonly arrival: number;
  /** Bracket legs of one entry cancel each other; null for others. */
  readonly group: OrderId | null;
}

/** An id came a second time: whoever makes ids is broken, and neither order can be told from the other. */
export class DuplicateOrderId extends Error {
  constructor(id: OrderId) {
    super(`order id ${id} was used before; nothing was done`);
    this.name = "DuplicateOrderId";
  }
}

const isLeg = (r: Resting): boolean => r.group !== null;

interface Book {
  /** In order of arrival. */
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
  /** @throws DuplicateOrderId, also when the first order of that id is closed. */
  submit(order: Order, at: Ms, cause: Seq): BrokerReply[];
  cancel(id: OrderId, ticker: Ticker, at: Ms, cause: Seq): BrokerReply[];
  replace(id: OrderId, prices: Pick<Order, "limitPx" | "stopPx" | "bracket">, at: Ms, cause: Seq): BrokerReply[];
  /** What this bar does to the working orders of its ticker. To be asked before the bar itself is told to anyone. @param now core time */
  onBar(bar: Bar, now: Ms): readonly BrokerReply[];
  /** As `onBar`, for the bars of one moment, in order. The array is read during the call only. */
  onBars(bars: readonly Bar[], now: Ms): readonly BrokerReply[];
  /** What an event of the account (a split, a dividend) does to what is held and working. Others do nothing. */
  note(event: TapeEvent): void;
  cash(): Money;
  positions(): readonly { readonly ticker: Ticker; readonly shares: Shares }[];
  working(): readonly Order[];
}

/** The orders, given by arrival, that had arrived when a bar began. */
const exitsFirst = (orders: readonly Resting[], begin: Ms): Resting[] => {
  const found: Resting[] = [];
  for (const r of orders) if (r.order.reduceOnly && r.since <= begin) found.push(r);
  for (const r of orders) if (!r.order.reduceOnly && r.since <= begin) found.push(r);
  return found;
};

const NOTHING: readonly BrokerReply[] = [];
const max = (a: number, b: number): Ms => ms(Math.max(a, b));

/**
 * Rules. Market: the next bar's open. Stop: triggers when the bar reaches it, fills at the worse of open and stop. Limit: fills when
 * the bar touches it, at the better of open and limit. What can trade at the open comes first, exits before entries; inside the bar
 * stops come before limits, since nobody knows which was first and the worse is assumed. Bracket legs live from the entry's
 * fill on, in the same bar only after a market entry, and cancel each other. Orders are good from the first bar that begins after they
 * arrived (or as they arrive), never in one under way.
 */
export const simulatedExchange = (options: ExchangeOptions): Exchange => {
  const { costs, dateOf } = options;
  const leverage = options.leverage ?? 2;
  const books = new Map<Ticker, Book>();
  const known = new Set<OrderId>();
  let cash: Money = options.cash;
  let arrivals = 0;
  let fills = 0;
  /** The ticker of the bar before, and its book: bars of one ticker come in runs. */
  let latestTicker: Ticker | null = null;
  let latest: Book | undefined;

  const bookOf = (ticker: Ticker): Book => {
    let book = books.get(ticker);
    if (!book) {
      book = { orders: [], held: shares(0), lastPx: null };
      books.set(ticker, book);
      latestTicker = null;
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
    since: parent.since,
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
    if (book.orders.some(isLeg)) {
      if (r.group !== null) cancelWhere(book, (o) => o.group === r.group, "the other leg filled", at, out);
      const side = Math.sign(book.held);
      cancelWhere(book, (o) => o.group !== null && signOf(o.order.side) !== -side, "the position is closed", at, out);
    }
    if (order.bracket) {
      const { stopLoss, takeProfit } = order.bracket;
      if (stopLoss !== null) book.orders.push(leg(r, "sl", "stop", stopLoss, size));
      if (takeProfit !== null) book.orders.push(leg(r, "tp", "limit", takeProfit, size));
    }
    book.lastPx = toPx(bar.close);
  };

  /** A take-profit whose stop-loss is also reached in this bar: nobody knows which was first, so the stop is looked at first. */
  const yields = (book: Book, r: Resting, bar: Bar): boolean =>
    r.group !== null &&
    r.order.kind === "limit" &&
    book.orders.some((o) => o.group === r.group && o.order.kind === "stop" && priceInside(o.order, bar, costs.slippage) !== null);

  const expireDayOrders = (book: Book, bar: Bar, at: Ms, out: BrokerReply[]): void => {
    const date = dateOf(bar.tEvent);
    for (const r of [...book.orders]) {
      if (r.since > bar.tEvent) continue;
      if (r.day === "") r.day = date;
      else if (r.order.tif === "day" && r.day !== date) {
        drop(book, r);
        out.push(orderExpired(r.order.ticker, r.order.id, at, r.cause));
      }
    }
  };

  /** The open's trades. Returns who may still trade inside this bar. */
  const tradeAtOpen = (book: Book, bar: Bar, at: Ms, out: BrokerReply[]): readonly Resting[] => {
    const eligible = exitsFirst(book.orders, bar.tEvent);
    const before = eligible.length;
    for (let i = 0; i < before; i++) {
      const r = eligible[i] as Resting;
      const price = book.orders.includes(r) && !yields(book, r, bar) ? priceAtOpen(r.order, bar, costs.slippage) : null;
      if (price === null) continue;
      execute(book, r, price, bar, at, bar.tEvent, out);
      if (r.order.kind === "market") for (const o of book.orders) if (o.group === r.order.id) eligible.push(o);
    }
    return eligible;
  };

  const tradeInside = (book: Book, bar: Bar, at: Ms, eligible: readonly Resting[], out: BrokerReply[]): void => {
    const stopsFirst = book.orders
      .filter((r) => eligible.includes(r))
      .sort((a, b) => Number(b.order.kind === "stop") - Number(a.order.kind === "stop") || a.arrival - b.arrival);
    for (const r of stopsFirst) {
      const price = book.orders.includes(r) ? priceInside(r.order, bar, costs.slippage) : null;
      if (price !== null) execute(book, r, price, bar, at, bar.tSeen, out);
    }
  };

  const match = (book: Book, bar: Bar, now: Ms): readonly BrokerReply[] => {
    const out: BrokerReply[] = [];
    const opened = max(now, Math.min(bar.tEvent, bar.tSeen));
    expireDayOrders(book, bar, opened, out);
    const eligible = tradeAtOpen(book, bar, opened, out);
    if (book.orders.length > 0) tradeInside(book, bar, max(now, bar.tSeen), eligible, out);
    return out;
  };

  /** As the ledger does it; working orders keep their worth. */
  const splitBook = (book: Book, { numerator, denominator }: Split): void => {
    const more = (n: number): number => share(money(n), numerator, denominator);
    const price = (p: Px | null): Px | null => (p === null ? null : px(Math.max(1, share(money(p), denominator, numerator))));
    if (book.held !== 0) book.held = shares(more(book.held) || Math.sign(book.held));
    book.lastPx = price(book.lastPx);
    book.orders.forEach((r, i) => {
      const { bracket: b, limitPx, stopPx } = r.order;
      const bracket = b === null ? null : { stopLoss: price(b.stopLoss), takeProfit: price(b.takeProfit) };
      const order = { ...r.order, qty: qty(more(r.order.qty)), limitPx: price(limitPx), stopPx: price(stopPx), bracket };
      book.orders[i] = { ...r, order };
    });
  };

  const onBar = (bar: Bar, now: Ms): readonly BrokerReply[] => {
    if (bar.ticker !== latestTicker) {
      latestTicker = bar.ticker;
      latest = books.get(bar.ticker);
    }
    const book = latest;
    if (book === undefined) return NOTHING;
    const replies = book.orders.length === 0 ? NOTHING : match(book, bar, now);
    if (book.held !== 0) book.lastPx = toPx(bar.close);
    return replies;
  };

  const onBars = (bars: readonly Bar[], now: Ms): readonly BrokerReply[] => {
    let all = onBar(bars[0] as Bar, now);
    for (let i = 1; i < bars.length; i++) {
      const replies = onBar(bars[i] as Bar, now);
      if (replies.length > 0) all = all.length === 0 ? replies : [...all, ...replies];
    }
    return all;
  };

  return {
    submit: (order, at, cause) => {
      const before = known.size;
      if (known.add(order.id).size === before) throw new DuplicateOrderId(order.id);
      bookOf(order.ticker).orders.push({ order, cause, since: at, day: "", arrival: arrivals++, group: null });
      return [orderAccepted(order.ticker, order.id, `sim-${arrivals}`, at, cause)];
    },
    cancel: (id, ticker, at, cause) => {
      const book = bookOf(ticker);
      const out: BrokerReply[] = [];
      cancelWhere(book, (r) => r.order.id === id || r.group === id, "asked for", at, out, cause);
      return out;
    },
    replace: () => [],
    onBar,
    onBars,
    note: (event) => {
      switch (event.type) {
        case "account.opened":
          cash = event.cash;
          return;
        case "account.adopted": {
          const book = bookOf(event.ticker);
          book.held = event.shares;
          if (event.mark !== null) book.lastPx = toPx(event.mark);
          return;
        }
        case "account.dividend":
          cash = money(cash + notional(event.perShare, bookOf(event.ticker).held));
          return;
        case "account.split":
          splitBook(bookOf(event.ticker), event);
          return;
        default:
          return;
      }
    },
    cash: () => cash,
    positions: () => [...books].filter(([, b]) => b.held !== 0).map(([ticker, b]) => ({ ticker, shares: b.held })),
    working: () => [...books.values()].flatMap((b) => b.orders.map((r) => r.order)),
  };
};
