import type { ActorFigures, Lifecycle } from "../actors/ports/supervisor.ts";
import type { TapeEvent } from "../streams/domain/event.ts";
import type { RiskLimits, StrategyConfig } from "../streams/domain/run.ts";
import type { ControlItem } from "./contract/controlItems.ts";
import type { PlainTopic, TopicName } from "./contract/push.ts";
import type { TapeItem } from "./contract/systemItems.ts";
import type { ViewSource } from "./ports.ts";
import { account } from "./views/account.ts";
import { control } from "./views/control.ts";
import { type FoldedViews, fold } from "./views/fold.ts";
import { log } from "./views/log.ts";
import { market } from "./views/market.ts";
import { news } from "./views/news.ts";
import { orders } from "./views/orders.ts";
import { risk } from "./views/risk.ts";
import { strategies } from "./views/strategies.ts";
import { type ActorsView, actorsView, feedsView, type TapeFigures, type TapeView, tapeView } from "./views/system.ts";
import { trades } from "./views/trades.ts";
import { NOTHING, type View } from "./views/view.ts";

/** What the fold cannot know: the tree and the tape, as the runtime sees them now. */
export interface Figures {
  readonly actors: readonly ActorFigures[];
  readonly tape: TapeFigures;
}

export interface ViewsOptions {
  readonly limits: RiskLimits;
  readonly strategies: readonly StrategyConfig[];
}

/** The state of the deck for people: a fold over what passes the door. Owns nothing the core needs; may be thrown away and folded anew. */
export interface Views extends ViewSource {
  /** An event with its seq, in tape order. Cheap: marks what is dirty, builds nothing. */
  offer(event: TapeEvent): void;
  lifecycle(event: Lifecycle): void;
  /** Takes the runtime's figures in. `wallAt`: the machine's clock, epoch ms. */
  look(figures: Figures, wallAt: number): void;
  tape(): TapeItem | null;
  control(): ControlItem;
  /** Events offered so far. */
  readonly events: number;
}

const NONE: View = { items: () => [], drain: () => NOTHING, discard: () => undefined };

const viewsFor = (options: ViewsOptions, now: () => number): FoldedViews => {
  const prices = market();
  const money = account(prices, options.limits);
  const controls = control({ books: money.books, halts: prices.halted, now });
  return {
    prices,
    money,
    controls,
    limits: risk(money, prices, controls.halted, now),
    headlines: news(),
    ideas: strategies(options.strategies),
    book: orders(),
    closed: trades(),
    lines: log(),
    feeds: feedsView(),
  };
};

const byTopic = (v: FoldedViews, actors: ActorsView, tape: TapeView): Readonly<Record<PlainTopic, View>> => ({
  portfolio: v.money.portfolio,
  equity: v.money.equity,
  positions: v.money.positions,
  orders: v.book.view,
  trades: v.closed,
  signals: v.ideas.signals,
  strategies: v.ideas.view,
  news: v.headlines.view,
  quotes: v.prices.quotes,
  bars: v.prices.bars,
  actors: actors.view,
  risk: v.limits.view,
  control: v.controls.view,
  learning: v.ideas.learning,
  backtests: NONE,
  log: v.lines.view,
  tape: tape.view,
  feeds: v.feeds.view,
});

export const createViews = (options: ViewsOptions): Views => {
  let now = 0;
  let seq = 0;
  let events = 0;
  const views = viewsFor(options, () => now);
  const actors = actorsView();
  const tape = tapeView();
  const topics = byTopic(views, actors, tape);
  const viewOf = (topic: TopicName): View =>
    topic.startsWith("bars.") ? views.prices.barsOf(topic.slice(5)) : (topics[topic as PlainTopic] ?? NONE);
  return {
    get events() {
      return events;
    },
    offer: (e) => {
      events += 1;
      seq = e.seq;
      if (e.tSeen > now) {
        views.money.tick(e.tSeen);
        now = e.tSeen;
      }
      fold(views, e);
    },
    lifecycle: views.lines.lifecycle,
    look: (figures, wallAt) => {
      actors.look(figures.actors, wallAt);
      const pricesAt = views.prices.lastAt();
      if (pricesAt > 0) views.feeds.heard("prices", pricesAt);
      views.feeds.look(now, wallAt);
      tape.look(figures.tape, seq, now, events, wallAt);
      views.limits.touch();
      views.controls.touch();
    },
    tape: tape.item,
    control: views.controls.item,
    items: (topic) => viewOf(topic).items(),
    drain: (topic) => viewOf(topic).drain(),
    discard: (topic) => viewOf(topic).discard(),
  };
};
