import { z } from "zod";
import { ControlItem } from "./controlItems.ts";
import { PortfolioItem, PositionItem, RiskItem, StrategyItem } from "./items.ts";
import { route } from "./route.ts";
import { ActorItem, DeadLetterItem, PlaySpeed, TapeItem } from "./systemItems.ts";
import { At, TickerText } from "./wire.ts";

const Time = z.coerce.number().int().nonnegative();
/** Filters of a list: one ticker, `from` (inclusive) to `to` (exclusive) in epoch ms, page by page. */
const ListQuery = z.object({
  ticker: TickerText.optional(),
  from: Time.optional(),
  to: Time.optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
  cursor: z.string().max(200).optional(),
});
/** A page, newest first. `cursor` goes into the next query; null at the end. */
const pageOf = <S extends z.ZodType>(item: S) => z.object({ items: z.array(item), cursor: z.string().nullable() });
/** What the tables hold of an event: its wire form, with the run it belongs to. */
const HistoryRow = z.looseObject({ seq: z.number().optional(), run: z.string().optional() });
const historyPage = pageOf(HistoryRow);
const all = <S extends z.ZodType>(item: S) => z.object({ items: z.array(item) });
const Done = z.object({ accepted: z.literal(true) });
/** `already`: it was so before, and nothing changed. `state`: as this gateway knows it; a core elsewhere may be a moment ahead. */
const Controlled = z.object({ accepted: z.literal(true), already: z.boolean(), state: ControlItem });
const Reason = z.string().min(1).max(200).default("asked by a person");
/** Also shares that no strategy of this deck bought. */
const WholeAccount = z.boolean().default(false);

const Check = z.object({ name: z.string(), ok: z.boolean(), detail: z.string() });
const Health = z.object({ status: z.literal("ok"), version: z.string() });
const Ready = z.object({ ready: z.boolean(), checks: z.array(Check) });
/** Who is asking. `rights`: what they may do. */
export const Session = z.object({
  signedIn: z.boolean(),
  user: z.string().nullable(),
  rights: z.array(z.enum(["read", "control"])),
  expiresAt: At.nullable(),
});
export type Session = z.output<typeof Session>;

