import type { Sql } from "../../runtime/adapters/postgres/client.ts";
import { DERIVATIONS } from "../../runtime/adapters/postgres/derived.ts";

/** A ticker of one block in 4, and one of a few blocks in all. */
export const COMMON = "COM";
export const RARE = "RARE";
/** The run that holds most of it; a small one of those beside it; a backtest whose times are newer than all others'. */
export const BIG = "big";
export const SMALL = "small-7";
export const SHADOW = "backtest";
const SMALL_RUNS = 50;
/** Epoch ms of every run's first entry; entries are 30 ms apart: a bar a minute of 2,000 tickers. */
export const START = Date.UTC(2024, 0, 2, 14, 30);
export const STEP_MS = 30;
export const SHADOW_LATER_MS = 365 * 86_400_000;

interface Part {
  readonly run: string;
  readonly mode: "paper" | "backtest";
  readonly events: number;
  readonly start: number;
}

/** Of `total` events a tenth is a backtest, a twentieth many small runs. */
export const partsOf = (total: number): readonly Part[] => {
  const small = Math.floor(total / 20 / SMALL_RUNS);
  const shadow = Math.floor(total / 10);
  const big = total - shadow - small * SMALL_RUNS;
  return [
    ...Array.from({ length: SMALL_RUNS }, (_, i) => ({
      run: `small-${i}`,
      mode: "paper" as const,
      events: small,
      start: START + i * 3_600_000,
    })),
    { run: BIG, mode: "paper", events: big, start: START },
    { run: SHADOW, mode: "backtest", events: shadow, start: START + SHADOW_LATER_MS },
  ];
};

/**
 * A block of 200 entries is one idea from headline to closed trade, the rest bars. `x` numbers entries over all runs, so that ids differ.
 * Bodies have the fields that the derived tables read.
 */
const ENTRIES = `
  select $1::int as run, s as seq, e.type, 1::smallint as v,
         case e.type when 'news.raw' then null when 'news.scored' then null when 'market.bar' then 'T' || lpad((s % 2000)::text, 4, '0')
                     else b.ticker end as ticker,
         t.at as t_event, t.at as t_seen, 0::bigint as cause,
         case e.type
           when 'market.bar' then jsonb_build_object('open', 100 + s % 50, 'high', 102 + s % 50, 'low', 99 + s % 50,
                                                     'close', 101 + s % 50, 'volume', 1000 + s % 777, 'barMs', 60000)
           when 'news.raw' then jsonb_build_object('id', 'n' || b.no, 'source', 'wire', 'tickers', '[]'::jsonb,
                                                   'headline', 'Something happened at ' || b.ticker || ', sources say', 'url', null)
           when 'news.scored' then jsonb_build_object('id', 'n' || b.no, 'source', 'wire', 'tickers', jsonb_build_array(b.ticker),
                                                      'headline', 'Something happened at ' || b.ticker || ', sources say', 'url', null,
                                                      'score', 0.5, 'confidence', 0.75, 'scorer', 'builtin')
           when 'signal.generated' then jsonb_build_object('strategy', 'momentum', 'score', 0.5, 'confidence', 0.8,
                                                           'reason', 'up 3 % in 20 bars', 'causes', jsonb_build_array(greatest(s - 5, 1)))
           when 'target.set' then jsonb_build_object('strength', 0.4, 'weight', 0.04, 'contributions', '[]'::jsonb)
           when 'risk.verdict' then jsonb_build_object('orderId', 'o' || b.no, 'outcome', 'approved', 'asked', '10', 'granted', '10',
                                                       'denial', null)
           when 'order.submitted' then jsonb_build_object('order', jsonb_build_object(
             'id', 'o' || b.no, 'side', 'buy', 'kind', 'market', 'qty', '10', 'cashFraction', null, 'limitPx', null, 'stopPx', null,
             'tif', 'day', 'bracket', null, 'reduceOnly', false, 'by', 'ensemble', 'origin', s - 1))
           when 'order.accepted' then jsonb_build_object('orderId', 'o' || b.no, 'brokerId', 'b' || b.no)
           when 'order.filled' then jsonb_build_object('orderId', 'o' || b.no, 'fillId', 'f' || b.no, 'side', 'buy', 'qty', '10',
                                                       'px', '101.25', 'commission', '0.35', 'leaves', '0')
           when 'trade.closed' then jsonb_build_object('trade', jsonb_build_object(
             'shares', '10', 'entryPx', '101.25', 'exitPx', '102.5', 'entryAt', 1709908200000, 'exitAt', 1709908260000, 'pnl', '12.15',
             'commission', '0.7', 'entryOrder', 'o' || b.no, 'exitOrder', 'o' || b.no, 'exitFill', s - 1))
           else jsonb_build_object('trade', s - 1, 'strategy', 'momentum', 'credit', 1.5, 'weight', 1) end as body
    from generate_series($3::bigint, $4::bigint) s
   cross join lateral (select to_timestamp(($2::bigint + s * ${STEP_MS}) / 1000.0) as at) t
   cross join lateral (select s / 200 as no, case when (s / 200) % 4 = 0 then '${COMMON}' when (s / 200) % 4999 = 7 then '${RARE}'
                                                  else 'T' || lpad(((s / 200) * 7919 % 1999)::text, 4, '0') end as ticker) b
   cross join lateral (select case s % 200 when 1 then 'news.raw' when 2 then 'news.scored'
     when 10 then 'signal.generated' when 20 then 'signal.generated' when 30 then 'signal.generated'
     when 40 then 'target.set' when 50 then 'target.set' when 60 then 'risk.verdict' when 61 then 'order.submitted'
     when 62 then 'order.accepted' when 63 then 'order.filled' when 64 then 'trade.closed'
     when 65 then 'learning.outcome' when 66 then 'learning.outcome' else 'market.bar' end as type) e`;

