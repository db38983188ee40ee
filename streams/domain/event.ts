import { z } from "zod";
import { ClockMark, ControlCommand } from "./control.ts";
import { IntentRefused } from "./intent.ts";
import { ClosingBegan, ClosingEnded, LimitExceeded, LimitRestored, TradingStopped } from "./limits.ts";
import { Bar, BarRefused, Halt, Quote, Tick } from "./market.ts";
import { NewsRaw, NewsScored } from "./news.ts";
import {
  Fill,
  OrderAccepted,
  OrderCancelled,
  OrderCancelRequested,
  OrderExpired,
  OrderLost,
  OrderMissing,
  OrderRejected,
  OrderReplaced,
  OrderReplaceRequested,
  OrderSubmitted,
} from "./order.ts";
import { AccountAdopted, AccountOpened, Dividend, Outcome, Split, TradeClosed } from "./portfolio.ts";
import { BrokerPressure, RequestFailed } from "./request.ts";
import { Signal, Target } from "./signal.ts";
import { Verdict } from "./verdict.ts";

/** What enters the core from outside. A tape needs no more than these to be played again. */
export const InputEvent = z.discriminatedUnion("type", [
  Bar,
  Quote,
  Tick,
  BarRefused,
  Halt,
  NewsRaw,
  NewsScored,
  OrderAccepted,
  OrderRejected,
  OrderCancelled,
  OrderExpired,
  OrderReplaced,
  Fill,
  OrderMissing,
  RequestFailed,
  BrokerPressure,
  AccountOpened,
  AccountAdopted,
  Split,
  Dividend,
  ControlCommand,
  ClockMark,
]);
export type InputEvent = Readonly<z.output<typeof InputEvent>>;

/** What the core decides. Recorded beside the inputs; a replay must come to the same. */
export const DecisionEvent = z.discriminatedUnion("type", [
  Signal,
  Target,
  Verdict,
  OrderSubmitted,
  OrderCancelRequested,
  OrderReplaceRequested,
  OrderLost,
  LimitExceeded,
  LimitRestored,
  TradingStopped,
  ClosingBegan,
  ClosingEnded,
  IntentRefused,
  TradeClosed,
  Outcome,
]);
export type DecisionEvent = Readonly<z.output<typeof DecisionEvent>>;

export const TapeEvent = z.discriminatedUnion("type", [...InputEvent.options, ...DecisionEvent.options]);
export type TapeEvent = InputEvent | DecisionEvent;
export type EventType = TapeEvent["type"];
export type EventOf<T extends EventType> = Extract<TapeEvent, { type: T }>;

const inputs: ReadonlySet<string> = new Set(InputEvent.options.map((o) => o.shape.type.value));
const decisions: ReadonlySet<string> = new Set(DecisionEvent.options.map((o) => o.shape.type.value));
/** Every type there is, inputs first. */
export const EVENT_TYPES = [...inputs, ...decisions] as readonly EventType[];
export const isInput = (e: TapeEvent): e is InputEvent => inputs.has(e.type);
export const isDecision = (e: TapeEvent): e is DecisionEvent => decisions.has(e.type);

/** What a broker says. In a verification these come from the tape instead of a broker. */
export type BrokerReply = EventOf<
  "order.accepted" | "order.rejected" | "order.cancelled" | "order.expired" | "order.replaced" | "order.filled"
>;

/** All that a broker may answer: also that it knows no such order. */
export type BrokerAnswer = BrokerReply | EventOf<"order.missing">;

/** Where an event is published: `market.bar.AAPL`, `news.scored.AAPL`, `order.filled.AAPL`, `control.command`. One subject a ticker. */
export const subjectsOf = (e: TapeEvent): readonly string[] => {
  if ("ticker" in e) return [`${e.type}.${e.ticker}`];
  if (e.type === "news.raw" || e.type === "news.scored")
    return e.tickers.length > 0 ? e.tickers.map((t) => `${e.type}.${t}`) : [e.type];
  return [e.type];
};

/** The durable stream an event belongs to (see DESIGN: `news:raw`, `news:scored`, `signals:generated`, `market:*`). */
export const streamOf = (e: TapeEvent): string => {
  const [group, kind] = e.type.split(".") as [string, string];
  if (e.type === "signal.generated") return "signals:generated";
  return group === "market" ? `market:${kind}s` : group === "news" ? `news:${kind}` : `${group}s`;
};
