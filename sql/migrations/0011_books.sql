-- Whose a trade was: a strategy's name, 'ensemble', or 'account' for shares that no strategy of this deck bought.
alter table trades add column book text not null default 'account' check (book <> '');
create index trades_by_book on trades (book, run, t_seen, seq);