export const routes = {
  health: route({ method: "get", path: "/health", access: "open", summary: "Alive", ok: Health }),
  ready: route({
    method: "get",
    path: "/ready",
    access: "open",
    summary: "Ready to trade: each dependency's state; 503 with the same body in `details` when one is not",
    ok: Ready,
    errors: { NOT_READY: 503 },
  }),
  metrics: route({ method: "get", path: "/metrics", summary: "Prometheus", ok: z.string(), produces: "text/plain" }),
  openapi: route({
    method: "get",
    path: "/api/openapi.json",
    summary: "This description",
    ok: z.looseObject({}),
  }),
  docs: route({
    method: "get",
    path: "/api/docs",
    summary: "This description as a page",
    ok: z.string(),
    produces: "text/html",
  }),

  session: route({ method: "get", path: "/api/auth/session", access: "open", summary: "Who is signed in", ok: Session }),
  signIn: route({
    method: "post",
    path: "/api/auth/sign-in",
    access: "open",
    summary: "Exchange the one-time token printed at start for a session cookie",
    body: z.object({ token: z.string().min(1).max(200) }),
    ok: Session,
    errors: { TOKEN_INVALID: 401 },
  }),
  logout: route({ method: "post", path: "/api/auth/logout", access: "open", summary: "End the session", ok: Session }),

  portfolio: route({
    method: "get",
    path: "/api/portfolio",
    summary: "The account now",
    ok: PortfolioItem,
    errors: { NO_ACCOUNT: 404 },
  }),
  positions: route({
    method: "get",
    path: "/api/positions",
    summary: "Open positions now",
    query: z.object({ ticker: TickerText.optional() }),
    ok: all(PositionItem),
  }),
  risk: route({ method: "get", path: "/api/risk", summary: "Limits and what is used of them", ok: RiskItem }),
  controlState: route({
    method: "get",
    path: "/api/control/state",
    summary: "Paused, killed, closing: since when, by whom, how much is left and what it waits for",
    ok: ControlItem,
  }),
  strategies: route({ method: "get", path: "/api/strategies", summary: "Strategies and their weights", ok: all(StrategyItem) }),
  orders: route({ method: "get", path: "/api/orders", summary: "Orders, newest first", query: ListQuery, ok: historyPage }),
  trades: route({
    method: "get",
    path: "/api/trades",
    summary: "Closed trades, newest first",
    query: ListQuery.extend({ book: z.string().min(1).max(100).optional() }),
    ok: historyPage,
  }),
  fills: route({ method: "get", path: "/api/fills", summary: "Fills, newest first", query: ListQuery, ok: historyPage }),
  signals: route({ method: "get", path: "/api/signals", summary: "Signals, newest first", query: ListQuery, ok: historyPage }),
  news: route({ method: "get", path: "/api/news", summary: "Scored headlines, newest first", query: ListQuery, ok: historyPage }),
  learning: route({
    method: "get",
    path: "/api/learning",
    summary: "Outcomes by strategy, newest first",
    query: ListQuery,
    ok: historyPage,
  }),
  equity: route({
    method: "get",
    path: "/api/equity",
    summary: "The equity curve, oldest first: [epoch ms, USD], thinned",
    query: z.object({
      from: Time.optional(),
      to: Time.optional(),
      points: z.coerce.number().int().min(2).max(5000).default(1000),
    }),
    ok: z.object({ points: z.array(z.tuple([z.number(), z.number()])) }),
  }),

  actors: route({
    method: "get",
    path: "/api/actors",
    summary: "The supervision tree with its figures, in tree order",
    ok: all(ActorItem),
  }),
  controlActor: route({
    method: "post",
    path: "/api/actors/{path}/{action}",
    access: "control",
    summary: "Restart, pause, resume or stop an actor; its path URL-encoded",
    params: z.object({ path: z.string().min(1).max(200), action: z.enum(["restart", "pause", "resume", "stop"]) }),
    ok: Done,
    errors: { ACTOR_UNKNOWN: 404, ACTOR_STOPPED: 409 },
  }),
  deadLetters: route({
    method: "get",
    path: "/api/dead-letters",
    summary: "Messages that crashed their actor twice",
    ok: all(DeadLetterItem),
  }),
  retryDeadLetter: route({
    method: "post",
    path: "/api/dead-letters/{id}/retry",
    access: "control",
    summary: "Tell the message to its actor again",
    params: z.object({ id: z.coerce.number().int().nonnegative() }),
    ok: Done,
    errors: { DEAD_LETTER_UNKNOWN: 404 },
  }),

  pause: route({
    method: "post",
    path: "/api/control/pause",
    access: "control",
    summary: "Stop opening positions; exits go on. Until resume",
    body: z.object({ reason: Reason }),
    ok: Controlled,
  }),
  resume: route({
    method: "post",
    path: "/api/control/resume",
    access: "control",
    summary: "End a pause. A kill is ended by unkill",
    ok: Controlled,
    errors: { KILLED: 409 },
  }),
  kill: route({
    method: "post",
    path: "/api/control/kill",
    access: "control",
    summary: "Stop trading, withdraw every working order, close every position of the deck, and stay flat. Until unkill",
    body: z.object({ reason: Reason, wholeAccount: WholeAccount }),
    ok: Controlled,
  }),
  unkill: route({
    method: "post",
    path: "/api/control/unkill",
    access: "control",
    summary: "End a kill. A person's session only, never a token; a pause from before it goes on",
    ok: Controlled,
    errors: { SESSION_REQUIRED: 403 },
  }),
  closeAll: route({
    method: "post",
    path: "/api/control/close-all",
    access: "control",
    summary: "Close every position of the deck. Trading goes on; each ticker is closing until it is flat",
    body: z.object({ wholeAccount: WholeAccount }),
    ok: Controlled,
  }),
  closePosition: route({
    method: "post",
    path: "/api/control/positions/{ticker}/close",
    access: "control",
    summary: "Close one position: its orders are withdrawn, what the deck owns of it is sold. Closing until it is flat",
    params: z.object({ ticker: TickerText }),
    body: z.object({ wholeAccount: WholeAccount }),
    ok: Controlled,
    errors: { POSITION_UNKNOWN: 404, ACCOUNT_ONLY: 409 },
  }),
  play: route({
    method: "post",
    path: "/api/tape",
    access: "control",
    summary: "Play, pause or change the speed of the tape",
    body: z
      .object({ playing: z.boolean().optional(), speed: PlaySpeed.optional() })
      .refine((b) => b.playing !== undefined || b.speed !== undefined, "expected playing, speed or both"),
    ok: TapeItem,
    errors: { NOT_PLAYABLE: 409 },
  }),
} as const;
