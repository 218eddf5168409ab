// The lineage graph, the facts and the sidecar of one hub.
//
// Node is the base label of everything in the graph; a node that is made has its kind as a second
// label, and one without is only named, by an edge or a fact. Edges are relationships of their
// kind. Properties that start with an underscore are for finding and reading rows again.

CREATE CONSTRAINT node_id IF NOT EXISTS FOR (n:Node) REQUIRE n.id IS UNIQUE;
CREATE INDEX node_by_list IF NOT EXISTS FOR (n:Node) ON (n._list, n.since);
CREATE INDEX node_by_kind IF NOT EXISTS FOR (n:Node) ON (n.kind, n.since);
CREATE INDEX node_by_name IF NOT EXISTS FOR (n:Node) ON (n.name);
CREATE TEXT INDEX node_by_text IF NOT EXISTS FOR (n:Node) ON (n._search);
CREATE CONSTRAINT identifier_value IF NOT EXISTS FOR (i:Identifier) REQUIRE i.value IS UNIQUE;

CREATE CONSTRAINT fact_index IF NOT EXISTS FOR (f:Fact) REQUIRE f.index IS UNIQUE;
CREATE CONSTRAINT fact_id IF NOT EXISTS FOR (f:Fact) REQUIRE f.id IS UNIQUE;
CREATE CONSTRAINT fact_key IF NOT EXISTS FOR (f:Fact) REQUIRE f._key IS UNIQUE;
CREATE INDEX fact_by_projects IF NOT EXISTS FOR (f:Fact) ON (f._projects, f.index);
CREATE INDEX fact_by_type IF NOT EXISTS FOR (f:Fact) ON (f.type, f.index);
CREATE INDEX fact_by_actor IF NOT EXISTS FOR (f:Fact) ON (f.actor, f.index);
CREATE INDEX fact_by_subject IF NOT EXISTS FOR (f:Fact) ON (f.subject, f.index);
CREATE INDEX fact_by_time IF NOT EXISTS FOR (f:Fact) ON (f.recordedAt);

// Which projects a fact speaks of. Few lists cover most facts, so each is kept once.
CREATE CONSTRAINT project_list_key IF NOT EXISTS FOR (l:ProjectList) REQUIRE l.key IS UNIQUE;

// Where the log ends. Its write lock is what makes transactions serial.
CREATE CONSTRAINT head_name IF NOT EXISTS FOR (h:Head) REQUIRE h.name IS UNIQUE;
MERGE (h:Head {name: 'log'}) ON CREATE SET h.size = 0;
