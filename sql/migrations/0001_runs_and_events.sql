-- A run is one execution over a tape. `no` stands for the id in every other table: four bytes instead of a name a row.
create table runs (
  no            integer     generated always as identity primary key,
  id            text        not null unique check (id <> ''),
  mode          text        not null check (mode in ('live', 'paper', 'simulated', 'backtest', 'verify')),
  tape_hash     text,
  config_hash   text        not null,
  seed          bigint      not null check (seed >= 0),
  version       text        not null,                                          -- of the program
  config        jsonb       not null,
  started_at    timestamptz not null default now(),
  projected_seq bigint      not null default 0 check (projected_seq >= 0)      -- every entry up to here is in the tables
);

-- Every entry of every run's tape. The file is the truth; this is a copy that can be dropped and written again from it.
create table events (
  run     integer     not null,
  seq     bigint      not null check (seq > 0),
  type    text        not null,
  v       smallint    not null check (v > 0),                                  -- version of the shape of `body`
  ticker  text,
  t_event timestamptz not null,                                                -- when the world did it
  t_seen  timestamptz not null,                                                -- when we could first know it
  cause   bigint      not null check (cause >= 0),                             -- seq of the entry that led to it, 0: from outside
  body    jsonb       not null,                                                -- the rest of the wire form; amounts are decimal strings
  primary key (run, seq)
);
comment on column events.run is 'runs.no; not a foreign key, because checking it costs a third of the write speed';

-- Facts do not change. A whole run may go, by drop_run() and no other way.
create function refuse_change() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' and current_setting('tapedeck.dropping_run', true) = old.run::text then
    return old;
  end if;
  raise exception '% is immutable: % refused', tg_table_name, lower(tg_op)
    using errcode = 'restrict_violation', hint = 'corrections are new events; select drop_run(id) removes a whole run';
end $$;

create function refuse_truncate() returns trigger language plpgsql as $$
begin
  raise exception '% is immutable: truncate refused', tg_table_name
    using errcode = 'restrict_violation', hint = 'select drop_run(id) removes a whole run';
end $$;

create trigger events_immutable before update or delete on events for each row execute function refuse_change();
create trigger events_not_truncated before truncate on events for each statement execute function refuse_truncate();
