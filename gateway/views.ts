import type { ActorFigures, Lifecycle } from "../actors/ports/supervisor.ts";
import type { EventOf, TapeEvent } from "../streams/domain/event.ts";
import type { RiskLimits, StrategyConfig } from "../streams/domain/run.ts";
import type { PlainTopic, TopicName } from "./contract/push.ts";
import type { TapeItem } from "./contract/systemItems.ts";
import type { DeckSource } from "./ports.ts";
import { type Account, account } from "./views/account.ts";
import { log } from "./views/log.ts";
import { market } from "./views/market.ts";
import { news } from "./views/news.ts";
import { orders } from "./views/orders.ts";
import { risk } from "./views/risk.ts";
import { strategies } from "./views/strategies.ts";
import { actorsView, feedsView, type TapeFigures, tapeView } from "./views/system.ts";
import { type ClosedTrade, trades } from "./views/trades.ts";
import { NOTHING, type View } from "./views/view.ts";

/** What the fold cannot know: the tree and the tape, as the runtime sees them now. */
export interface Figures {
  readonly actors: readonly ActorFigures[];
  readonly tape: TapeFigures;
}

export interface DeckOptions {
  readonly limits: RiskLimits;
  readonly strategies: readonly StrategyConfig[];
}

/** The state of the deck for people: a fold over what passes the door. Owns nothing the core needs; may be thrown away and folded anew. */
export interface Deck extends DeckSource {
  /** An event with its seq, in tape order. Cheap: marks what is dirty, builds nothing. */
  offer(event: TapeEvent): void;
  lifecycle(event: Lifecycle): void;
  /** Takes the runtime's figures in. `wallAt`: the machine's clock, epoch ms. */
  look(figures: Figures, wallAt: number): void;
  tape(): TapeItem | null;
  /** Events offered so far. */
  readonly events: number;
}

const commandText = (e: EventOf<"control.command">): string => {
  const c = e.command;
  switch (c.do) {
    case "pause":
      return `${e.by} paused trading: ${c.reason}`;
    case "resume":
      return `${e.by} resumed trading`;
    case "close":
      return `${e.by} closes ${c.ticker}`;
    case "closeAll":
      return `${e.by} closes every position`;
    case "kill":
      return `${e.by} killed trading: ${c.reason}`;
    case "retry":
      return `${e.by} retries dead letter ${c.letter}`;
    case "actor":
      return `${e.by}: ${c.action} ${c.path}`;
  }
};

export const createDeck = (options: DeckOptions): Deck => {
  let now = 0;
  let seq = 0;
  let events = 0;
  const prices = market();
  const money: Account = account(prices, options.limits);
  const limits = risk(money, prices, () => now);
  const headlines = news();
  const ideas = strategies(options.strategies);
  const book = orders();
  const closed = trades();
  const lines = log();
  const actors = actorsView();
  const feeds = feedsView();
  const tape = tapeView();
  const none: View = { items: () => [], drain: () => NOTHING, discard: () => undefined };
  const views: Readonly<Record<PlainTopic, View>> = {
    portfolio: money.portfolio,
    equity: money.equity,
    positions: money.positions,
    orders: book.view,
    trades: closed,
    signals: ideas.signals,
    strategies: ideas.view,
    news: headlines.view,
    quotes: prices.quotes,
    bars: prices.bars,
    actors: actors.view,
    risk: limits.view,
    learning: ideas.learning,
    backtests: none,
    log: lines.view,
    tape: tape.view,
    feeds: feeds.view,
  };
  const viewOf = (topic: TopicName): View =>
    topic.startsWith("bars.") ? prices.barsOf(topic.slice(5)) : (views[topic as PlainTopic] ?? none);
  let pricesAt = 0;

  const filled = (e: EventOf<"order.filled">): void => {
    const by = book.filled(e);
    money.filled(e, by === "ensemble" || by === "" ? ideas.behind(e.ticker) : by);
    limits.touch();
  };
  const tradeClosed = (event: EventOf<"trade.closed">): void => {
    const fact: ClosedTrade = { event, by: money.closedBy(event.ticker) };
    closed.push(fact);
  };
  const rejected = (e: EventOf<"order.rejected">): void => {
    book.step("reject", e, `${e.code}: ${e.message}`);
    lines.say("warn", "order.rejected", `${e.ticker}: the broker refused an order (${e.code}: ${e.message})`, e.tSeen, {
      seq: e.seq,
    });
  };
  const command = (e: EventOf<"control.command">): void => {
    limits.command(e);
    lines.say(e.command.do === "kill" ? "warn" : "info", `control.${e.command.do}`, commandText(e), e.tSeen, { seq: e.seq });
  };
  const halt = (e: EventOf<"market.halt">): void => {
    prices.halt(e);
    limits.touch();
    lines.say("warn", "market.halt", `${e.ticker} ${e.halted ? `halted: ${e.reason}` : "trades again"}`, e.tSeen, { seq: e.seq });
  };

  const fold = (e: TapeEvent): void => {
    switch (e.type) {
      case "market.bar":
        pricesAt = e.tSeen;
        money.priced(prices.bar(e));
        break;
      case "market.quote":
        pricesAt = e.tSeen;
        money.priced(prices.quote(e));
        break;
      case "market.tick":
        pricesAt = e.tSeen;
        money.priced(prices.tick(e));
        break;
      case "signal.generated":
        ideas.signal(e);
        break;
      case "target.set":
        ideas.target(e);
        break;
      case "risk.verdict":
        book.verdict(e);
        limits.verdict(e);
        break;
      case "order.submitted":
        book.submitted(e);
        break;
      case "order.accepted":
        book.step("accept", e);
        break;
      case "order.filled":
        filled(e);
        break;
      case "trade.closed":
        tradeClosed(e);
        break;
      default:
        foldRare(e);
        break;
    }
  };
  const foldRare = (e: TapeEvent): void => {
    switch (e.type) {
      case "news.raw":
        feeds.heard(e.source, e.tSeen);
        headlines.heard(e);
        break;
      case "news.scored":
        feeds.heard(e.source, e.tSeen);
        prices.mood(e);
        headlines.heard(e);
        break;
      case "learning.outcome":
        ideas.outcome(e);
        break;
      case "order.rejected":
        rejected(e);
        break;
      case "order.cancelRequested":
        book.step("requestCancel", e, e.reason);
        break;
      case "order.cancelled":
        book.step("cancel", e, e.reason);
        break;
      case "order.expired":
        book.step("expire", e);
        break;
      case "account.opened":
        limits.touch();
        money.opened(e);
        break;
      case "account.split":
        money.split(e);
        break;
      case "account.dividend":
        money.dividend(e);
        break;
      case "market.halt":
        halt(e);
        break;
      case "control.command":
        command(e);
        break;
    }
  };

  return {
    get events() {
      return events;
    },
    offer: (e) => {
      events += 1;
      seq = e.seq;
      if (e.tSeen > now) {
        money.tick(e.tSeen);
        now = e.tSeen;
      }
      fold(e);
    },
    lifecycle: lines.lifecycle,
    look: (figures, wallAt) => {
      actors.look(figures.actors, wallAt);
      if (pricesAt > 0) feeds.heard("prices", pricesAt);
      feeds.look(now, wallAt);
      tape.look(figures.tape, seq, now, events, wallAt);
      limits.touch();
    },
    tape: tape.item,
    items: (topic) => viewOf(topic).items(),
    drain: (topic) => viewOf(topic).drain(),
    discard: (topic) => viewOf(topic).discard(),
  };
};
