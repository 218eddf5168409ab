import { compareText } from '../../domain/lineage/graph-rows.ts';
import { EDGE_KINDS } from '../../domain/lineage/kinds.ts';
import type { Head } from '../../ports/lineage-store.ts';
import { type BoltTransaction, int, type Row, type Statement } from './bolt.ts';
import type { EncodedCommit, Properties } from './encode-commit.ts';
import { grouped } from './grouped.ts';
import { LABELS } from './labels.ts';

/** Most lists of projects that a process remembers as written. */
const LISTS_KNOWN_MAX = 50_000;

/** A row comes back for a node that had another kind or other identifiers. */
const nodesOf = (label: string) => `UNWIND $rows AS r
  MERGE (n:Node {id: r.id})
  WITH n, r, n.kind AS kind, n.identifiers AS identifiers
  SET n = r, n:${label}
  WITH n, r, kind, identifiers
  WHERE kind <> r.kind OR identifiers <> coalesce(r.identifiers, [])
  RETURN n.id, kind <> r.kind`;
const NODES = new Map([...LABELS].map(([kind, label]) => [kind, nodesOf(label)]));

const edgesOf = (kind: string) => `UNWIND $rows AS r
  MERGE (a:Node {id: r.from})
  MERGE (b:Node {id: r.to})
  MERGE (a)-[e:${kind} {since: r.since}]->(b)
  SET e.until = r.until, e.recordedAt = r.recordedAt, e.validFrom = r.validFrom,
      e.validTo = r.validTo`;
const EDGES = new Map<string, string>(EDGE_KINDS.map((kind) => [kind, edgesOf(kind)]));

const FACTS = `MATCH (h:Head {name: 'log'})
  SET h.size = $size, h.recordedAt = $recordedAt
  WITH h UNWIND $rows AS r
  CREATE (f:Fact) SET f = r.properties
  FOREACH (s IN r.sidecar | CREATE (f)-[:SEALED_BESIDE]->(:Sidecar
    {position: s.position, person: s.person, box: s.box}))`;

const ABOUT = `UNWIND $rows AS r
  MATCH (f:Fact {index: r.index})
  MERGE (n:Node {id: r.id})
  MERGE (f)-[:ABOUT]->(n)`;

const PROJECT_LISTS = `UNWIND $rows AS r
  MERGE (l:ProjectList {key: r.key}) ON CREATE SET l.projects = r.projects`;

const IDENTIFIERS = `UNWIND $rows AS r
  MATCH (n:Node {id: r.id})
  UNWIND r.identifiers AS value
  MERGE (i:Identifier {value: value})
  MERGE (i)-[:IDENTIFIES]->(n)`;

const FORGET_IDENTIFIERS = `UNWIND $ids AS id
  MATCH (n:Node {id: id})<-[e:IDENTIFIES]-(i:Identifier)
  WHERE NOT i.value IN coalesce(n.identifiers, [])
  DELETE e`;

const RELABEL = `UNWIND $rows AS r
  MATCH (n:Node {id: r.id})
  REMOVE n:$(r.labels)
  SET n:$(r.label)`;

/**
 * Every statement of a transaction once, without rows. A server that was just started plans each
 * text for up to a second, and a first transaction that waited for all would not end in its time.
 */
export function plannedWrites(): Statement[] {
  const texts = [...NODES.values(), ...EDGES.values(), PROJECT_LISTS, IDENTIFIERS, RELABEL, ABOUT];
  const head = { size: int(0), recordedAt: null };
  return [
    ...texts.map((text): Statement => [text, { rows: [] }]),
    [FORGET_IDENTIFIERS, { ids: [] }],
    // Last, as it takes the lock of the head.
    [FACTS, { ...head, rows: [] }],
  ];
}

/** Lists of projects that are committed, so that they are written once a process. */
export type KnownLists = Set<string>;

