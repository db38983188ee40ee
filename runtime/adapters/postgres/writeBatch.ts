import { finished } from "node:stream/promises";
import type { EventType, TapeEvent } from "../../../streams/domain/event.ts";
import type { Sql, TransactionSql } from "./client.ts";
import { copyLine } from "./copyText.ts";
import { DERIVATIONS } from "./derived.ts";

/** [epoch ms, equity µUSD, cash µUSD] */
export type Mark = readonly [at: number, equity: number, cash: number];

/** The tables have less of the run than was written before: entries are missing before those of the batch. Nothing was written. */
export class Rewound extends Error {
  readonly seq: number;
  constructor(seq: number) {
    super(`the tables go to entry ${seq} only: the server lost what had not reached its disk`);
    this.name = "Rewound";
    this.seq = seq;
  }
}

export interface Batch {
  readonly runNo: number;
  /** Entries up to here were written before. */
  readonly written: number;
  /** In seq order. */
  readonly events: readonly TapeEvent[];
  readonly marks: readonly Mark[];
}

const copyEvents = async (tx: TransactionSql, runNo: number, events: readonly TapeEvent[]): Promise<void> => {
  let text = "";
  for (const event of events) text += copyLine(runNo, event);
  const into = await tx`copy events (run, seq, type, v, ticker, t_event, t_seen, cause, body) from stdin`.writable();
  const done = finished(into);
  into.end(text);
  await done;
};

const derive = async (tx: TransactionSql, runNo: number, events: readonly TapeEvent[], from: number, to: number) => {
  const types = new Set<EventType>();
  for (const event of events) types.add(event.type);
  const due = DERIVATIONS.filter((d) => d.types.some((type) => types.has(type)));
  await Promise.all([
    ...due.map((d) => d.run(tx, runNo, from, to)),
    tx`update runs set projected_seq = ${to} where no = ${runNo}`,
  ]);
};

const writeMarks = (tx: TransactionSql, runNo: number, marks: readonly Mark[]) => tx`
  insert into equity (run, at, equity_usd, cash_usd)
  select ${runNo}::int, to_timestamp((m->>0)::numeric / 1000), (m->>1)::numeric / 1000000, (m->>2)::numeric / 1000000
    from jsonb_array_elements(${JSON.stringify(marks)}::text::jsonb) m
  on conflict do nothing`;

/**
 * Writes entries and marks of one run in one transaction and moves `projected_seq` with them. The row of the run is locked first and
 * entries at or below its `projected_seq` are left out, so the same batch twice, or two writers, change nothing twice.
 * The commit does not wait for the disk: what a power cut takes is written again from the tape.
 * @param limitMs what the server gives one statement of it, and us between two: a writer that is gone does not keep the lock
 * @returns the run's new projected_seq
 * @throws Rewound
 */
export const writeBatch = (sql: Sql, { runNo, written, events, marks }: Batch, limitMs: number): Promise<number> =>
  sql.begin(async (tx) => {
    const [, [run]] = await Promise.all([
      tx`select set_config('synchronous_commit', 'off', true), set_config('statement_timeout', ${String(limitMs)}, true),
                set_config('idle_in_transaction_session_timeout', ${String(limitMs)}, true)`,
      tx<{ projected_seq: number }[]>`select projected_seq from runs where no = ${runNo} for update`,
    ]);
    if (!run) throw new Error(`run number ${runNo} is not in the store any more (was it dropped while it was written?)`);
    const from = run.projected_seq;
    if (from < written) throw new Rewound(from);
    const fresh = events.filter((event) => event.seq > from);
    const to = fresh.at(-1)?.seq ?? from;
    if (fresh.length > 0) {
      await copyEvents(tx, runNo, fresh);
      await derive(tx, runNo, fresh, from, to);
    }
    if (marks.length > 0) await writeMarks(tx, runNo, marks);
    return to;
  }) as Promise<number>;
