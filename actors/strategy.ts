import { filter, map, type Observable, scan, startWith, throwError } from "rxjs";
import type { TapeEvent } from "../streams/domain/event.ts";
import type { Bar, Quote } from "../streams/domain/market.ts";
import type { NewsScored } from "../streams/domain/news.ts";
import { type Fill, type OrderAction, signOf } from "../streams/domain/order.ts";
import type { AccountAdopted, Split } from "../streams/domain/portfolio.ts";
import { signal } from "../streams/domain/signal.ts";
import { money, type Shares, share, shares, type Ticker } from "../streams/domain/units.ts";
import type { BoundStrategy, Holding, StrategyInputs, View } from "../streams/strategies/define.ts";
import { type ActorContext, type ActorSpec, type Effect, emit, flow, tell } from "./actor.ts";
import type { EnsembleMsg } from "./ensemble.ts";
import { PATHS } from "./topology.ts";

const isBar = (e: TapeEvent): e is Bar => e.type === "market.bar";
const isQuote = (e: TapeEvent): e is Quote => e.type === "market.quote";
const isNews = (e: TapeEvent): e is NewsScored => e.type === "news.scored";
type Change = Fill | Split | AccountAdopted;
const isChange = (e: TapeEvent): e is Change =>
  e.type === "order.filled" || e.type === "account.split" || e.type === "account.adopted";

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

const undeclared = (strategy: string): Observable<never> =>
  throwError(() => new TypeError(`strategy ${strategy} reads quotes$ without declaring quotes: true`));

const inputsOf = (s: BoundStrategy, ticker: Ticker, inbox$: Observable<TapeEvent>, context: ActorContext): StrategyInputs => ({
  ticker,
  bars$: inbox$.pipe(filter(isBar)),
  quotes$: s.quotes ? inbox$.pipe(filter(isQuote)) : undeclared(s.name),
  news$: inbox$.pipe(filter(isNews)),
  position$: inbox$.pipe(filter(isChange), scan(afterChange, FLAT), startWith(FLAT)),
  clock: context,
});

const isAction = (x: View | OrderAction): x is OrderAction => "do" in x;

const newestQuote = (msg: unknown): string | null => (isQuote(msg as TapeEvent) ? "quote" : null);

/**
 * One strategy on one ticker: its own streams in, its views (as signals) or its orders out. Both go to the ensemble,
 * which knows what the strategy's word is worth.
 */
export const strategyActor = (strategy: BoundStrategy, ticker: Ticker): ActorSpec => ({
  name: strategy.name,
  restart: "permanent",
  listens: [
    { type: "order.filled", ticker },
    { type: "account.split", ticker },
    { type: "account.adopted", ticker },
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
    const ensemble = context.ref<EnsembleMsg>(PATHS.ensemble);
    return strategy.start(inputsOf(strategy, ticker, inbox$, context)).pipe(
      map(
        (out): Effect =>
          isAction(out)
            ? tell(ensemble, { type: "wants", strategy: strategy.name, ticker, action: out, origin: context.cause() })
            : emit(
                signal({
                  strategy: strategy.name,
                  ticker,
                  score: out.score,
                  confidence: out.confidence,
                  reason: out.reason,
                  causes: out.causes,
                }),
              ),
      ),
    );
  }),
});
