import type { Order, Side } from "../../../streams/domain/order.ts";
import type { OrderId, Ticker } from "../../../streams/domain/units.ts";

/** What a process asks of the broker look-alike. */
export type BrokerAsk =
  | {
      readonly do: "submit";
      readonly order: Order;
      /** Bytes of the run's tape that the last finished `fdatasync` of the process covered. */
      readonly syncedBytes: number;
    }
  | { readonly do: "cancel" | "lookup"; readonly orderId: OrderId; readonly ticker: Ticker };

/** What the broker look-alike says of an order. */
export type Fact =
  | {
      readonly is: "accepted" | "rejected" | "cancelled" | "expired" | "missing";
      readonly orderId: OrderId;
      readonly ticker: Ticker;
      readonly at: number;
    }
  | {
      readonly is: "filled";
      readonly orderId: OrderId;
      readonly ticker: Ticker;
      readonly at: number;
      readonly fillId: string;
      readonly side: Side;
      /** µshare. */
      readonly qty: number;
      readonly leaves: number;
      /** µUSD. */
      readonly px: number;
    };

/** What a feed pushes. Times are market time, epoch ms. */
export type Pushed =
  | {
      readonly is: "bar";
      readonly ticker: Ticker;
      readonly at: number;
      readonly barMs: number;
      readonly ohlc: readonly [number, number, number, number];
    }
  | { readonly is: "quote"; readonly ticker: Ticker; readonly at: number; readonly bid: number; readonly ask: number }
  | {
      readonly is: "news";
      readonly id: string;
      readonly at: number;
      readonly tickers: readonly Ticker[];
      readonly headline: string;
    };

export type ToServer =
  | { readonly t: "hello"; readonly as: "broker" | "feed" }
  | { readonly t: "ask"; readonly n: number; readonly ask: BrokerAsk };

export type ToClient =
  | { readonly t: "done"; readonly n: number }
  | { readonly t: "error"; readonly n: number; readonly why: string }
  | { readonly t: "said"; readonly fact: Fact }
  | { readonly t: "pushed"; readonly what: Pushed };

/** What a process under test is started with. */
export interface ChildSettings {
  readonly port: number;
  readonly dataDir: string;
  readonly seed: number;
  readonly clock: MarketClockSettings;
}

/** Market time is `from + (wall - wall0) × factor`, in every process alike. */
export interface MarketClockSettings {
  readonly from: number;
  readonly wall0: number;
  readonly factor: number;
}

export class MarketClock {
  readonly settings: MarketClockSettings;

  constructor(settings: MarketClockSettings) {
    this.settings = settings;
  }
  /** Epoch ms. */
  now(): number {
    const { from, wall0, factor } = this.settings;
    return Math.floor(from + (Date.now() - wall0) * factor);
  }
  /** @param marketMs of market time */
  after(marketMs: number, run: () => void): () => void {
    const timer = setTimeout(run, marketMs / this.settings.factor);
    return () => clearTimeout(timer);
  }
}

/** A number in [0, 1) that follows from a seed and a name. FNV-1a, then mixed. */
export const lotOf = (seed: number, name: string): number => {
  let h = (0x811c9dc5 ^ seed) >>> 0;
  for (let i = 0; i < name.length; i++) h = Math.imul(h ^ name.charCodeAt(i), 0x01000193) >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b) >>> 0;
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35) >>> 0;
  return ((h ^ (h >>> 16)) >>> 0) / 4_294_967_296;
};

/** Lines of JSON out of a stream of bytes. */
export const lines = <T>(hear: (message: T) => void): ((text: string) => void) => {
  let rest = "";
  return (text) => {
    const parts = (rest + text).split("\n");
    rest = parts.pop() ?? "";
    for (const part of parts) hear(JSON.parse(part) as T);
  };
};
