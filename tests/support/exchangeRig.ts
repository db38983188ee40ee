import type { BrokerReply, TapeEvent } from "../../streams/domain/event.ts";
import { bar, halt } from "../../streams/domain/market.ts";
import type { Order } from "../../streams/domain/order.ts";
import { accountAdopted } from "../../streams/domain/portfolio.ts";
import type { FillModel } from "../../streams/domain/run.ts";
import { money, ms, orderId, SCALE, seq, shares, ticker } from "../../streams/domain/units.ts";
import { simulatedExchange } from "../../streams/execution/exchange.ts";
import type { Prices } from "../../streams/execution/listing.ts";
import { newYorkDate } from "../../streams/market/calendar.ts";
import { order, usd } from "./orders.ts";
import { FIRST_OPEN } from "./playing.ts";

/** A reply in few words. */
const said = (r: BrokerReply): string => {
  if (r.type === "order.filled")
    return `${r.orderId} ${r.side} ${r.qty / SCALE} at ${r.px / SCALE}${r.leaves > 0 ? ` leaves ${r.leaves / SCALE}` : ""}`;
  const why = r.type === "order.rejected" ? ` ${r.code}` : r.type === "order.cancelled" ? `: ${r.reason}` : "";
  return `${r.orderId} ${r.type.slice("order.".length)}${why}`;
};

export type OHLC = readonly [open: number, high: number, low: number, close: number];
export interface RigBar {
  readonly prices: OHLC;
  readonly symbol?: string;
  /** Shares; 0 says nothing. */
  readonly volume?: number;
}

export interface RigOptions {
  readonly cash?: number;
  readonly commission?: number;
  readonly slippage?: number;
  readonly leverage?: number;
  readonly volumeShare?: number;
  readonly fill?: FillModel;
}

const MINUTE_MS = 60_000;

/** A simulated exchange and the market's clock: minute bars, one after the other. */
export const exchangeRig = (more: RigOptions = {}) => {
  const exchange = simulatedExchange({
    costs: { commission: more.commission ?? 0, slippage: more.slippage ?? 0 },
    cash: money(Math.round((more.cash ?? 100_000) * SCALE)),
    fill: more.fill ?? "path",
    volumeShare: more.volumeShare ?? 1,
    leverage: more.leverage ?? 1,
    dateOf: newYorkDate,
  });
  let at = FIRST_OPEN;
  const moment = (bars: readonly RigBar[]): readonly BrokerReply[] => {
    const from = at;
    at += MINUTE_MS;
    return exchange.onBars(
      bars.map((b) => bar(ticker(b.symbol ?? "AAPL"), ms(from), ms(at), ...b.prices, b.volume ?? 0, MINUTE_MS)),
      ms(from),
    );
  };
  return {
    exchange,
    send: (o: Partial<Order>): string[] => exchange.submit(order(o), ms(at), seq(1)).map(said),
    cancel: (id: string, symbol = "AAPL"): string[] => exchange.cancel(orderId(id), ticker(symbol), ms(at), seq(1)).map(said),
    replace: (id: string, prices: Partial<Prices>): string[] =>
      exchange.replace(orderId(id), { limitPx: null, stopPx: null, bracket: null, ...prices }, ms(at), seq(1)).map(said),
    /** The next minute bar. */
    bar: (prices: OHLC, volume = 0): string[] => moment([{ prices, volume }]).map(said),
    /** The next minute bars of several tickers, in one moment. */
    moment: (bars: readonly RigBar[]): string[] => moment(bars).map(said),
    replies: moment,
    wait: (forMs: number): void => {
      at += forMs;
    },
    halt: (halted: boolean): void => exchange.note(halt(ticker("AAPL"), { tEvent: ms(at), tSeen: ms(at) }, halted, "news")),
    note: (event: TapeEvent): void => exchange.note(event),
    adopt: (n: number, book = "account", symbol = "AAPL", mark = 100): void =>
      exchange.note(
        accountAdopted(
          {
            ticker: ticker(symbol),
            shares: shares(n * SCALE),
            cost: money(n * mark * SCALE),
            openFees: money(0),
            openedAt: ms(at),
            openedBy: orderId("earlier"),
            mark,
            book,
          },
          ms(at),
        ),
      ),
    now: () => ms(at),
    held: (symbol = "AAPL"): number => (exchange.positions().find((p) => p.ticker === symbol)?.shares ?? 0) / SCALE,
    working: (): string[] => exchange.working().map((o) => o.id),
  };
};

/** An exit: an order that may only reduce. */
export const exit = (more: Partial<Order>): Partial<Order> => ({ side: "sell", reduceOnly: true, ...more });
export const bracketOf = (stopLoss: number | null, takeProfit: number | null) => ({
  stopLoss: stopLoss === null ? null : usd(stopLoss),
  takeProfit: takeProfit === null ? null : usd(takeProfit),
});
