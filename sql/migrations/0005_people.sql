-- Who may come in. These tables are not projections: they exist nowhere else. Secrets are kept as SHA-256 hashes only.

create table users (
  id         uuid        primary key default gen_random_uuid(),
  name       text        not null unique check (name <> ''),
  created_at timestamptz not null default now()
);

create table passkeys (
  credential_id text        primary key,                                       -- base64url, from the authenticator
  user_id       uuid        not null references users (id) on delete cascade,
  public_key    bytea       not null,                                          -- COSE
  sign_count    bigint      not null default 0 check (sign_count >= 0),
  transports    text[]      not null default '{}',
  backed_up     boolean     not null default false,
  created_at    timestamptz not null default now(),
  last_used_at  timestamptz
);
create index passkeys_by_user on passkeys (user_id);

create table sessions (
  token_hash   bytea       primary key check (octet_length(token_hash) = 32),
  user_id      uuid        not null references users (id) on delete cascade,
  created_at   timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  expires_at   timestamptz not null,
  check (expires_at > created_at)
);
create index sessions_by_user on sessions (user_id);
create index sessions_by_expiry on sessions (expires_at);

create table api_tokens (
  id           uuid        primary key default gen_random_uuid(),
  name         text        not null check (name <> ''),
  token_hash   bytea       not null unique check (octet_length(token_hash) = 32),
  may          text        not null check (may in ('read', 'control')),
  created_by   uuid        references users (id) on delete set null,
  created_at   timestamptz not null default now(),
  expires_at   timestamptz,
  revoked_at   timestamptz,
  last_used_at timestamptz
);

create table audit (
  id      bigint      generated always as identity primary key,
  at      timestamptz not null default now(),
  actor   text        not null,                                                -- user:…, token:…, system
  action  text        not null,
  target  text,
  details jsonb       not null default '{}'
);
create index audit_by_time on audit (at, id);

create function refuse_audit_change() returns trigger language plpgsql as $$
begin
  raise exception 'audit is immutable: % refused', lower(tg_op) using errcode = 'restrict_violation';
end $$;
create trigger audit_immutable before update or delete or truncate on audit
  for each statement execute function refuse_audit_change();
