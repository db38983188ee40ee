import { z } from "zod";
import { ControlItem } from "./controlItems.ts";
import {
  BarItem,
  EquityItem,
  NewsItem,
  OrderItem,
  OutcomeItem,
  PortfolioItem,
  PositionItem,
  QuoteItem,
  RiskItem,
  SignalItem,
  StrategyItem,
  TradeItem,
} from "./items.ts";
import { ActorItem, BacktestItem, FeedItem, LogItem, Mode, TapeItem } from "./systemItems.ts";

/** The version both sides of `/ws` must speak. */
export const PROTOCOL = 1;

/**
 * A topic is a set of items. `key` names an item within it: an item with a known key replaces the old one.
 * keep: null, all items are kept; a number, the newest so many by `at` (both sides drop older ones, without a message).
 */
const topic = <S extends z.ZodType>(item: S, key: (item: z.output<S>) => string, keep: number | null = null) => ({
  item,
  key,
  keep,
});
const only = (): string => "only";

/** Add a topic here and nowhere else. */
export const topics = {
  portfolio: topic(PortfolioItem, only),
  equity: topic(EquityItem, (i) => String(i.at), 2000),
  positions: topic(PositionItem, (i) => i.ticker),
  orders: topic(OrderItem, (i) => i.id, 500),
  trades: topic(TradeItem, (i) => String(i.seq), 500),
  signals: topic(SignalItem, (i) => String(i.seq), 500),
  strategies: topic(StrategyItem, (i) => i.name),
  news: topic(NewsItem, (i) => i.id, 500),
  quotes: topic(QuoteItem, (i) => i.ticker),
  /** The latest bar of each ticker. `bars.AAPL` is a topic of its own: that ticker's last 500, by `at`. */
  bars: topic(BarItem, (i) => i.ticker),
  actors: topic(ActorItem, (i) => i.path),
  risk: topic(RiskItem, only),
  control: topic(ControlItem, only),
  learning: topic(OutcomeItem, (i) => String(i.seq), 500),
  backtests: topic(BacktestItem, (i) => i.id, 100),
  log: topic(LogItem, (i) => String(i.id), 500),
  tape: topic(TapeItem, only),
  feeds: topic(FeedItem, (i) => i.name),
} as const;
const tickerBars = topic(BarItem, (i) => String(i.at), 500);

export type PlainTopic = keyof typeof topics;
export type TopicName = PlainTopic | `bars.${string}`;
type PlainOf<T extends TopicName> = T extends PlainTopic ? T : "bars";
export type ItemOf<T extends TopicName> = z.output<(typeof topics)[PlainOf<T>]["item"]>;
export interface TopicSpec<I = unknown> {
  readonly item: z.ZodType<I>;
  readonly key: (item: I) => string;
  readonly keep: number | null;
}

/** What a topic name stands for; null for a name that is none. */
export const topicSpec = (name: string): TopicSpec | null => {
  if (Object.hasOwn(topics, name)) return topics[name as PlainTopic] as unknown as TopicSpec;
  return /^bars\.[A-Z]{1,5}(\.[A-Z])?$/.test(name) ? (tickerBars as unknown as TopicSpec) : null;
};

/**
 * From the client, one message a text frame of at most 16 kB: `hello` first, then any number of `subscribe` and `unsubscribe`.
 * `after`: the last `seq` of the topic that the client has, with the `life` of the snapshot it came from; what it missed is sent as deltas where
 * the server still has them, else a snapshot.
 */
export const ClientMsg = z.discriminatedUnion("type", [
  z.object({ type: z.literal("hello"), protocol: z.int() }),
  z.object({
    type: z.literal("subscribe"),
    topic: z.string().max(64),
    after: z.int().nonnegative().optional(),
    life: z.string().optional(),
  }),
  z.object({ type: z.literal("unsubscribe"), topic: z.string().max(64) }),
]);
export type ClientMsg = z.output<typeof ClientMsg>;

export const RefusalCode = z.enum(["PROTOCOL_MISMATCH", "TOPIC_UNKNOWN", "UNAUTHENTICATED", "TOO_SLOW", "BAD_MESSAGE"]);
export type RefusalCode = z.output<typeof RefusalCode>;

/**
 * From the server. A topic's `seq` grows by one with each delta or gone, and a snapshot holds all up to its `seq`; on a gap, subscribe again.
 * `life` changes when the server starts anew: an `after` of another life is answered with a snapshot.
 * A snapshot may come at any time (a slow reader gets one instead of what it missed); it replaces everything.
 * refused: PROTOCOL_MISMATCH, UNAUTHENTICATED and TOO_SLOW close the socket (4400, 4401, 4408); TOPIC_UNKNOWN and BAD_MESSAGE do not.
 * beat: nothing was sent for 5 s of the server's time `wallAt`; two missed beats mean that the line is dead.
 */
export const ServerMsg = z.discriminatedUnion("type", [
  z.object({ type: z.literal("welcome"), protocol: z.int(), version: z.string(), mode: Mode, life: z.string(), wallAt: z.int() }),
  z.object({ type: z.literal("snapshot"), topic: z.string(), seq: z.int(), life: z.string(), items: z.array(z.unknown()) }),
  z.object({ type: z.literal("delta"), topic: z.string(), seq: z.int(), item: z.unknown() }),
  z.object({ type: z.literal("gone"), topic: z.string(), seq: z.int(), key: z.string() }),
  z.object({ type: z.literal("refused"), code: RefusalCode, topic: z.string().optional(), message: z.string() }),
  z.object({ type: z.literal("beat"), wallAt: z.int() }),
]);
export type ServerMsg = z.output<typeof ServerMsg>;

/** One text frame from the server: a message, or all messages of one turn as an array, in order. */
export const ServerFrame = z.union([ServerMsg, z.array(ServerMsg)]);
export type ServerFrame = z.output<typeof ServerFrame>;

/** Why the server closed the socket. */
export const CLOSE_CODES = { PROTOCOL_MISMATCH: 4400, UNAUTHENTICATED: 4401, TOO_SLOW: 4408, GOING_AWAY: 1001 } as const;
export const BEAT_MS = 5_000;
