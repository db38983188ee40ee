-- What the core decided and what came of it. Each row is one event's; (run, seq) finds the event.

create table signals (
  run        integer          not null,
  seq        bigint           not null,
  ticker     text             not null,
  strategy   text             not null,
  score      double precision not null check (score between -1 and 1),         -- direction × strength
  confidence double precision not null check (confidence between 0 and 1),
  reason     text             not null,
  causes     bigint[]         not null,                                        -- seqs of the bars and headlines it rests on
  t_seen     timestamptz      not null,
  primary key (run, seq),
  foreign key (run, seq) references events (run, seq) on delete cascade
);
create index signals_by_time on signals (t_seen, seq, run);
create index signals_by_ticker on signals (ticker, t_seen, seq, run);

create table targets (
  run           integer          not null,
  seq           bigint           not null,
  ticker        text             not null,
  strength      double precision not null check (strength between -1 and 1),
  weight        double precision not null check (weight between -1 and 1),     -- fraction of equity, before risk
  contributions jsonb            not null,
  t_seen        timestamptz      not null,
  primary key (run, seq),
  foreign key (run, seq) references events (run, seq) on delete cascade
);
create index targets_by_time on targets (t_seen, seq, run);
create index targets_by_ticker on targets (ticker, t_seen, seq, run);

create table verdicts (
  run            integer       not null,
  seq            bigint        not null,
  ticker         text          not null,
  order_id       text          not null,
  outcome        text          not null check (outcome in ('approved', 'resized', 'denied')),
  asked_shares   numeric(20,6) not null check (asked_shares >= 0),
  granted_shares numeric(20,6) not null check (granted_shares >= 0),
  denial         jsonb,                                                        -- the code, with the numbers
  t_seen         timestamptz   not null,
  primary key (run, seq),
  foreign key (run, seq) references events (run, seq) on delete cascade,
  check (outcome <> 'denied' or granted_shares = 0)
);
create index verdicts_by_time on verdicts (t_seen, seq, run);
create index verdicts_by_ticker on verdicts (ticker, t_seen, seq, run);

-- The intent, then what became of it. The status follows from the facts, as in the order's state machine.
create table orders (
  run                  integer          not null,
  seq                  bigint           not null,
  id                   text             not null,                              -- also the broker's client_order_id
  ticker               text             not null,
  side                 text             not null check (side in ('buy', 'sell')),
  kind                 text             not null check (kind in ('market', 'limit', 'stop')),
  qty_shares           numeric(20,6)    not null check (qty_shares >= 0),      -- 0: sized at the fill by cash_fraction
  cash_fraction        double precision check (cash_fraction > 0 and cash_fraction <= 1),
  limit_usd            numeric(20,6)    check (limit_usd > 0),                 -- USD per share
  stop_usd             numeric(20,6)    check (stop_usd > 0),                  -- USD per share
  tif                  text             not null check (tif in ('day', 'gtc')),
  bracket              jsonb,
  reduce_only          boolean          not null,
  asked_by             text             not null,
  origin               bigint           not null check (origin >= 0),          -- seq of the target or signal
  t_seen               timestamptz      not null,
  accepted_seq         bigint,
  cancel_requested_seq bigint,
  closed_seq           bigint,
  closed_as            text             check (closed_as in ('filled', 'cancelled', 'rejected', 'expired')),
  filled_shares        numeric(20,6)    not null default 0 check (filled_shares >= 0),
  status               text             not null generated always as (
    case when closed_as is not null then closed_as
         when cancel_requested_seq is not null then 'pending_cancel'
         when filled_shares > 0 then 'partially_filled'
         when accepted_seq is not null then 'accepted'
         else 'submitted' end) stored,
  primary key (run, seq),
  unique (run, id),
  foreign key (run, seq) references events (run, seq) on delete cascade,
  check ((closed_seq is null) = (closed_as is null))
);
create index orders_by_time on orders (t_seen, seq, run);
create index orders_by_ticker on orders (ticker, t_seen, seq, run);
create index orders_open on orders (run, ticker) where closed_as is null;

