import { cursorOf, limitOf, placeOf } from "../../../actors/ports/cursor.ts";
import type { History, ListKind, ListQuery, Page } from "../../../actors/ports/store.ts";
import type { Sql } from "./client.ts";

/** Where each list is indexed by (t_seen, seq, run) and by ticker before these. The rows themselves come from `events`. */
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

interface EventRow {
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

/** "12.500000" → "12.5": the shortest exact decimal, as on the wire. */
const trimmed = (numeric: string): string => (numeric.includes(".") ? numeric.replace(/\.?0+$/, "") : numeric);

const toWire = (row: EventRow): Record<string, unknown> => ({
  run: row.run,
  type: row.type,
  seq: row.seq,
  v: row.v,
  tEvent: row.t_event.getTime(),
  tSeen: row.t_seen.getTime(),
  cause: row.cause,
  ...(row.ticker === null ? {} : { ticker: row.ticker }),
  ...row.body,
  ...(row.status === undefined || row.filled === undefined ? {} : { status: row.status, filled: trimmed(row.filled) }),
});

export class PostgresHistory implements History {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  async list(kind: ListKind, query: ListQuery): Promise<Page<Record<string, unknown>>> {
    const sql = this.#sql;
    const after = query.cursor === undefined ? null : placeOf(query.cursor);
    const limit = limitOf(query.limit);
    const byTicker = kind === "news" && query.ticker !== undefined;
    const table = sql(byTicker ? "news_tickers" : TABLES[kind]);
    const runs = await this.#runNumbers(query.run);
    if (runs.length === 0) return { items: [], cursor: null };
    // Within one run t_seen never goes back, so seq alone orders it and the primary key serves.
    const one = query.run !== undefined && !byTicker && query.ticker === undefined;
    const rows = await sql<EventRow[]>`
      with page as (
        select k.run, k.seq, k.t_seen ${kind === "orders" ? sql`, k.status, k.filled_shares as filled` : sql``}
          from ${table} k
         where k.run in ${sql(runs)}
           ${query.ticker === undefined ? sql`` : sql`and k.ticker = ${query.ticker}`}
           ${query.from === undefined ? sql`` : sql`and k.t_seen >= ${new Date(query.from)}`}
           ${query.to === undefined ? sql`` : sql`and k.t_seen < ${new Date(query.to)}`}
           ${
             after === null
               ? sql``
               : one
                 ? sql`and k.seq < ${after.seq}`
                 : sql`and (k.t_seen, k.seq, k.run) < (${new Date(after.tSeen)}::timestamptz, ${after.seq}::bigint, ${after.runNo}::int)`
           }
         order by ${one ? sql`k.seq desc` : sql`k.t_seen desc, k.seq desc, k.run desc`}
         limit ${limit + 1})
      select e.run as no, r.id as run, e.seq, e.type, e.v, e.ticker, e.t_event, e.t_seen, e.cause, e.body
             ${kind === "orders" ? sql`, p.status, p.filled` : sql``}
        from page p join events e on e.run = p.run and e.seq = p.seq join runs r on r.no = p.run
       order by p.t_seen desc, p.seq desc, p.run desc`;
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    const more = rows.length > limit && last !== undefined;
    return {
      items: shown.map(toWire),
      cursor: more ? cursorOf({ tSeen: last.t_seen.getTime(), seq: last.seq, runNo: last.no }) : null,
    };
  }

  async event(run: string, seq: number): Promise<Record<string, unknown> | null> {
    const [row] = await this.#sql<EventRow[]>`
      select e.run as no, r.id as run, e.seq, e.type, e.v, e.ticker, e.t_event, e.t_seen, e.cause, e.body
        from events e join runs r on r.no = e.run where r.id = ${run} and e.seq = ${seq}`;
    return row ? toWire(row) : null;
  }

  async equity(query: Parameters<History["equity"]>[0]): Promise<readonly (readonly [number, number])[]> {
    const sql = this.#sql;
    const points = Math.max(2, Math.trunc(query.points ?? 1_000));
    const [run] =
      query.run === undefined
        ? await sql<{ no: number }[]>`
            select no from runs r where mode in ('live', 'paper', 'simulated') and exists (select 1 from equity where run = r.no)
             order by no desc limit 1`
        : await sql<{ no: number }[]>`select no from runs where id = ${query.run}`;
    if (!run) return [];
    // The last mark of each of `points` equal spans of time.
    const rows = await sql<{ at: Date; usd: number }[]>`
      with marks as (
        select at, equity_usd from equity
         where run = ${run.no}
           ${query.from === undefined ? sql`` : sql`and at >= ${new Date(query.from)}`}
           ${query.to === undefined ? sql`` : sql`and at < ${new Date(query.to)}`}),
      span as (select min(at) as first, greatest(extract(epoch from max(at) - min(at)), 0.001) as seconds from marks)
      select distinct on (slot) at, equity_usd::float8 as usd
        from marks, span,
             lateral (select ceil(extract(epoch from at - first) / seconds * ${points - 1}::int) as slot) s
       order by slot, at desc`;
    return rows.map((row) => [row.at.getTime(), row.usd] as const);
  }

  async #runNumbers(run: string | undefined): Promise<readonly number[]> {
    const sql = this.#sql;
    const rows = await sql<{ no: number }[]>`
      select no from runs where ${run === undefined ? sql`mode in ('live', 'paper', 'simulated')` : sql`id = ${run}`}`;
    return rows.map((row) => row.no);
  }
}
