import type { History, ListKind, ListQuery, Page } from "../../../actors/ports/store.ts";
import { cursorOf, limitOf } from "../../mechanisms/cursor.ts";
import type { Sql } from "./client.ts";
import { curve, type EventRow, listing } from "./listing.ts";

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
    const limit = limitOf(query.limit);
    const rows = await listing(this.#sql, kind, query, limit + 1);
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
    const [run] =
      query.run === undefined
        ? await sql<{ no: number }[]>`
            select no from runs r where mode in ('live', 'paper', 'simulated') and exists (select 1 from equity where run = r.no)
             order by no desc limit 1`
        : await sql<{ no: number }[]>`select no from runs where id = ${query.run}`;
    if (!run) return [];
    const rows = await curve(sql, run.no, query);
    return rows.map((row) => [row.at.getTime(), row.usd] as const);
  }
}