export interface RowsToWrite {
  readonly commits: readonly EncodedCommit[];
  /** Where the log ends with them. */
  readonly end: Head;
  readonly known: KnownLists;
}

/** Writes in as few rounds as there can be; rows go by id, so that no two writers cross. */
export async function writeRows(
  transaction: BoltTransaction,
  { commits, end, known }: RowsToWrite,
): Promise<readonly string[]> {
  const lists = newLists(commits, known);
  const nodes = merged(commits, 'nodes');
  const byKind = grouped(nodes, (row) => row.kind as string);
  const nodeStatements = [...byKind].map(
    ([kind, rows]): Statement => [textFor(NODES, kind), { rows }],
  );
  const statements: Statement[] = [...nodeStatements, ...edgeStatements(commits)];
  const identified = nodes.filter(({ identifiers }) => identifiers !== undefined);
  addTo(statements, IDENTIFIERS, identified);
  addTo(statements, PROJECT_LISTS, lists);
  const facts = commits.flatMap((commit) => commit.facts);
  if (facts.length > 0) {
    const head = { size: int(end.size), recordedAt: end.recordedAt };
    statements.push([FACTS, { ...head, rows: facts }]);
  }
  addTo(statements, ABOUT, merged(commits, 'about'));
  const answers = await transaction.run(statements);
  await correct(transaction, byKind, answers.slice(0, nodeStatements.length).flat());
  return lists.map(({ key }) => key as string);
}

/** What a node was before and is no more; seldom, so that it is asked for only then. */
async function correct(
  transaction: BoltTransaction,
  byKind: ReadonlyMap<string, readonly Properties[]>,
  changed: readonly Row[],
): Promise<void> {
  if (changed.length === 0) return;
  const kindOf = new Map([...byKind].flatMap(([kind, rows]) => rows.map(({ id }) => [id, kind])));
  const relabelled = changed.filter(([, otherKind]) => otherKind === true);
  const rows = relabelled.map(([id]) => {
    const label = LABELS.get(kindOf.get(id) ?? '');
    return { id, label, labels: [...LABELS.values()].filter((other) => other !== label) };
  });
  const statements: Statement[] = [[FORGET_IDENTIFIERS, { ids: changed.map(([id]) => id) }]];
  addTo(statements, RELABEL, rows);
  await transaction.run(statements);
}

function edgeStatements(commits: readonly EncodedCommit[]): Statement[] {
  const byKey = new Map(commits.flatMap(({ edges }) => [...edges]));
  const sorted = [...byKey].sort(([a], [b]) => compareText(a, b)).map(([, edge]) => edge);
  return [...grouped(sorted, ({ kind }) => kind)].map(([kind, edges]) => [
    textFor(EDGES, kind),
    { rows: edges.map(({ row }) => row) },
  ]);
}

function merged(commits: readonly EncodedCommit[], part: 'nodes' | 'about'): Properties[] {
  const byKey = new Map(commits.flatMap((commit) => [...commit[part]]));
  return [...byKey].sort(([a], [b]) => compareText(a, b)).map(([, row]) => row);
}

function newLists(commits: readonly EncodedCommit[], known: KnownLists): Properties[] {
  if (known.size > LISTS_KNOWN_MAX) known.clear();
  const all = new Map(commits.flatMap(({ projectLists }) => [...projectLists]));
  return [...all]
    .filter(([key]) => !known.has(key))
    .sort(([a], [b]) => compareText(a, b))
    .map(([key, projects]) => ({ key, projects }));
}

function addTo(statements: Statement[], text: string, rows: readonly Properties[]): void {
  if (rows.length > 0) statements.push([text, { rows }]);
}

/** Texts are made once from closed lists; a kind without one was refused before. */
function textFor(texts: ReadonlyMap<string, string>, kind: string): string {
  const text = texts.get(kind);
  if (text === undefined) throw new Error(`no statement for the kind ${kind}`);
  return text;
}
