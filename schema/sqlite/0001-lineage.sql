-- The lineage graph, the facts and the sidecar of one hub.
-- Texts compare by their bytes; instants are fixed-width RFC 3339, so text order is time order.

-- A row without a kind stands for an id that an edge or a fact names and that nothing made yet.
create table node (
  pk integer primary key,
  id text not null unique,
  kind text,
  project text,
  name text,
  since integer,
  last integer,
  recorded_at text,
  identifiers text,
  props text
);
create index node_by_project on node (project, kind, since desc);
create index node_by_kind on node (kind, since desc);
create index node_by_name on node (name);
create index node_not_made on node (pk) where kind is null;

create virtual table node_name using fts5 (
  name, content = '', contentless_delete = 1, tokenize = 'trigram'
);

create table identifier (
  identifier text not null,
  node integer not null,
  primary key (identifier, node)
) without rowid;

create table edge (
  src integer not null,
  kind text not null,
  dst integer not null,
  since integer not null,
  until integer,
  recorded_at text not null,
  valid_from text not null,
  valid_to text,
  primary key (src, kind, dst, since)
) without rowid;
create index edge_backwards on edge (dst, kind, src, since, until);

-- Which projects a fact speaks of. Few lists cover most facts, so each is kept once.
create table project_list (
  pk integer primary key,
  projects text not null unique
);

create table fact (
  idx integer primary key,
  id text not null unique,
  type text not null,
  outcome text not null,
  actor text not null,
  subject text,
  project_list integer not null,
  recorded_at text not null,
  key_actor text,
  key_operation text,
  key_text text,
  leaf blob not null
);
create index fact_by_type on fact (type);
create index fact_by_actor on fact (actor);
create index fact_by_subject on fact (subject) where subject is not null;
create index fact_by_time on fact (recorded_at);
create unique index fact_by_key on fact (key_actor, key_operation, key_text)
  where key_text is not null;

create table fact_project (
  project text not null,
  idx integer not null,
  primary key (project, idx)
) without rowid;

-- Which facts set properties of which nodes.
create table about (
  node integer not null,
  idx integer not null,
  primary key (node, idx)
) without rowid;

-- Encrypted values of persons, beside the fact that brought them.
create table sidecar (
  idx integer not null,
  position integer not null,
  person text not null,
  box blob not null,
  primary key (idx, position)
) without rowid;
