import { ENSEMBLE_BOOK } from "../../streams/domain/books.ts";
import type { EventOf, TapeEvent } from "../../streams/domain/event.ts";
import { toDecimal } from "../../streams/domain/units.ts";
import type { Account } from "./account.ts";
import type { Control } from "./control.ts";
import type { Log } from "./log.ts";
import type { Market } from "./market.ts";
import type { News } from "./news.ts";
import type { Orders } from "./orders.ts";
import type { Recent } from "./recent.ts";
import type { Risk } from "./risk.ts";
import type { Strategies } from "./strategies.ts";
import type { FeedsView } from "./system.ts";
import type { ClosedTrade } from "./trades.ts";

/** The views that events are folded into. */
export interface FoldedViews {
  readonly prices: Market;
  readonly money: Account;
  readonly controls: Control;
  readonly limits: Risk;
  readonly headlines: News;
  readonly ideas: Strategies;
  readonly book: Orders;
  readonly closed: Recent<ClosedTrade>;
  readonly lines: Log;
  readonly feeds: FeedsView;
}

const whole = (c: { readonly wholeAccount?: boolean | undefined }): string =>
  c.wholeAccount ? ", shares of the account too" : "";
const commandText = (e: EventOf<"control.command">): string => {
  const c = e.command;
  switch (c.do) {
    case "pause":
      return `${e.by} paused trading: ${c.reason}`;
    case "resume":
      return `${e.by} resumed trading`;
    case "unkill":
      return `${e.by} ended the kill`;
    case "close":
      return `${e.by} closes ${c.ticker}${whole(c)}`;
    case "closeAll":
      return `${e.by} closes every position${whole(c)}`;
    case "kill":
      return `${e.by} killed trading${whole(c)}: ${c.reason}`;
    case "reconcile":
      return `${e.by} has every open order looked up at the broker`;
    case "retry":
      return `${e.by} retries dead letter ${c.letter}`;
    case "actor":
      return `${e.by}: ${c.action} ${c.path}`;
  }
};

const failureText = (e: EventOf<"request.failed">): string =>
  `a request to the ${e.port} came to nothing (${e.request} ${e.about}): ${e.reason}${e.sent === "no" ? "; it was not sent" : ""}`;
const limitText = (e: EventOf<"limit.exceeded">): string =>
  `${e.ticker}: a fill went past the ${e.limit} limit: ${toDecimal(e.value)} USD of ${toDecimal(e.most)}; nothing is opened until it is within`;
const stoppedText = (e: EventOf<"trading.stopped">): string =>
  e.keepsPositions === true
    ? `the deck opens nothing until a person resumes: ${e.reason}; what crashed it is a dead letter, which can be retried`
    : `the deck stopped trading at an equity of ${toDecimal(e.equity)} USD: ${e.reason}`;
const intentText = (e: EventOf<"intent.refused">): string =>
  `${e.ticker}: ${e.intent === "view" ? "a view" : "an order"} of ${e.strategy} was refused: ${e.field} ${e.value}: ${e.reason}`;
const pressureText = (e: EventOf<"broker.pressure">): string =>
  e.behind
    ? `${e.waiting} replies of the broker wait to be taken in: nothing is opened until they are`
    : "every reply of the broker is taken in: positions may be opened again";

const priceText = (e: EventOf<"order.replaceRequested">): string => {
  const prices = [
    ["limit", e.limitPx],
    ["stop", e.stopPx],
    ["stop loss", e.bracket?.stopLoss ?? null],
    ["take profit", e.bracket?.takeProfit ?? null],
  ] as const;
  const named = prices.flatMap(([name, px]) => (px === null ? [] : [`${name} ${toDecimal(px)}`]));
  return `${e.ticker}: order ${e.orderId} is to get ${named.join(", ")}`;
};

const filled = (v: FoldedViews, e: EventOf<"order.filled">): void => {
  const by = v.book.filled(e);
  v.money.filled(e, by === "ensemble" || by === "" ? v.ideas.behind(e.ticker) : by);
  v.controls.filled(e);
  v.limits.touch();
};
const tradeClosed = (v: FoldedViews, event: EventOf<"trade.closed">): void => {
  const { ticker, trade } = event;
  const by = trade.book === ENSEMBLE_BOOK ? v.money.closedBy(ticker, trade.book) : "";
  v.closed.push({ event, by: by === "" ? trade.book : by });
};
const rejected = (v: FoldedViews, e: EventOf<"order.rejected">): void => {
  v.book.step("reject", e, `${e.code}: ${e.message}`);
  v.controls.ended(e);
  v.lines.say("warn", "order.rejected", `${e.ticker}: the broker refused an order (${e.code}: ${e.message})`, e.tSeen, {
    seq: e.seq,
  });
};
const command = (v: FoldedViews, e: EventOf<"control.command">): void => {
  v.controls.command(e);
  v.limits.touch();
  v.lines.say(e.command.do === "kill" ? "warn" : "info", `control.${e.command.do}`, commandText(e), e.tSeen, { seq: e.seq });
};
const halt = (v: FoldedViews, e: EventOf<"market.halt">): void => {
  v.prices.halt(e);
  v.limits.touch();
  v.controls.touch();
  v.lines.say("warn", "market.halt", `${e.ticker} ${e.halted ? `halted: ${e.reason}` : "trades again"}`, e.tSeen, { seq: e.seq });
};

