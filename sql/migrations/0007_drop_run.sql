-- Removes a run and everything projected from its tape; true when there was one. Written again by projecting the tape once more.
-- The only way past the immutability of events and fills. Bars and quotes have no key to follow, so they go by name.
create function drop_run(run_id text) returns boolean language plpgsql as $$
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
