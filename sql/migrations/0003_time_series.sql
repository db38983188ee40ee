-- Observations are floats; amounts of the ledger are numeric. No unique keys but equity's: a tape may hold a bar twice, and says so.

create table bars (
  run      integer          not null,
  seq      bigint           not null,
  ticker   text             not null,
  t_start  timestamptz      not null,
  t_seen   timestamptz      not null,                                          -- its close, when it was known
  bar_ms   bigint           not null check (bar_ms > 0),                       -- length, milliseconds
  open     double precision not null check (open > 0),                         -- USD per share, as are high, low, close
  high     double precision not null,
  low      double precision not null check (low > 0),
  close    double precision not null check (close > 0),
  volume   double precision not null check (volume >= 0)                       -- shares
);
create index bars_by_ticker on bars (ticker, t_start desc);

create table quotes (
  run        integer          not null,
  seq        bigint           not null,
  ticker     text             not null,
  t_event    timestamptz      not null,
  bid        double precision not null check (bid > 0),                        -- USD per share
  ask        double precision not null check (ask > 0),                        -- USD per share
  bid_shares double precision not null check (bid_shares >= 0),
  ask_shares double precision not null check (ask_shares >= 0)
);
create index quotes_by_ticker on quotes (ticker, t_event desc);

create table equity (
  run        integer       not null references runs (no) on delete cascade,
  at         timestamptz   not null,
  equity_usd numeric(20,6) not null,
  cash_usd   numeric(20,6) not null,
  primary key (run, at)
);

-- With TimescaleDB they are hypertables. Without it, or where it is installed but not preloaded, block-range indexes on time.
do $$
begin
  if exists (select 1 from pg_available_extensions where name = 'timescaledb') then
    begin
      create extension if not exists timescaledb;
      execute $sql$ select create_hypertable('bars', 't_start', chunk_time_interval => interval '30 days', create_default_indexes => false) $sql$;
      execute $sql$ select create_hypertable('quotes', 't_event', chunk_time_interval => interval '1 day', create_default_indexes => false) $sql$;
      execute $sql$ select create_hypertable('equity', 'at', chunk_time_interval => interval '30 days', create_default_indexes => false) $sql$;
      return;
    exception when others then
      raise notice 'TimescaleDB is available and cannot be used: %. Plain tables instead', sqlerrm;
    end;
  end if;
  create index bars_by_time on bars using brin (t_start, run);
  create index quotes_by_time on quotes using brin (t_event, run);
  create index equity_by_time on equity using brin (at);
end $$;
