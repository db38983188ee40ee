-- The three strategies every set-up starts with. What a person changed stays changed.
insert into strategies (name, enabled, weight)
values ('momentum', true, 1), ('meanReversion', true, 1), ('newsDriven', true, 1)
on conflict (name) do nothing;
