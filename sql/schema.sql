-- Generated from migrations/ by `tapedeck migrate --print-schema`; compared by a test. Not meant to be run.

table api_tokens (
  id uuid default gen_random_uuid() not null,
  name text not null,
  token_hash bytea not null,
  may text not null,
  created_by uuid,
  created_at timestamp with time zone default now() not null,
  expires_at timestamp with time zone,
  revoked_at timestamp with time zone,
  last_used_at timestamp with time zone,
  constraint api_tokens_created_by_fkey FOREIGN KEY (created_by) REFERENCES users(id) ON DELETE SET NULL,
  constraint api_tokens_may_check CHECK ((may = ANY (ARRAY['read'::text, 'control'::text]))),
  constraint api_tokens_name_check CHECK ((name <> ''::text)),
  constraint api_tokens_pkey PRIMARY KEY (id),
  constraint api_tokens_token_hash_check CHECK ((octet_length(token_hash) = 32)),
  constraint api_tokens_token_hash_key UNIQUE (token_hash)
);

table audit (
  id bigint generated always as identity not null,
  at timestamp with time zone default now() not null,
  actor text not null,
  action text not null,
  target text,
  details jsonb default '{}'::jsonb not null,
  constraint audit_pkey PRIMARY KEY (id)
);
CREATE INDEX audit_by_time ON public.audit USING btree (at, id);
CREATE TRIGGER audit_immutable BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();

table bars (
  run integer not null,
  seq bigint not null,
  ticker text not null,
  t_start timestamp with time zone not null,
  t_seen timestamp with time zone not null,
  bar_ms bigint not null,
  open double precision not null,
  high double precision not null,
  low double precision not null,
  close double precision not null,
  volume double precision not null,
  constraint bars_bar_ms_check CHECK ((bar_ms > 0)),
  constraint bars_close_check CHECK ((close > (0)::double precision)),
  constraint bars_low_check CHECK ((low > (0)::double precision)),
  constraint bars_open_check CHECK ((open > (0)::double precision)),
  constraint bars_volume_check CHECK ((volume >= (0)::double precision))
);
CREATE INDEX bars_by_ticker ON public.bars USING btree (ticker, t_start DESC);
CREATE INDEX bars_by_time ON public.bars USING brin (t_start, run);

table equity (
  run integer not null,
  at timestamp with time zone not null,
  equity_usd numeric(20,6) not null,
  cash_usd numeric(20,6) not null,
  constraint equity_pkey PRIMARY KEY (run, at),
  constraint equity_run_fkey FOREIGN KEY (run) REFERENCES runs(no) ON DELETE CASCADE
);
CREATE INDEX equity_by_time ON public.equity USING brin (at);

table events (
  run integer not null,
  seq bigint not null,
  type text not null,
  v smallint not null,
  ticker text,
  t_event timestamp with time zone not null,
  t_seen timestamp with time zone not null,
  cause bigint not null,
  body jsonb not null,
  constraint events_cause_check CHECK ((cause >= 0)),
  constraint events_pkey PRIMARY KEY (run, seq),
  constraint events_seq_check CHECK ((seq > 0)),
  constraint events_v_check CHECK ((v > 0))
);
CREATE TRIGGER events_immutable BEFORE DELETE OR UPDATE ON public.events FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER events_not_truncated BEFORE TRUNCATE ON public.events FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate();

view events_traced (
  run text,
  seq bigint,
  type text,
  ticker text,
  t_seen timestamp with time zone,
  cause bigint,
  root bigint,
  trace_id text
);

table fills (
  run integer not null,
  seq bigint not null,
  order_id text not null,
  fill_id text not null,
  ticker text not null,
  side text not null,
  qty_shares numeric(20,6) not null,
  price_usd numeric(20,6) not null,
  commission_usd numeric(20,6) not null,
  leaves_shares numeric(20,6) not null,
  t_event timestamp with time zone not null,
  t_seen timestamp with time zone not null,
  constraint fills_fill_id_check CHECK ((fill_id <> ''::text)),
  constraint fills_leaves_shares_check CHECK ((leaves_shares >= (0)::numeric)),
  constraint fills_pkey PRIMARY KEY (run, seq),
  constraint fills_price_usd_check CHECK ((price_usd > (0)::numeric)),
  constraint fills_qty_shares_check CHECK ((qty_shares > (0)::numeric)),
  constraint fills_run_order_id_fill_id_key UNIQUE (run, order_id, fill_id),
  constraint fills_run_seq_fkey FOREIGN KEY (run, seq) REFERENCES events(run, seq) ON DELETE CASCADE,
  constraint fills_side_check CHECK ((side = ANY (ARRAY['buy'::text, 'sell'::text])))
);
CREATE INDEX fills_by_ticker ON public.fills USING btree (ticker, run, t_seen, seq);
CREATE INDEX fills_by_time ON public.fills USING btree (run, t_seen, seq);
CREATE TRIGGER fills_immutable BEFORE DELETE OR UPDATE ON public.fills FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER fills_not_truncated BEFORE TRUNCATE ON public.fills FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate();

