import { defer, endWith, filter, map, merge, type Observable, startWith, takeWhile, throwError } from "rxjs";
import { bookOf, ENSEMBLE_BOOK } from "../streams/domain/books.ts";
import type { TapeEvent } from "../streams/domain/event.ts";
import { intentRefused } from "../streams/domain/intent.ts";
import type { Bar, Quote } from "../streams/domain/market.ts";
import type { NewsScored } from "../streams/domain/news.ts";
import { type Fill, type OrderAction, signOf } from "../streams/domain/order.ts";
import type { AccountAdopted, Split } from "../streams/domain/portfolio.ts";
import { signal } from "../streams/domain/signal.ts";
import { money, qty, type Shares, share, shares, type Ticker } from "../streams/domain/units.ts";
import type { BoundStrategy, Holding, OrderNews, StrategyInputs, View } from "../streams/strategies/define.ts";
import { actionFault, type IntentFault, viewFault } from "../streams/strategies/faults.ts";
import { type ActorContext, type ActorSpec, type Effect, emit, flow, tell } from "./actor.ts";
import type { EnsembleMsg } from "./ensemble.ts";
import { bookNamed } from "./orderIds.ts";
import { PATHS } from "./topology.ts";

const isBar = (e: TapeEvent): e is Bar => e.type === "market.bar";
const isQuote = (e: TapeEvent): e is Quote => e.type === "market.quote";
const isNews = (e: TapeEvent): e is NewsScored => e.type === "news.scored";
type Change = Fill | Split | AccountAdopted;
/** What changes what a book holds. */
const changes =
  (book: string) =>
  (e: TapeEvent): e is Change =>
    (e.type === "order.filled" && bookOf(e.orderId, e.ticker) === book) ||
    (e.type === "account.adopted" && e.book === book) ||
    e.type === "account.split";

const FLAT: Holding = { shares: shares(0), since: null };

/** The holding after one more fill. A turn to the other side begins a new holding. */
const afterFill = (before: Holding, f: Fill): Holding => {
  const after = (before.shares + signOf(f.side) * f.qty) as Shares;
  if (after === 0) return FLAT;
  return { shares: after, since: before.shares !== 0 && before.shares > 0 === after > 0 ? before.since : f.tEvent };
};

const afterChange = (before: Holding, e: Change): Holding => {
  if (e.type === "order.filled") return afterFill(before, e);
  if (e.type === "account.adopted") return { shares: e.shares, since: e.openedAt };
  const after = share(money(before.shares), e.numerator, e.denominator);
  return before.shares === 0 ? before : { shares: shares(after || Math.sign(before.shares)), since: before.since };
};

/** A strategy with orders of its own has a book of its own; those with views share the ensemble's. */
const bookOfStrategy = (s: BoundStrategy): string => (s.kind === "orders" ? bookNamed(s.name) : ENSEMBLE_BOOK);

/** What a book holds, folded once for all who subscribe. */
class Held {
  now: Holding = FLAT;
  private readonly isChange: (e: TapeEvent) => e is Change;

  constructor(book: string) {
    this.isChange = changes(book);
  }

  note(e: TapeEvent): void {
    if (e.type !== "market.bar" && this.isChange(e)) this.now = afterChange(this.now, e);
  }

  /** @param inbox$ what `note` hears before anybody else. */
  from(inbox$: Observable<TapeEvent>): Observable<Holding> {
    return defer(() =>
      inbox$.pipe(
        filter(this.isChange),
        map(() => this.now),
        startWith(this.now),
      ),
    );
  }
}

const OVER = Symbol("over");

const isNewsOfOrder = (n: OrderNews | null): n is OrderNews => n !== null;

const NOTHING = qty(0);

/** What an event says of the orders of a book; null for all others. */
const newsOf =
  (book: string) =>
  (e: TapeEvent): OrderNews | null => {
    if (e.type === "market.bar") return null;
    if (e.type === "risk.verdict") {
      if (bookOf(e.orderId, e.ticker) !== book || e.outcome === "approved") return null;
      return { orderId: e.orderId, is: e.outcome, filled: NOTHING, denial: e.denial, reason: e.denial?.code ?? "" };
    }
    if (e.type === "intent.refused")
      return bookNamed(e.strategy) !== book || e.intent !== "order"
        ? null
        : { orderId: null, is: "refused", filled: NOTHING, denial: null, reason: `${e.field} ${e.value}: ${e.reason}` };
    if (!e.type.startsWith("order.") || !("orderId" in e) || bookOf(e.orderId, e.ticker) !== book) return null;
    const { orderId } = e;
    switch (e.type) {
      case "order.filled":
        return { orderId, is: e.leaves === 0 ? "filled" : "partially_filled", filled: e.qty, denial: null, reason: "" };
      case "order.rejected":
        return { orderId, is: "rejected", filled: NOTHING, denial: null, reason: `${e.code}: ${e.message}` };
      case "order.cancelled":
        return { orderId, is: "cancelled", filled: NOTHING, denial: null, reason: e.reason };
      case "order.expired":
        return { orderId, is: "expired", filled: NOTHING, denial: null, reason: "its day is over" };
      case "order.lost":
        return { orderId, is: "lost", filled: NOTHING, denial: null, reason: e.reason };
      default:
        return null;
    }
  };

