-- An order that was sent, never answered, and that the broker does not know ends as lost.
alter table orders drop constraint orders_closed_as_check;
alter table orders add constraint orders_closed_as_check
  check (closed_as in ('filled', 'cancelled', 'rejected', 'expired', 'lost'));