table news_raw (
  run integer not null,
  seq bigint not null,
  id text not null,
  source text not null,
  tickers text[] not null,
  headline text not null,
  url text,
  t_event timestamp with time zone not null,
  t_seen timestamp with time zone not null,
  constraint news_raw_pkey PRIMARY KEY (run, seq),
  constraint news_raw_run_seq_fkey FOREIGN KEY (run, seq) REFERENCES events(run, seq) ON DELETE CASCADE
);
CREATE INDEX news_raw_by_id ON public.news_raw USING btree (run, id);

table news_scored (
  run integer not null,
  seq bigint not null,
  id text not null,
  source text not null,
  tickers text[] not null,
  headline text not null,
  url text,
  score double precision not null,
  confidence double precision not null,
  scorer text not null,
  t_event timestamp with time zone not null,
  t_seen timestamp with time zone not null,
  constraint news_scored_confidence_check CHECK (((confidence >= (0)::double precision) AND (confidence <= (1)::double precision))),
  constraint news_scored_pkey PRIMARY KEY (run, seq),
  constraint news_scored_run_seq_fkey FOREIGN KEY (run, seq) REFERENCES events(run, seq) ON DELETE CASCADE,
  constraint news_scored_score_check CHECK (((score >= ('-1'::integer)::double precision) AND (score <= (1)::double precision)))
);
CREATE INDEX news_scored_by_id ON public.news_scored USING btree (run, id);
CREATE INDEX news_scored_by_time ON public.news_scored USING btree (run, t_seen, seq);

table news_tickers (
  ticker text not null,
  t_seen timestamp with time zone not null,
  seq bigint not null,
  run integer not null,
  constraint news_tickers_pkey PRIMARY KEY (ticker, run, t_seen, seq),
  constraint news_tickers_run_seq_fkey FOREIGN KEY (run, seq) REFERENCES news_scored(run, seq) ON DELETE CASCADE
);
CREATE INDEX news_tickers_by_event ON public.news_tickers USING btree (run, seq);

table orders (
  run integer not null,
  seq bigint not null,
  id text not null,
  ticker text not null,
  side text not null,
  kind text not null,
  qty_shares numeric(20,6) not null,
  cash_fraction double precision,
  limit_usd numeric(20,6),
  stop_usd numeric(20,6),
  tif text not null,
  bracket jsonb,
  reduce_only boolean not null,
  asked_by text not null,
  origin bigint not null,
  t_seen timestamp with time zone not null,
  accepted_seq bigint,
  cancel_requested_seq bigint,
  closed_seq bigint,
  closed_as text,
  filled_shares numeric(20,6) default 0 not null,
  status text generated always as (
CASE
    WHEN (closed_as IS NOT NULL) THEN closed_as
    WHEN (cancel_requested_seq IS NOT NULL) THEN 'pending_cancel'::text
    WHEN (filled_shares > (0)::numeric) THEN 'partially_filled'::text
    WHEN (accepted_seq IS NOT NULL) THEN 'accepted'::text
    ELSE 'submitted'::text
END) stored not null,
  constraint orders_cash_fraction_check CHECK (((cash_fraction > (0)::double precision) AND (cash_fraction <= (1)::double precision))),
  constraint orders_check CHECK (((closed_seq IS NULL) = (closed_as IS NULL))),
  constraint orders_closed_as_check CHECK ((closed_as = ANY (ARRAY['filled'::text, 'cancelled'::text, 'rejected'::text, 'expired'::text, 'lost'::text]))),
  constraint orders_filled_shares_check CHECK ((filled_shares >= (0)::numeric)),
  constraint orders_kind_check CHECK ((kind = ANY (ARRAY['market'::text, 'limit'::text, 'stop'::text]))),
  constraint orders_limit_usd_check CHECK ((limit_usd > (0)::numeric)),
  constraint orders_origin_check CHECK ((origin >= 0)),
  constraint orders_pkey PRIMARY KEY (run, seq),
  constraint orders_qty_shares_check CHECK ((qty_shares >= (0)::numeric)),
  constraint orders_run_id_key UNIQUE (run, id),
  constraint orders_run_seq_fkey FOREIGN KEY (run, seq) REFERENCES events(run, seq) ON DELETE CASCADE,
  constraint orders_side_check CHECK ((side = ANY (ARRAY['buy'::text, 'sell'::text]))),
  constraint orders_stop_usd_check CHECK ((stop_usd > (0)::numeric)),
  constraint orders_tif_check CHECK ((tif = ANY (ARRAY['day'::text, 'gtc'::text])))
);
CREATE INDEX orders_by_ticker ON public.orders USING btree (ticker, run, t_seen, seq);
CREATE INDEX orders_by_time ON public.orders USING btree (run, t_seen, seq);
CREATE INDEX orders_open ON public.orders USING btree (run, ticker) WHERE (closed_as IS NULL);