/** Rows a statement: what one lock, one trigger queue and one person waiting can bear. */
const STRIDE = 500_000;

const fillPart = async (sql: Sql, { run, mode, events, start }: Part): Promise<void> => {
  const [row] = await sql<{ no: number }[]>`
    insert into runs (id, mode, config_hash, seed, version, config, projected_seq)
    values (${run}, ${mode}, 'c', 1, '0', '{}', ${events}) returning no`;
  const no = row?.no ?? 0;
  for (let from = 0; from < events; from += STRIDE) {
    const to = Math.min(from + STRIDE, events);
    await sql.begin(async (tx) => {
      await tx`set local synchronous_commit = off`;
      await tx.unsafe(`insert into events ${ENTRIES}`, [no, start, from + 1, to]);
      for (const derivation of DERIVATIONS) await derivation.run(tx, no, from, to);
      await tx`
        insert into equity
        select ${no}::int, to_timestamp((${start}::bigint + s * ${STEP_MS}::int) / 1000.0), 100000 + s % 1000, 50000
          from generate_series(${from + 1}::bigint, ${to}::bigint) s where s % 20 = 0`;
    });
  }
};

/** Fills a migrated, empty database with runs of `total` events in all, the typed tables by the projection's own statements. */
export const fillManyEvents = async (sql: Sql, total: number): Promise<void> => {
  const parts = partsOf(total);
  await Promise.all([
    fillPart(sql, parts[parts.length - 2] as Part), // the big one beside all others: two cores
    (async () => {
      for (const part of parts) if (part.run !== BIG) await fillPart(sql, part);
    })(),
  ]);
  // As the server does by itself in time. `events` and `bars` are too long to wait for; nothing here depends on their being vacuumed.
  await sql`vacuum (analyze) orders, fills, trades, signals, targets, verdicts, outcomes, news_scored, news_tickers, equity, runs`;
  await sql`analyze events, bars`;
};
