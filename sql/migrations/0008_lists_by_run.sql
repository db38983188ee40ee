-- Lists are read run by run: with the run first, what other runs hold (a backtest of ten million events) is never walked through.
-- A run's t_seen never goes back, so new rows go to the end of their run's stretch, as they did.
do $$
declare
  name text;
begin
  foreach name in array array['signals', 'targets', 'verdicts', 'orders', 'fills', 'trades', 'outcomes', 'news_scored'] loop
    execute format('drop index %I', name || '_by_time');
    execute format('create index %I on %I (run, t_seen, seq)', name || '_by_time', name);
    continue when name = 'news_scored'; -- by ticker it is read through news_tickers
    execute format('drop index %I', name || '_by_ticker');
    execute format('create index %I on %I (ticker, run, t_seen, seq)', name || '_by_ticker', name);
  end loop;
end $$;

alter table news_tickers drop constraint news_tickers_pkey;
alter table news_tickers add constraint news_tickers_pkey primary key (ticker, run, t_seen, seq);