table outcomes (
  run integer not null,
  seq bigint not null,
  ticker text not null,
  trade bigint not null,
  strategy text not null,
  credit_usd double precision not null,
  weight double precision not null,
  t_seen timestamp with time zone not null,
  constraint outcomes_pkey PRIMARY KEY (run, seq),
  constraint outcomes_run_seq_fkey FOREIGN KEY (run, seq) REFERENCES events(run, seq) ON DELETE CASCADE
);
CREATE INDEX outcomes_by_ticker ON public.outcomes USING btree (ticker, run, t_seen, seq);
CREATE INDEX outcomes_by_time ON public.outcomes USING btree (run, t_seen, seq);

table passkeys (
  credential_id text not null,
  user_id uuid not null,
  public_key bytea not null,
  sign_count bigint default 0 not null,
  transports text[] default '{}'::text[] not null,
  backed_up boolean default false not null,
  created_at timestamp with time zone default now() not null,
  last_used_at timestamp with time zone,
  constraint passkeys_pkey PRIMARY KEY (credential_id),
  constraint passkeys_sign_count_check CHECK ((sign_count >= 0)),
  constraint passkeys_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE
);
CREATE INDEX passkeys_by_user ON public.passkeys USING btree (user_id);

view positions (
  run integer,
  ticker text,
  shares numeric,
  cash_flow_usd numeric(20,6),
  commission_usd numeric,
  last_fill bigint
);

table quotes (
  run integer not null,
  seq bigint not null,
  ticker text not null,
  t_event timestamp with time zone not null,
  bid double precision not null,
  ask double precision not null,
  bid_shares double precision not null,
  ask_shares double precision not null,
  constraint quotes_ask_check CHECK ((ask > (0)::double precision)),
  constraint quotes_ask_shares_check CHECK ((ask_shares >= (0)::double precision)),
  constraint quotes_bid_check CHECK ((bid > (0)::double precision)),
  constraint quotes_bid_shares_check CHECK ((bid_shares >= (0)::double precision))
);
CREATE INDEX quotes_by_ticker ON public.quotes USING btree (ticker, t_event DESC);
CREATE INDEX quotes_by_time ON public.quotes USING brin (t_event, run);

table runs (
  no integer generated always as identity not null,
  id text not null,
  mode text not null,
  tape_hash text,
  config_hash text not null,
  seed bigint not null,
  version text not null,
  config jsonb not null,
  started_at timestamp with time zone default now() not null,
  projected_seq bigint default 0 not null,
  constraint runs_id_check CHECK ((id <> ''::text)),
  constraint runs_id_key UNIQUE (id),
  constraint runs_mode_check CHECK ((mode = ANY (ARRAY['live'::text, 'paper'::text, 'simulated'::text, 'backtest'::text, 'verify'::text]))),
  constraint runs_pkey PRIMARY KEY (no),
  constraint runs_projected_seq_check CHECK ((projected_seq >= 0)),
  constraint runs_seed_check CHECK ((seed >= 0))
);

table schema_migrations (
  version integer not null,
  name text not null,
  checksum text not null,
  applied_at timestamp with time zone default now() not null,
  constraint schema_migrations_pkey PRIMARY KEY (version)
);

