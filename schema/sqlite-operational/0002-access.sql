-- Who read what: one row for all equal readings of an hour. Times are texts that sort by time.
create table access (
  -- A digest of what makes readings equal, so that writing them again finds the row.
  id text primary key,
  actor text not null,
  via text not null,
  subject text not null,
  project text,
  how text not null,
  door text not null,
  -- Never changes, so that an entry keeps its place in pages.
  first_at text not null,
  last_at text not null,
  count integer not null
) without rowid;

create index access_by_time on access (first_at, id);
create index access_by_subject on access (subject, first_at, id);
create index access_by_actor on access (actor, first_at, id);
create index access_by_project on access (project, first_at, id);
