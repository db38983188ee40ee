import type { EventType } from "../../../streams/domain/event.ts";
import type { TransactionSql } from "./client.ts";

/**
 * The typed tables follow from `events`, inside the database: each statement reads the entries (from, to] of one run that are of its
 * types. They run in this order, after the entries were written, and only when the batch holds such an entry.
 * Repeated reports (the same order submitted again, the same fill told twice) change nothing.
 */
export interface Derivation {
  readonly types: readonly EventType[];
  readonly run: (tx: TransactionSql, runNo: number, from: number, to: number) => PromiseLike<unknown>;
}

export const DERIVATIONS: readonly Derivation[] = [
  {
    types: ["market.bar"],
    run: (tx, run, from, to) => tx`
      insert into bars
      select run, seq, ticker, t_event, t_seen, (body->>'barMs')::bigint, (body->>'open')::float8, (body->>'high')::float8,
             (body->>'low')::float8, (body->>'close')::float8, (body->>'volume')::float8
        from events where run = ${run} and seq > ${from} and seq <= ${to} and type = 'market.bar' order by seq`,
  },
  {
    types: ["market.quote"],
    run: (tx, run, from, to) => tx`
      insert into quotes
      select run, seq, ticker, t_event, (body->>'bid')::float8, (body->>'ask')::float8,
             (body->>'bidSize')::float8, (body->>'askSize')::float8
        from events where run = ${run} and seq > ${from} and seq <= ${to} and type = 'market.quote' order by seq`,
  },
  {
    types: ["news.raw"],
    run: (tx, run, from, to) => tx`
      insert into news_raw
      select run, seq, body->>'id', body->>'source', array(select jsonb_array_elements_text(body->'tickers')),
             body->>'headline', body->>'url', t_event, t_seen
        from events where run = ${run} and seq > ${from} and seq <= ${to} and type = 'news.raw' order by seq`,
  },
  {
    types: ["news.scored"],
    run: (tx, run, from, to) => tx`
      with news as (
        insert into news_scored
        select run, seq, body->>'id', body->>'source', array(select jsonb_array_elements_text(body->'tickers')),
               body->>'headline', body->>'url', (body->>'score')::float8, (body->>'confidence')::float8, body->>'scorer',
               t_event, t_seen
          from events where run = ${run} and seq > ${from} and seq <= ${to} and type = 'news.scored' order by seq
        returning run, seq, tickers, t_seen)
      insert into news_tickers (ticker, t_seen, seq, run)
      select distinct unnest(tickers), t_seen, seq, run from news`,
  },
  {
    types: ["signal.generated"],
    run: (tx, run, from, to) => tx`
      insert into signals
      select run, seq, ticker, body->>'strategy', (body->>'score')::float8, (body->>'confidence')::float8, body->>'reason',
             array(select jsonb_array_elements_text(body->'causes')::bigint), t_seen
        from events where run = ${run} and seq > ${from} and seq <= ${to} and type = 'signal.generated' order by seq`,
  },
  {
    types: ["target.set"],
    run: (tx, run, from, to) => tx`
      insert into targets
      select run, seq, ticker, (body->>'strength')::float8, (body->>'weight')::float8, body->'contributions', t_seen
        from events where run = ${run} and seq > ${from} and seq <= ${to} and type = 'target.set' order by seq`,
  },
  {
    types: ["risk.verdict"],
    run: (tx, run, from, to) => tx`
      insert into verdicts
      select run, seq, ticker, body->>'orderId', body->>'outcome', (body->>'asked')::numeric, (body->>'granted')::numeric,
             nullif(body->'denial', 'null'), t_seen
        from events where run = ${run} and seq > ${from} and seq <= ${to} and type = 'risk.verdict' order by seq`,
  },
  {
    types: ["order.submitted"],
    run: (tx, run, from, to) => tx`
      insert into orders (run, seq, id, ticker, side, kind, qty_shares, cash_fraction, limit_usd, stop_usd, tif, bracket,
                          reduce_only, asked_by, origin, t_seen)
      select run, seq, o->>'id', ticker, o->>'side', o->>'kind', (o->>'qty')::numeric, (o->>'cashFraction')::float8,
             (o->>'limitPx')::numeric, (o->>'stopPx')::numeric, o->>'tif', nullif(o->'bracket', 'null'),
             (o->>'reduceOnly')::boolean, o->>'by', (o->>'origin')::bigint, t_seen
        from events, lateral (select body->'order' as o) x
       where run = ${run} and seq > ${from} and seq <= ${to} and type = 'order.submitted' order by seq
      on conflict (run, id) do nothing`,
  },
  {
    types: ["order.filled"],
    run: (tx, run, from, to) => tx`
      insert into fills
      select run, seq, body->>'orderId', body->>'fillId', ticker, body->>'side', (body->>'qty')::numeric, (body->>'px')::numeric,
             (body->>'commission')::numeric, (body->>'leaves')::numeric, t_event, t_seen
        from events where run = ${run} and seq > ${from} and seq <= ${to} and type = 'order.filled' order by seq
      on conflict (run, order_id, fill_id) do nothing`,
  },
  {
    types: ["order.submitted", "order.filled"],
    run: (tx, run, from, to) => tx`
      update orders o set filled_shares = f.filled
        from (select order_id, sum(qty_shares) as filled from fills
               where run = ${run} and order_id in (
                     select coalesce(body->>'orderId', body->'order'->>'id') from events
                      where run = ${run} and seq > ${from} and seq <= ${to} and type in ('order.submitted', 'order.filled'))
               group by order_id) f
       where o.run = ${run} and o.id = f.order_id and o.filled_shares <> f.filled`,
  },
  {
    types: [
      "order.accepted",
      "order.cancelRequested",
      "order.cancelled",
      "order.rejected",
      "order.expired",
      "order.lost",
      "order.filled",
    ],
    run: (tx, run, from, to) => tx`
      update orders o
         set accepted_seq = coalesce(o.accepted_seq, s.accepted),
             cancel_requested_seq = coalesce(o.cancel_requested_seq, s.asked),
             closed_seq = coalesce(o.closed_seq, s.closed),
             closed_as = coalesce(o.closed_as, s.closed_as)
        from (select body->>'orderId' as id,
                     min(seq) filter (where type = 'order.accepted') as accepted,
                     min(seq) filter (where type = 'order.cancelRequested') as asked,
                     min(seq) filter (where ends) as closed,
                     (array_agg(substr(type, 7) order by seq) filter (where ends))[1] as closed_as
                from events, lateral (select type in ('order.cancelled', 'order.rejected', 'order.expired', 'order.lost')
                                          or type = 'order.filled' and (body->>'leaves')::numeric = 0 as ends) x
               where run = ${run} and seq > ${from} and seq <= ${to} and type like 'order.%' and body ? 'orderId'
               group by 1) s
       where o.run = ${run} and o.id = s.id`,
  },
  {
    types: ["order.replaced"],
    run: (tx, run, from, to) => tx`
      update orders o set limit_usd = r.limit_usd, stop_usd = r.stop_usd, bracket = r.bracket
        from (select distinct on (body->>'orderId') body->>'orderId' as id, (body->>'limitPx')::numeric as limit_usd,
                     (body->>'stopPx')::numeric as stop_usd, nullif(body->'bracket', 'null') as bracket
                from events where run = ${run} and seq > ${from} and seq <= ${to} and type = 'order.replaced'
               order by body->>'orderId', seq desc) r
       where o.run = ${run} and o.id = r.id`,
  },
  {
    types: ["trade.closed"],
    run: (tx, run, from, to) => tx`
      insert into trades
      select run, seq, ticker, (t->>'shares')::numeric, (t->>'entryPx')::numeric, (t->>'exitPx')::numeric,
             to_timestamp((t->>'entryAt')::numeric / 1000), to_timestamp((t->>'exitAt')::numeric / 1000),
             (t->>'pnl')::numeric, (t->>'commission')::numeric, t->>'entryOrder', t->>'exitOrder', (t->>'exitFill')::bigint, t_seen,
             coalesce(t->>'book', 'account')
        from events, lateral (select body->'trade' as t) x
       where run = ${run} and seq > ${from} and seq <= ${to} and type = 'trade.closed' order by seq`,
  },
  {
    types: ["account.split"],
    run: (tx, run, from, to) => tx`
      insert into splits
      select run, seq, ticker, (body->>'numerator')::int, (body->>'denominator')::int, t_seen
        from events where run = ${run} and seq > ${from} and seq <= ${to} and type = 'account.split' order by seq`,
  },
  {
    types: ["learning.outcome"],
    run: (tx, run, from, to) => tx`
      insert into outcomes
      select run, seq, ticker, (body->>'trade')::bigint, body->>'strategy', (body->>'credit')::float8, (body->>'weight')::float8, t_seen
        from events where run = ${run} and seq > ${from} and seq <= ${to} and type = 'learning.outcome' order by seq`,
  },
];
