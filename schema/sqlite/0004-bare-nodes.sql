-- A dataset or version that lineage names and nobody has described stays out of lists, as others
-- could fill them with invented names. The indexes that lists are read from do not hold it.

alter table node add column bare integer;
update node set bare = 1
  where kind = 'DATASET' and props ->> '$.ownName' is not null
  and not exists (
    select 1 from json_each(node.props) p where p.key not in ('namespace', 'ownName')
  );
update node set bare = 1
  where kind = 'DATASET_VERSION' and props ->> '$.ordinal' is null
  and not exists (
    select 1 from json_each(node.props) p
    where p.key not in ('digest', 'identity', 'bytes', 'collection')
  );
drop index node_by_project;
drop index node_by_kind;
drop index node_by_name;
create index node_by_project on node (project, kind, since desc)
  where deleted_at is null and bare is null;
create index node_by_kind on node (kind, since desc) where deleted_at is null and bare is null;
create index node_by_name on node (name) where deleted_at is null and bare is null;
