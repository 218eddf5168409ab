import { OPEN_EDGES_MAX, type Wants } from '../../ports/lineage-store.ts';
import type { Database } from './driver.ts';
import { EDGE_COLUMNS, type PackedRows, packedSql, readPacked } from './packed-rows.ts';
import type { PackedFound } from './protocol.ts';
import { readFactsByKey } from './read-facts.ts';
import { readNodesById } from './read-nodes.ts';

const EXACT = packedSql(
  EDGE_COLUMNS,
  `from json_each(?) w cross join node f on f.id = w.value ->> 1
   cross join node t on t.id = w.value ->> 2
   cross join edge e on e.src = f.pk and e.kind = w.value ->> 0 and e.dst = t.pk
   where e.until is null`,
);
const OUT = packedSql(
  EDGE_COLUMNS,
  `from json_each(?) w cross join node f on f.id = w.value ->> 1
   cross join edge e on e.src = f.pk and e.kind = w.value ->> 0
   cross join node t on t.pk = e.dst
   where e.until is null order by t.id, e.since limit ?`,
);

const INTO = packedSql(
  EDGE_COLUMNS,
  `from json_each(?) w cross join node t on t.id = w.value ->> 1
   cross join edge e on e.dst = t.pk and e.kind = w.value ->> 0
   cross join node f on f.pk = e.src
   where e.until is null order by e.since desc, f.id limit ?`,
);

/** Reads what commands want to see, inside the transaction that holds the head. */
export function loadWants(database: Database, wants: Wants): PackedFound {
  const { facts, places } = readFactsByKey(database, wants.idempotency);
  const edges: PackedRows[] = [];
  if (wants.edges.length > 0) {
    const ends = wants.edges.map(({ kind, from, to }) => [kind, from, to]);
    edges.push(readPacked(database, EXACT, [JSON.stringify(ends)]));
  }
  // One by one, since each has its own limit.
  for (const { kind, from, most = OPEN_EDGES_MAX } of wants.out) {
    edges.push(readPacked(database, OUT, [JSON.stringify([[kind, from]]), limitOf(most)]));
  }
  for (const { kind, to, most = OPEN_EDGES_MAX } of wants.into) {
    edges.push(readPacked(database, INTO, [JSON.stringify([[kind, to]]), limitOf(most)]));
  }
  return { nodes: readNodesById(database, wants.nodes), edges, idempotency: facts, places };
}

/** To SQLite a limit below zero would be none. */
function limitOf(most: number): number {
  return Math.max(0, Math.min(most, OPEN_EDGES_MAX));
}
