import type { EventType, TapeEvent } from "../../../streams/domain/event.ts";
import { encodeEvent } from "../../../streams/domain/upcast.ts";

/** Types that hold no amount: their wire form is the event itself, and the codec would only copy it. */
export const PLAIN_TYPES: ReadonlySet<EventType> = new Set<EventType>([
  "market.quote",
  "market.tick",
  "market.halt",
  "market.barRefused",
  "news.raw",
  "news.scored",
  "order.accepted",
  "order.rejected",
  "order.cancelled",
  "order.cancelRequested",
  "order.expired",
  "order.missing",
  "order.lost",
  "request.failed",
  "broker.pressure",
  "limit.restored",
  "account.split",
  "signal.generated",
  "target.set",
  "learning.outcome",
  "control.command",
  "clock.mark",
]);

/** What has a column of its own is not said again in the body. */
const body = (wire: Readonly<Record<string, unknown>>): Record<string, unknown> => {
  const { seq, type, v, tEvent, tSeen, cause, ticker, ...rest } = wire;
  return rest;
};

// jsonb takes neither NUL nor half a surrogate pair, and a headline may hold both.
const UNSTORABLE = /\\u(?:0000|d[89a-f])/i;
const storable = (_key: string, value: unknown): unknown =>
  typeof value === "string" ? value.replaceAll("\0", "").replace(LONE_SURROGATES, "\ufffd") : value;
const LONE_SURROGATES = /\p{Surrogate}/gu;

const jsonOf = (event: TapeEvent): string => {
  if (event.type === "market.bar")
    return `{"open":${event.open},"high":${event.high},"low":${event.low},"close":${event.close},"volume":${event.volume},"barMs":${event.barMs}}`;
  if (event.type === "clock.mark") return "{}";
  const rest = body(PLAIN_TYPES.has(event.type) ? (event as unknown as Record<string, unknown>) : encodeEvent(event));
  const json = JSON.stringify(rest);
  return UNSTORABLE.test(json) ? JSON.stringify(rest, storable) : json;
};

/** ISO text of epoch ms; neighbours share their times, so the last two are kept. */
let lastMs = -1;
let lastIso = "";
let seenMs = -1;
let seenIso = "";
const iso = (ms: number): string => {
  if (ms === seenMs) return seenIso;
  if (ms === lastMs) return lastIso;
  seenMs = lastMs;
  seenIso = lastIso;
  lastMs = ms;
  lastIso = new Date(ms).toISOString();
  return lastIso;
};

/** One line of `copy events (run, seq, type, v, ticker, t_event, t_seen, cause, body) from stdin`, text format. */
export const copyLine = (runNo: number, event: TapeEvent): string => {
  const json = jsonOf(event);
  const ticker = "ticker" in event ? event.ticker : "\\N";
  const escaped = json.includes("\\") ? json.replaceAll("\\", "\\\\") : json;
  return `${runNo}\t${event.seq}\t${event.type}\t${event.v}\t${ticker}\t${iso(event.tEvent)}\t${iso(event.tSeen)}\t${event.cause}\t${escaped}\n`;
};
