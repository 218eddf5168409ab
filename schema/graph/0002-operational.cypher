// What hubs need to work and that is no part of the record. An entry is found by the digest of its
// room and key, since keys may be longer than what an index takes; lists go by the start of the key.
CREATE CONSTRAINT operational_id IF NOT EXISTS
FOR (entry:OperationalEntry) REQUIRE entry.id IS UNIQUE;

CREATE INDEX operational_place IF NOT EXISTS
FOR (entry:OperationalEntry) ON (entry.room, entry.place);

CREATE INDEX operational_expiry IF NOT EXISTS
FOR (entry:OperationalEntry) ON (entry.expiresMs);

// Who read what: one node for all equal readings of an hour. Times are texts that sort by time.
CREATE CONSTRAINT access_id IF NOT EXISTS
FOR (access:AccessEntry) REQUIRE access.id IS UNIQUE;

CREATE INDEX access_time IF NOT EXISTS
FOR (access:AccessEntry) ON (access.firstAt, access.id);

CREATE INDEX access_subject IF NOT EXISTS
FOR (access:AccessEntry) ON (access.subject, access.firstAt);

CREATE INDEX access_actor IF NOT EXISTS
FOR (access:AccessEntry) ON (access.actor, access.firstAt);

CREATE INDEX access_project IF NOT EXISTS
FOR (access:AccessEntry) ON (access.project, access.firstAt);
