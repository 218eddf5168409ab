-- Work to be done. A job that is done is gone. Keys compare by their bytes.
create table job (
  id integer primary key,
  queue text not null,
  key text not null,
  payload text not null,
  -- Attempts that were begun, the one under way included.
  attempts integer not null default 0,
  -- When it may be handed out, in milliseconds since 1970; while it is in hand, when its lease
  -- ends. Null for a dead one.
  due_ms integer,
  -- The worker that has it in hand; null for one that nobody has.
  lease text,
  -- Of a dead one: the last failure, and when it was.
  code text,
  message text,
  died_ms integer,
  unique (queue, key)
);

create index job_by_due on job (queue, due_ms, lease) where due_ms is not null;
create index job_dead on job (queue, key) where died_ms is not null;
