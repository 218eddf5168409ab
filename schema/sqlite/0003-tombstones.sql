-- A node that was deleted stays as a tombstone, found by its id and by edges. Lists leave it out,
-- so the indexes that lists are read from do not hold it.

alter table node add column deleted_at text;
drop index node_by_project;
drop index node_by_kind;
drop index node_by_name;
create index node_by_project on node (project, kind, since desc) where deleted_at is null;
create index node_by_kind on node (kind, since desc) where deleted_at is null;
create index node_by_name on node (name) where deleted_at is null;
