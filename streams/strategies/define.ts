import { isObservable, type Observable, type SchedulerLike } from "rxjs";
import { z } from "zod";
import { ACCOUNT_BOOK, ENSEMBLE_BOOK } from "../domain/books.ts";
import type { Bar, Quote } from "../domain/market.ts";
import type { NewsScored } from "../domain/news.ts";
import type { OrderAction } from "../domain/order.ts";
import type { Ms, OrderId, Qty, Seq, Shares, Ticker } from "../domain/units.ts";
import { namingKeys } from "../domain/unknownKeys.ts";
import type { Denial } from "../domain/verdict.ts";

export type { Bar, Quote } from "../domain/market.ts";
export type { NewsScored } from "../domain/news.ts";
export type { OrderAction, OrderIntent } from "../domain/order.ts";
export * from "../domain/units.ts";

/** What the strategy's book holds of the ticker, as told by fills: what its own orders bought, or for a strategy with views, what the ensemble did. */
export interface Holding {
  /** µshare, signed; 0 when flat. */
  readonly shares: Shares;
  /** When the position was opened (tEvent of the fill that did); null when flat. */
  readonly since: Ms | null;
}

/** What became of an order of the strategy: also that risk denied it, and why. `refused`: it never became an order, and has no id. */
export interface OrderNews {
  readonly orderId: OrderId | null;
  readonly is: "refused" | "denied" | "resized" | "partially_filled" | "filled" | "rejected" | "cancelled" | "expired" | "lost";
  /** µshare of this fill; 0 for all others. */
  readonly filled: Qty;
  /** Of a denied or resized one, with the numbers. */
  readonly denial: Denial | null;
  /** In words; "" for a fill. */
  readonly reason: string;
}

/** What a strategy sees: the streams of one ticker, hot, in the order in which things became known. */
export interface StrategyInputs {
  readonly ticker: Ticker;
  readonly bars$: Observable<Bar>;
  /** Only for a strategy that declares `quotes: true`; of quotes that wait, the newest counts. */
  readonly quotes$: Observable<Quote>;
  /** Headlines about this ticker, scored. */
  readonly news$: Observable<NewsScored>;
  /** Starts with what is held now, whenever it is subscribed, then every change. */
  readonly position$: Observable<Holding>;
  /** What becomes of its own orders, as it is known. Nothing for a strategy with views. */
  readonly orders$: Observable<OrderNews>;
  /** Chance that a replay repeats: numbers in [0, 1), seeded by the run and the path of the strategy. */
  readonly rng: { next(): number };
  /** The core's clock. Give `scheduler` to every RxJS operator that waits. */
  readonly clock: { now(): Ms; readonly scheduler: SchedulerLike };
}

/** A strategy's view: score = direction × strength in [-1, 1], confidence in [0, 1]. It stands until the next one. */
export interface View {
  readonly score: number;
  readonly confidence: number;
  /** In words, for people. */
  readonly reason: string;
  /** `seq` of the bars and headlines behind it. */
  readonly causes: readonly Seq[];
}

/** A strategy: a name, its parameters, and either views or orders of its own. The same file runs live and in a backtest. */
export interface Strategy<P = unknown> {
  /** Letters, digits, `-` and `_`. */
  readonly name: string;
  /** Reads the parameters a person gave; its defaults are the strategy's. */
  readonly params: z.ZodType<P>;
  /** Bars it must see before it can speak; told again to it after a restart. Default 200. */
  readonly warmup?: (params: P) => number;
  /** It reads `quotes$`: without this they are not sent to it. Default false. */
  readonly quotes?: boolean;
  readonly signals?: (inputs: StrategyInputs, params: P) => Observable<View>;
  readonly orders?: (inputs: StrategyInputs, params: P) => Observable<OrderAction>;
}

const Name = z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,40}$/, "a strategy's name is letters, digits, - and _");

const RESERVED: ReadonlySet<string> = new Set([ACCOUNT_BOOK, ENSEMBLE_BOOK]);

/** @throws TypeError when the definition has no name, no schema of its parameters, or not exactly one of `signals` and `orders`. */
export const defineStrategy = <P>(strategy: Strategy<P>): Strategy<P> => {
  const name = Name.safeParse(strategy.name);
  if (!name.success) throw new TypeError(`strategy ${JSON.stringify(strategy.name)}: ${name.error.issues[0]?.message}`);
  if (RESERVED.has(strategy.name)) throw new TypeError(`strategy ${strategy.name}: the name is that of a book of the account`);
  if ((strategy.signals === undefined) === (strategy.orders === undefined))
    throw new TypeError(`strategy ${strategy.name}: define exactly one of signals and orders`);
  if (typeof (strategy.params as { parse?: unknown } | undefined)?.parse !== "function")
    throw new TypeError(`strategy ${strategy.name}: params is no schema; write z.object({ … }), with zod`);
  return strategy;
};

/** A strategy with its parameters read, ready to be started for any ticker. */
export interface BoundStrategy {
  /** Its id in this run: the strategy's name, or for one that is listed more than once `name~hash` (see `idsOf`). Names its actor, signals and book. */
  readonly name: string;
  /** Relative weight in the ensemble. */
  readonly weight: number;
  readonly warmup: number;
  readonly quotes: boolean;
  readonly kind: "signals" | "orders";
  readonly start: (inputs: StrategyInputs) => Observable<View | OrderAction>;
}

/** @throws TypeError when a strategy gave something else back than a stream. */
const streamed = <T>(given: Observable<T>, strategy: string, what: "signals" | "orders"): Observable<T> => {
  if (!isObservable(given)) throw new TypeError(`strategy ${strategy}: ${what} gave back no Observable`);
  return given;
};

/** A parameter that does not exist is a mistake, not a wish that goes unheard; unless the schema takes any. */
const named = <P>(params: z.ZodType<P>): z.ZodType<P> =>
  params instanceof z.ZodObject && params.def.catchall === undefined ? (params.strict() as unknown as z.ZodType<P>) : params;

/** The parameters as the strategy will see them, defaults filled in. @throws ZodError naming the parameter at fault. */
export const paramsOf = <P>(strategy: Strategy<P>, raw: unknown): P => named(strategy.params).parse(raw ?? {}, namingKeys);

/** Closes over parameters that were read by `paramsOf`. */
export const bindAs = <P>(id: string, strategy: Strategy<P>, params: P, weight: number): BoundStrategy => {
  const { signals, orders } = strategy;
  return {
    name: id,
    weight,
    warmup: strategy.warmup?.(params) ?? 200,
    quotes: strategy.quotes ?? false,
    kind: signals ? "signals" : "orders",
    start: (inputs): Observable<View | OrderAction> => {
      if (signals) return streamed(signals(inputs, params), strategy.name, "signals");
      if (orders) return streamed(orders(inputs, params), strategy.name, "orders");
      throw new TypeError(`strategy ${strategy.name} has neither signals nor orders`);
    },
  };
};

/** Reads the parameters and closes over them. @throws ZodError naming the parameter at fault. */
export const bind = <P>(strategy: Strategy<P>, raw: unknown, weight: number): BoundStrategy =>
  bindAs(strategy.name, strategy, paramsOf(strategy, raw), weight);