-- Fills are immutable facts; corrections are new rows. No foreign key to orders: a fill the broker knows of and we do not is adopted.
create table fills (
  run            integer       not null,
  seq            bigint        not null,
  order_id       text          not null,
  fill_id        text          not null check (fill_id <> ''),                 -- the broker's
  ticker         text          not null,
  side           text          not null check (side in ('buy', 'sell')),
  qty_shares     numeric(20,6) not null check (qty_shares > 0),
  price_usd      numeric(20,6) not null check (price_usd > 0),                 -- USD per share
  commission_usd numeric(20,6) not null,
  leaves_shares  numeric(20,6) not null check (leaves_shares >= 0),            -- still open on the order
  t_event        timestamptz   not null,
  t_seen         timestamptz   not null,
  primary key (run, seq),
  unique (run, order_id, fill_id),                                             -- a repeated report is the same fill
  foreign key (run, seq) references events (run, seq) on delete cascade
);
create index fills_by_time on fills (t_seen, seq, run);
create index fills_by_ticker on fills (ticker, t_seen, seq, run);
create trigger fills_immutable before update or delete on fills for each row execute function refuse_change();
create trigger fills_not_truncated before truncate on fills for each statement execute function refuse_truncate();

-- Round trips, and reductions of them.
create table trades (
  run            integer       not null,
  seq            bigint        not null,
  ticker         text          not null,
  shares         numeric(20,6) not null check (shares <> 0),                   -- short: negative
  entry_usd      numeric(20,6) not null check (entry_usd > 0),                 -- USD per share
  exit_usd       numeric(20,6) not null check (exit_usd > 0),                  -- USD per share
  entry_at       timestamptz   not null,
  exit_at        timestamptz   not null,
  pnl_usd        numeric(20,6) not null,                                       -- after both commissions
  commission_usd numeric(20,6) not null,
  entry_order    text          not null,
  exit_order     text          not null,
  exit_fill      bigint        not null,                                       -- seq of the fill
  t_seen         timestamptz   not null,
  primary key (run, seq),
  foreign key (run, seq) references events (run, seq) on delete cascade
);
create index trades_by_time on trades (t_seen, seq, run);
create index trades_by_ticker on trades (ticker, t_seen, seq, run);

create table splits (
  run         integer     not null,
  seq         bigint      not null,
  ticker      text        not null,
  numerator   integer     not null check (numerator > 0),                      -- new shares
  denominator integer     not null check (denominator > 0),                    -- for old ones
  t_seen      timestamptz not null,
  primary key (run, seq),
  foreign key (run, seq) references events (run, seq) on delete cascade
);

create aggregate product(numeric) (sfunc = numeric_mul, stype = numeric, initcond = '1');

-- What each run holds: fills, each carried through the splits that came after it. For people; the ledger's own fold decides.
create view positions as
select f.run, f.ticker,
       sum(round(case f.side when 'buy' then f.qty_shares else -f.qty_shares end * s.factor, 6)) as shares,
       sum(case f.side when 'buy' then -f.qty_shares else f.qty_shares end * f.price_usd - f.commission_usd)::numeric(20,6)
         as cash_flow_usd,
       sum(f.commission_usd) as commission_usd,
       max(f.seq) as last_fill
  from fills f
 cross join lateral (
       select product(x.numerator::numeric) / product(x.denominator::numeric) as factor
         from splits x where x.run = f.run and x.ticker = f.ticker and x.seq > f.seq) s
 group by f.run, f.ticker;

-- What the learner noted of a closed trade, a row a strategy.
create table outcomes (
  run        integer          not null,
  seq        bigint           not null,
  ticker     text             not null,
  trade      bigint           not null,                                        -- seq of the trade
  strategy   text             not null,
  credit_usd double precision not null,                                        -- an estimate, not the ledger's
  weight     double precision not null,
  t_seen     timestamptz      not null,
  primary key (run, seq),
  foreign key (run, seq) references events (run, seq) on delete cascade
);
create index outcomes_by_time on outcomes (t_seen, seq, run);
create index outcomes_by_ticker on outcomes (ticker, t_seen, seq, run);
