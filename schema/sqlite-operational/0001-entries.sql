-- What the hub needs to work and that is no part of the record. Keys compare by their bytes.
create table entry (
  room text not null,
  key text not null,
  value text not null,
  -- Milliseconds since 1970; null for entries that stay.
  expires_ms integer,
  primary key (room, key)
) without rowid;

create index entry_by_expiry on entry (expires_ms) where expires_ms is not null;
