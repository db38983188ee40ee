-- A trace is everything that one input led to. Its id is a function of the run and of that input's seq, the same that the program puts
-- beside entries on their way (`traceIdOf`), so nothing more has to be stored.
create function trace_id(run_id text, root bigint) returns text language sql immutable strict parallel safe as $$
  select substr(encode(sha256(convert_to(run_id || ':' || root, 'UTF8')), 'hex'), 1, 32)
$$;

-- seq of the input that an entry goes back to, cause by cause; its own when nothing led to it.
create function root_of(of_run integer, of_seq bigint) returns bigint language sql stable strict parallel safe as $$
  with recursive chain (seq, cause) as (
    select e.seq, e.cause from events e where e.run = of_run and e.seq = of_seq
    union all
    select e.seq, e.cause from chain c join events e on e.run = of_run and e.seq = c.cause and c.cause < c.seq
  )
  select min(seq) from chain
$$;

-- Entries under their trace. Give it a run and some seqs, or a time: the causes of every row are walked.
create view events_traced as
  select r.id as run, e.seq, e.type, e.ticker, e.t_seen, e.cause, t.root, trace_id(r.id, t.root) as trace_id
  from events e join runs r on r.no = e.run cross join lateral (select root_of(e.run, e.seq) as root) t;