const undeclared = (strategy: string): Observable<never> =>
  throwError(() => new TypeError(`strategy ${strategy} reads quotes$ without declaring quotes: true`));

const inputsOf = (
  s: BoundStrategy,
  ticker: Ticker,
  inbox$: Observable<TapeEvent>,
  held: Held,
  context: ActorContext,
): StrategyInputs => ({
  ticker,
  bars$: inbox$.pipe(filter(isBar)),
  quotes$: s.quotes ? inbox$.pipe(filter(isQuote)) : undeclared(s.name),
  news$: inbox$.pipe(filter(isNews)),
  position$: held.from(inbox$),
  orders$: inbox$.pipe(map(newsOf(bookOfStrategy(s))), filter(isNewsOfOrder)),
  rng: context.rng,
  clock: context,
});

const newestQuote = (msg: unknown): string | null => (isQuote(msg as TapeEvent) ? "quote" : null);

const ORDER_NEWS = [
  "intent.refused",
  "risk.verdict",
  "order.rejected",
  "order.cancelled",
  "order.expired",
  "order.lost",
] as const;

/** What comes of what a strategy says: nothing but a refusal, if it cannot be taken. */
const effects = (
  { name, kind }: BoundStrategy,
  ticker: Ticker,
  context: ActorContext,
): ((said: View | OrderAction) => Effect) => {
  const ensemble = context.ref<EnsembleMsg>(PATHS.ensemble);
  const refused = (intent: "view" | "order", fault: IntentFault): Effect =>
    emit(intentRefused({ ticker, strategy: name, intent, ...fault }));
  if (kind === "orders")
    return (said) => {
      const fault = actionFault(said);
      if (fault !== null) return refused("order", fault);
      return tell(ensemble, { type: "wants", strategy: name, ticker, action: said as OrderAction, origin: context.cause() });
    };
  return (said) => {
    const fault = viewFault(said);
    if (fault !== null) return refused("view", fault);
    const { score, confidence, reason, causes } = said as View;
    // −0 is no other view than 0, and would be another one on the tape.
    return emit(signal({ strategy: name, ticker, score: score + 0, confidence: confidence + 0, reason, causes }));
  };
};

/**
 * One strategy on one ticker: its own streams in, its views (as signals) or its orders out. Both go to the ensemble,
 * which knows what the strategy's word is worth.
 */
export const strategyActor = (strategy: BoundStrategy, ticker: Ticker): ActorSpec => ({
  name: strategy.name,
  restart: "transient",
  listens: [
    { type: "order.filled", ticker },
    { type: "account.split", ticker },
    { type: "account.adopted", ticker },
    ...(strategy.kind === "orders" ? ORDER_NEWS.map((type) => ({ type, ticker })) : []),
  ],
  recalls: [
    { type: "market.bar", ticker, last: strategy.warmup },
    { type: "news.scored", ticker, last: 50 },
    { type: "order.filled", ticker, last: "all" },
    { type: "account.split", ticker, last: "all" },
    { type: "account.adopted", ticker, last: "all" },
  ],
  ...(strategy.quotes ? { mailbox: { conflate: newestQuote } } : {}),
  behaviour: flow<TapeEvent>((inbox$, context) => {
    const held = new Held(bookOfStrategy(strategy));
    const effectOf = effects(strategy, ticker, context);
    const noted$ = inbox$.pipe(
      filter((e): e is never => {
        held.note(e);
        return false;
      }),
    );
    const said$ = defer(() => strategy.start(inputsOf(strategy, ticker, inbox$, held, context)));
    // What is held is noted before the strategy hears of it. It is over when the strategy is.
    return merge(noted$, said$.pipe(map(effectOf), endWith(OVER))).pipe(takeWhile((e): e is Effect => e !== OVER));
  }),
});