/** What ought not to happen often, or at all. */
const foldExceptions = (v: FoldedViews, e: TapeEvent): void => {
  switch (e.type) {
    case "closing.began":
      v.controls.closingBegan(e);
      break;
    case "closing.ended":
      v.controls.closingEnded(e);
      break;
    case "limit.exceeded":
      v.controls.exceeded(e);
      v.lines.say("warn", e.type, limitText(e), e.tSeen, { seq: e.seq });
      break;
    case "limit.restored":
      v.controls.restored(e);
      v.lines.say("warn", e.type, `${e.ticker}: within the ${e.limit} limit again`, e.tSeen, { seq: e.seq });
      break;
    case "trading.stopped":
      v.controls.command(e);
      v.limits.touch();
      v.lines.say("error", e.type, stoppedText(e), e.tSeen, { seq: e.seq });
      break;
    case "intent.refused":
      v.lines.say("warn", e.type, intentText(e), e.tSeen, { seq: e.seq });
      break;
    case "market.barRefused":
      v.lines.say("warn", e.type, `${e.ticker}: a bar was refused: ${e.reason}`, e.tSeen, { seq: e.seq });
      break;
    case "order.replaceRequested":
      v.lines.say("info", e.type, priceText(e), e.tSeen, { seq: e.seq });
      break;
    case "order.replaced":
      v.book.replaced(e);
      break;
  }
};

const foldRare = (v: FoldedViews, e: TapeEvent): void => {
  switch (e.type) {
    case "news.raw":
      v.feeds.heard(e.source, e.tSeen);
      v.headlines.heard(e);
      break;
    case "news.scored":
      v.feeds.heard(e.source, e.tSeen);
      v.prices.mood(e);
      v.headlines.heard(e);
      break;
    case "learning.outcome":
      v.ideas.outcome(e);
      break;
    case "order.rejected":
      rejected(v, e);
      break;
    case "order.cancelRequested":
      v.book.step("requestCancel", e, e.reason);
      v.controls.cancelRequested(e);
      break;
    case "order.cancelled":
      v.book.step("cancel", e, e.reason);
      v.controls.ended(e);
      break;
    case "order.expired":
      v.book.step("expire", e);
      v.controls.ended(e);
      break;
    case "order.lost":
      v.book.step("lose", e, e.reason);
      v.controls.ended(e);
      v.lines.say("warn", "order.lost", `${e.ticker}: an order is given up: ${e.reason}`, e.tSeen, { seq: e.seq });
      break;
    case "request.failed":
      v.lines.say("warn", "request.failed", failureText(e), e.tSeen, { seq: e.seq });
      break;
    case "broker.pressure":
      v.lines.say(e.behind ? "warn" : "info", "broker.pressure", pressureText(e), e.tSeen, { seq: e.seq });
      break;
    case "account.opened":
      v.limits.touch();
      v.money.opened(e);
      break;
    case "account.adopted":
      v.money.adopted(e);
      v.controls.touch();
      break;
    case "account.split":
      v.money.split(e);
      v.controls.touch();
      break;
    case "account.dividend":
      v.money.dividend(e);
      break;
    case "market.halt":
      halt(v, e);
      break;
    case "control.command":
      command(v, e);
      break;
    default:
      foldExceptions(v, e);
      break;
  }
};

/** Hands an event to the views it concerns, the frequent kinds first. */
export const fold = (v: FoldedViews, e: TapeEvent): void => {
  switch (e.type) {
    case "market.bar":
      v.money.priced(v.prices.bar(e));
      break;
    case "market.quote":
      v.money.priced(v.prices.quote(e));
      break;
    case "market.tick":
      v.money.priced(v.prices.tick(e));
      break;
    case "signal.generated":
      v.ideas.signal(e);
      break;
    case "target.set":
      v.ideas.target(e);
      break;
    case "risk.verdict":
      v.book.verdict(e);
      v.limits.verdict(e);
      break;
    case "order.submitted":
      v.book.submitted(e);
      v.controls.submitted(e);
      break;
    case "order.accepted":
      v.book.step("accept", e);
      break;
    case "order.filled":
      filled(v, e);
      break;
    case "trade.closed":
      tradeClosed(v, e);
      break;
    default:
      foldRare(v, e);
      break;
  }
};
