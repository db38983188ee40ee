import type { History, ListKind, ListQuery } from "../../../actors/ports/store.ts";
import { placeOf } from "../../mechanisms/cursor.ts";
import type { Sql } from "./client.ts";

/** Where each list is indexed: (run, t_seen, seq), and with the ticker before these. The rows themselves come from `events`. */
const TABLES: Readonly<Record<ListKind, string>> = {
  orders: "orders",
  fills: "fills",
  trades: "trades",
  signals: "signals",
  verdicts: "verdicts",
  news: "news_scored",
  targets: "targets",
  outcomes: "outcomes",
};

export interface EventRow {
  readonly no: number;
  readonly run: string;
  readonly seq: number;
  readonly type: string;
  readonly v: number;
  readonly ticker: string | null;
  readonly t_event: Date;
  readonly t_seen: Date;
  readonly cause: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly status?: string;
  readonly filled?: string;
}

const conditions = (sql: Sql, kind: ListKind, query: ListQuery) => {
  const after = query.cursor === undefined ? null : placeOf(query.cursor);
  return sql`
    ${query.ticker === undefined ? sql`` : sql`and k.ticker = ${query.ticker}`}
    ${query.book === undefined || kind !== "trades" ? sql`` : sql`and k.book = ${query.book}`}
    ${query.from === undefined ? sql`` : sql`and k.t_seen >= ${new Date(query.from)}`}
    ${query.to === undefined ? sql`` : sql`and k.t_seen < ${new Date(query.to)}`}
    ${
      // The order is (t_seen, seq, run): at the cursor's own place the runs before its run are still to come.
      after === null
        ? sql``
        : sql`and (k.t_seen, k.seq)
                < (${new Date(after.tSeen)}::timestamptz, ${after.seq}::bigint + (r.no < ${after.runNo}::int)::int)`
    }`;
};

/** Runs whose `rows`-th newest row says what is too old for the page. */
const JUDGES = 4;

/**
 * A page of `rows` rows, newest first. Run by run along the index, so that what other runs hold costs nothing: the newest row of each run
 * says which `rows` runs can be in the page at all, and what is older than a page of one of the newest runs is not read of any.
 * The laterals hold the planner to these steps.
 */
export const listing = (sql: Sql, kind: ListKind, query: ListQuery, rows: number) => {
  const table = sql(kind === "news" && query.ticker !== undefined ? "news_tickers" : TABLES[kind]);
  const isOrders = kind === "orders";
  const isOne = query.run !== undefined;
  const newest = (limits: ReturnType<Sql>, more = sql``) => sql`
    cross join lateral (
      select k.t_seen, k.seq from ${table} k where k.run = r.no ${conditions(sql, kind, query)} ${more}
       order by k.t_seen desc, k.seq desc ${limits}) k`;
  return sql<EventRow[]>`
    with heads as (
      select r.no, r.id, k.t_seen from runs r ${newest(sql`limit 1`)}
       where ${isOne ? sql`r.id = ${query.run ?? ""}` : sql`r.mode in ('live', 'paper', 'simulated')`}
       order by k.t_seen desc, k.seq desc, r.no desc limit ${rows}),
    floor as (
      select coalesce(max(k.t_seen), '-infinity') as at
        from (select no from heads order by t_seen desc limit ${isOne ? 0 : JUDGES}) r ${newest(sql`offset ${rows - 1} limit 1`)}),
    page as (
      select r.no, r.id, k.t_seen, k.seq
        from heads r ${newest(sql`limit ${rows}`, isOne ? sql`` : sql`and k.t_seen >= (select at from floor)`)}
       order by k.t_seen desc, k.seq desc, r.no desc limit ${rows})
    select p.no, p.id as run, p.seq, e.type, e.v, e.ticker, e.t_event, e.t_seen, e.cause, e.body
           ${isOrders ? sql`, o.status, o.filled` : sql``}
      from page p
     cross join lateral (select * from events where run = p.no and seq = p.seq limit 1) e
     ${
       isOrders
         ? sql`cross join lateral (
                 select status, filled_shares as filled from orders where run = p.no and seq = p.seq limit 1) o`
         : sql``
     }
     order by p.t_seen desc, p.seq desc, p.no desc`;
};

/** The last mark of each of `points` equal spans of time, each found by itself along the index. A span without one gives none. */
export const curve = (sql: Sql, runNo: number, query: Parameters<History["equity"]>[0]) => {
  const slots = Math.max(2, Math.trunc(query.points ?? 1_000)) - 1;
  const marks = sql`
    equity where run = ${runNo}
      ${query.from === undefined ? sql`` : sql`and at >= ${new Date(query.from)}`}
      ${query.to === undefined ? sql`` : sql`and at < ${new Date(query.to)}`}`;
  return sql<{ at: Date; usd: number }[]>`
    with span as (
      select f.at as first, round(extract(epoch from l.at - f.at) * 1000)::bigint as ms
        from (select at from ${marks} order by at limit 1) f, (select at from ${marks} order by at desc limit 1) l)
    select distinct on (m.at) m.at, m.usd
      from span
     cross join generate_series(0, ${slots}::int) slot
     cross join lateral (
       select at, equity_usd::float8 as usd from ${marks} and at <= span.first + (slot * span.ms / ${slots}::int) * interval '1 ms'
        order by at desc limit 1) m
     order by m.at`;
};
