-- A fact's subject by the key of its node where it has one: an index over random ids touched a
-- page of its own for each fact. Subjects that are no node of the graph stay texts.

drop index fact_by_subject;
alter table fact add column subject_node integer;
update fact set subject_node = (select pk from node where id = fact.subject)
  where subject is not null;
update fact set subject = null where subject_node is not null;
create index fact_by_subject_node on fact (subject_node) where subject_node is not null;
create index fact_by_subject on fact (subject) where subject is not null;
