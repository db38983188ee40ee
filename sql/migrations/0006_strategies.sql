create table strategies (
  name       text             primary key check (name <> ''),
  enabled    boolean          not null default true,
  weight     double precision not null default 1 check (weight >= 0),          -- relative to the others
  params     jsonb            not null default '{}' check (jsonb_typeof(params) = 'object'),
  updated_at timestamptz      not null default now()
);

-- Every change of a weight, by the learner or a person. A revert is a new row that names the one it undoes.
create table weight_changes (
  id         bigint           generated always as identity primary key,
  run        integer          references runs (no) on delete set null,
  seq        bigint,                                                           -- of the event that led to it
  strategy   text             not null references strategies (name),
  ticker     text,                                                             -- null: for all
  old_weight double precision not null check (old_weight >= 0),
  new_weight double precision not null check (new_weight >= 0),
  reason     text             not null,
  reverts    bigint           unique references weight_changes (id),
  at         timestamptz      not null default now()
);
create index weight_changes_by_strategy on weight_changes (strategy, at);
