import { z } from "zod";
import { At, SeqNo } from "./wire.ts";

/** An actor from outside. Times in µs of the machine's clock. `rate`: messages a second of the machine's clock since the last report. */
export const ActorItem = z.object({
  path: z.string(),
  state: z.enum(["running", "backing_off", "paused", "stopped"]),
  group: z.boolean(),
  mailboxDepth: z.int(),
  mailboxAgeMs: z.number(),
  messages: z.int(),
  rate: z.number(),
  p50Us: z.number().nullable(),
  p99Us: z.number().nullable(),
  restarts: z.int(),
  conflated: z.int(),
  lastError: z.string().nullable(),
  lastErrorAt: At.nullable(),
});
export type ActorItem = z.output<typeof ActorItem>;

export const DeadLetterItem = z.object({ id: z.int(), path: z.string(), at: At, error: z.string(), message: z.unknown() });
export type DeadLetterItem = z.output<typeof DeadLetterItem>;

/** A line worth reading: births, crashes, kills, refusals. `path`: the actor; `seq`: the tape entry behind it. */
export const LogItem = z.object({
  id: z.int(),
  at: At,
  level: z.enum(["info", "warn", "error"]),
  /** `noun.verb`, such as actor.crashed. */
  kind: z.string(),
  text: z.string(),
  path: z.string().nullable(),
  seq: SeqNo.nullable(),
});
export type LogItem = z.output<typeof LogItem>;

export const PlaySpeed = z.union([z.number().positive(), z.literal("max")]);
export type PlaySpeed = z.output<typeof PlaySpeed>;
export const Mode = z.enum(["simulated", "paper", "live"]);
export type Mode = z.output<typeof Mode>;

/** Which money, which source, where on the tape. One item. */
export const TapeItem = z.object({
  run: z.string(),
  mode: Mode,
  /** "generated", "tape", "alpaca" … */
  source: z.string(),
  /** False for a market that nobody can pause or speed up. */
  playable: z.boolean(),
  playing: z.boolean(),
  /** Core seconds per real second, or as fast as it goes. */
  speed: PlaySpeed,
  /** The core's clock, and the last place on the tape. */
  tSeen: At,
  seq: SeqNo,
  /** Of the New York session at or after `tSeen`; null when not known. */
  sessionOpen: At.nullable(),
  sessionClose: At.nullable(),
  /** The tape's span, null when it has no known end. */
  from: At.nullable(),
  to: At.nullable(),
  /** Entries not yet in the tables. */
  backlog: z.int(),
  eventsPerSecond: z.number(),
  version: z.string(),
});
export type TapeItem = z.output<typeof TapeItem>;

/** A source and how old its last word is, in the core's time. */
export const FeedItem = z.object({
  name: z.string(),
  lastSeenAt: At.nullable(),
  ageMs: z.number().nullable(),
  state: z.enum(["ok", "late", "dead"]),
});
export type FeedItem = z.output<typeof FeedItem>;

export const BacktestItem = z.object({
  id: z.string(),
  tape: z.string(),
  state: z.enum(["queued", "running", "done", "failed", "cancelled"]),
  progress: z.number().min(0).max(1),
  startedAt: At.nullable(),
  finishedAt: At.nullable(),
  error: z.string().nullable(),
  stats: z.record(z.string(), z.number().nullable()).nullable(),
});
export type BacktestItem = z.output<typeof BacktestItem>;