table sessions (
  token_hash bytea not null,
  user_id uuid not null,
  created_at timestamp with time zone default now() not null,
  last_seen_at timestamp with time zone default now() not null,
  expires_at timestamp with time zone not null,
  constraint sessions_check CHECK ((expires_at > created_at)),
  constraint sessions_pkey PRIMARY KEY (token_hash),
  constraint sessions_token_hash_check CHECK ((octet_length(token_hash) = 32)),
  constraint sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE
);
CREATE INDEX sessions_by_expiry ON public.sessions USING btree (expires_at);
CREATE INDEX sessions_by_user ON public.sessions USING btree (user_id);

table signals (
  run integer not null,
  seq bigint not null,
  ticker text not null,
  strategy text not null,
  score double precision not null,
  confidence double precision not null,
  reason text not null,
  causes bigint[] not null,
  t_seen timestamp with time zone not null,
  constraint signals_confidence_check CHECK (((confidence >= (0)::double precision) AND (confidence <= (1)::double precision))),
  constraint signals_pkey PRIMARY KEY (run, seq),
  constraint signals_run_seq_fkey FOREIGN KEY (run, seq) REFERENCES events(run, seq) ON DELETE CASCADE,
  constraint signals_score_check CHECK (((score >= ('-1'::integer)::double precision) AND (score <= (1)::double precision)))
);
CREATE INDEX signals_by_ticker ON public.signals USING btree (ticker, run, t_seen, seq);
CREATE INDEX signals_by_time ON public.signals USING btree (run, t_seen, seq);

table splits (
  run integer not null,
  seq bigint not null,
  ticker text not null,
  numerator integer not null,
  denominator integer not null,
  t_seen timestamp with time zone not null,
  constraint splits_denominator_check CHECK ((denominator > 0)),
  constraint splits_numerator_check CHECK ((numerator > 0)),
  constraint splits_pkey PRIMARY KEY (run, seq),
  constraint splits_run_seq_fkey FOREIGN KEY (run, seq) REFERENCES events(run, seq) ON DELETE CASCADE
);

table strategies (
  name text not null,
  enabled boolean default true not null,
  weight double precision default 1 not null,
  params jsonb default '{}'::jsonb not null,
  updated_at timestamp with time zone default now() not null,
  constraint strategies_name_check CHECK ((name <> ''::text)),
  constraint strategies_params_check CHECK ((jsonb_typeof(params) = 'object'::text)),
  constraint strategies_pkey PRIMARY KEY (name),
  constraint strategies_weight_check CHECK ((weight >= (0)::double precision))
);

table targets (
  run integer not null,
  seq bigint not null,
  ticker text not null,
  strength double precision not null,
  weight double precision not null,
  contributions jsonb not null,
  t_seen timestamp with time zone not null,
  constraint targets_pkey PRIMARY KEY (run, seq),
  constraint targets_run_seq_fkey FOREIGN KEY (run, seq) REFERENCES events(run, seq) ON DELETE CASCADE,
  constraint targets_strength_check CHECK (((strength >= ('-1'::integer)::double precision) AND (strength <= (1)::double precision))),
  constraint targets_weight_check CHECK (((weight >= ('-1'::integer)::double precision) AND (weight <= (1)::double precision)))
);
CREATE INDEX targets_by_ticker ON public.targets USING btree (ticker, run, t_seen, seq);
CREATE INDEX targets_by_time ON public.targets USING btree (run, t_seen, seq);

table trades (
  run integer not null,
  seq bigint not null,
  ticker text not null,
  shares numeric(20,6) not null,
  entry_usd numeric(20,6) not null,
  exit_usd numeric(20,6) not null,
  entry_at timestamp with time zone not null,
  exit_at timestamp with time zone not null,
  pnl_usd numeric(20,6) not null,
  commission_usd numeric(20,6) not null,
  entry_order text not null,
  exit_order text not null,
  exit_fill bigint not null,
  t_seen timestamp with time zone not null,
  book text default 'account'::text not null,
  constraint trades_book_check CHECK ((book <> ''::text)),
  constraint trades_entry_usd_check CHECK ((entry_usd > (0)::numeric)),
  constraint trades_exit_usd_check CHECK ((exit_usd > (0)::numeric)),
  constraint trades_pkey PRIMARY KEY (run, seq),
  constraint trades_run_seq_fkey FOREIGN KEY (run, seq) REFERENCES events(run, seq) ON DELETE CASCADE,
  constraint trades_shares_check CHECK ((shares <> (0)::numeric))
);
CREATE INDEX trades_by_book ON public.trades USING btree (book, run, t_seen, seq);
CREATE INDEX trades_by_ticker ON public.trades USING btree (ticker, run, t_seen, seq);
CREATE INDEX trades_by_time ON public.trades USING btree (run, t_seen, seq);

