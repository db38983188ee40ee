create table news_raw (
  run      integer     not null,
  seq      bigint      not null,
  id       text        not null,                                               -- the same over re-reads of a feed
  source   text        not null,
  tickers  text[]      not null,
  headline text        not null,
  url      text,
  t_event  timestamptz not null,                                               -- published
  t_seen   timestamptz not null,
  primary key (run, seq),
  foreign key (run, seq) references events (run, seq) on delete cascade
);
create index news_raw_by_id on news_raw (run, id);

create table news_scored (
  run        integer          not null,
  seq        bigint           not null,
  id         text             not null,
  source     text             not null,
  tickers    text[]           not null,
  headline   text             not null,
  url        text,
  score      double precision not null check (score between -1 and 1),         -- bad to good
  confidence double precision not null check (confidence between 0 and 1),
  scorer     text             not null,
  t_event    timestamptz      not null,
  t_seen     timestamptz      not null,
  primary key (run, seq),
  foreign key (run, seq) references events (run, seq) on delete cascade
);
create index news_scored_by_time on news_scored (t_seen, seq, run);
create index news_scored_by_id on news_scored (run, id);

-- One row a ticker a scored headline, so that one ticker's news is read in order without sorting.
create table news_tickers (
  ticker text        not null,
  t_seen timestamptz not null,
  seq    bigint      not null,
  run    integer     not null,
  primary key (ticker, t_seen, seq, run),
  foreign key (run, seq) references news_scored (run, seq) on delete cascade
);
create index news_tickers_by_event on news_tickers (run, seq);