table users (
  id uuid default gen_random_uuid() not null,
  name text not null,
  created_at timestamp with time zone default now() not null,
  constraint users_name_check CHECK ((name <> ''::text)),
  constraint users_name_key UNIQUE (name),
  constraint users_pkey PRIMARY KEY (id)
);

table verdicts (
  run integer not null,
  seq bigint not null,
  ticker text not null,
  order_id text not null,
  outcome text not null,
  asked_shares numeric(20,6) not null,
  granted_shares numeric(20,6) not null,
  denial jsonb,
  t_seen timestamp with time zone not null,
  constraint verdicts_asked_shares_check CHECK ((asked_shares >= (0)::numeric)),
  constraint verdicts_check CHECK (((outcome <> 'denied'::text) OR (granted_shares = (0)::numeric))),
  constraint verdicts_granted_shares_check CHECK ((granted_shares >= (0)::numeric)),
  constraint verdicts_outcome_check CHECK ((outcome = ANY (ARRAY['approved'::text, 'resized'::text, 'denied'::text]))),
  constraint verdicts_pkey PRIMARY KEY (run, seq),
  constraint verdicts_run_seq_fkey FOREIGN KEY (run, seq) REFERENCES events(run, seq) ON DELETE CASCADE
);
CREATE INDEX verdicts_by_ticker ON public.verdicts USING btree (ticker, run, t_seen, seq);
CREATE INDEX verdicts_by_time ON public.verdicts USING btree (run, t_seen, seq);

table weight_changes (
  id bigint generated always as identity not null,
  run integer,
  seq bigint,
  strategy text not null,
  ticker text,
  old_weight double precision not null,
  new_weight double precision not null,
  reason text not null,
  reverts bigint,
  at timestamp with time zone default now() not null,
  constraint weight_changes_new_weight_check CHECK ((new_weight >= (0)::double precision)),
  constraint weight_changes_old_weight_check CHECK ((old_weight >= (0)::double precision)),
  constraint weight_changes_pkey PRIMARY KEY (id),
  constraint weight_changes_reverts_fkey FOREIGN KEY (reverts) REFERENCES weight_changes(id),
  constraint weight_changes_reverts_key UNIQUE (reverts),
  constraint weight_changes_run_fkey FOREIGN KEY (run) REFERENCES runs(no) ON DELETE SET NULL,
  constraint weight_changes_strategy_fkey FOREIGN KEY (strategy) REFERENCES strategies(name)
);
CREATE INDEX weight_changes_by_strategy ON public.weight_changes USING btree (strategy, at);

function drop_run(run_id text) returns boolean as $$
declare
  number integer;
begin
  select no into number from runs where id = run_id for update;
  if not found then
    return false;
  end if;
  perform set_config('tapedeck.dropping_run', number::text, true);
  delete from bars where run = number;
  delete from quotes where run = number;
  delete from events where run = number;
  delete from runs where no = number;
  perform set_config('tapedeck.dropping_run', '', true);
  return true;
end $$;

aggregate product(numeric) returns numeric;

function refuse_audit_change() returns trigger as $$
begin
  raise exception 'audit is immutable: % refused', lower(tg_op) using errcode = 'restrict_violation';
end $$;

function refuse_change() returns trigger as $$
begin
  if tg_op = 'DELETE' and current_setting('tapedeck.dropping_run', true) = old.run::text then
    return old;
  end if;
  raise exception '% is immutable: % refused', tg_table_name, lower(tg_op)
    using errcode = 'restrict_violation', hint = 'corrections are new events; select drop_run(id) removes a whole run';
end $$;

function refuse_truncate() returns trigger as $$
begin
  raise exception '% is immutable: truncate refused', tg_table_name
    using errcode = 'restrict_violation', hint = 'select drop_run(id) removes a whole run';
end $$;

function root_of(of_run integer, of_seq bigint) returns bigint as $$
  with recursive chain (seq, cause) as (
    select e.seq, e.cause from events e where e.run = of_run and e.seq = of_seq
    union all
    select e.seq, e.cause from chain c join events e on e.run = of_run and e.seq = c.cause and c.cause < c.seq
  )
  select min(seq) from chain
$$;

function trace_id(run_id text, root bigint) returns text as $$
  select substr(encode(sha256(convert_to(run_id || ':' || root, 'UTF8')), 'hex'), 1, 32)
$$;
