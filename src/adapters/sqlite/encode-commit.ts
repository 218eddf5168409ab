import { isBare } from '../../domain/lineage/bare-node.ts';
import type { EdgeRow, NodeRow } from '../../domain/lineage/graph-rows.ts';
import { deletedAtOf } from '../../domain/lineage/tombstone.ts';
import { checkedIndex, filledText, indexedText } from '../../ports/check-rows.ts';
import { jsonText } from '../../ports/json-text.ts';
import type { Commit, FactRow } from '../../ports/lineage-store.ts';
import type { Cell } from './driver.ts';
import type { PackedBytes } from './packed-rows.ts';
import type { EncodedCommit, EncodedFact } from './protocol.ts';

/**
 * Turns a commit into cells, and refuses with INVALID_INPUT what SQLite would change silently:
 * it cuts texts at NUL, and half a surrogate pair becomes a question mark.
 */
export function encodeCommit(commit: Commit): EncodedCommit {
  return {
    facts: commit.facts.map((row, at) => encodeFact(row, `facts[${at}]`)),
    nodes: commit.nodes.map((row, at) => encodeNode(row, `nodes[${at}]`)),
    edges: commit.edges.map((row, at) => encodeEdge(row, `edges[${at}]`)),
    about: commit.about.map(([node, index], at) => [
      filledText(node, `about[${at}]`),
      checkedIndex(index, `about[${at}]`),
    ]),
    bytes: joinBytes(commit.facts),
  };
}

function encodeFact(row: FactRow, at: string): EncodedFact {
  const key = row.idempotency;
  return {
    cells: [
      checkedIndex(row.index, `${at}.index`),
      filledText(row.id, `${at}.id`),
      filledText(row.type, `${at}.type`),
      filledText(row.outcome, `${at}.outcome`),
      filledText(row.actor, `${at}.actor`),
      filledText(row.recordedAt, `${at}.recordedAt`),
      key === null ? null : filledText(key.actor, `${at}.idempotency.actor`),
      key === null ? null : filledText(key.operation, `${at}.idempotency.operation`),
      key === null ? null : indexedText(key.key, `${at}.idempotency.key`),
    ],
    subject: row.subject === null ? null : filledText(row.subject, `${at}.subject`),
    projects: row.projects.map((project, n) => filledText(project, `${at}.projects[${n}]`)),
    leafLength: row.leaf.length,
    sidecar: row.sidecar.map(({ person, box }, n) => ({
      person: filledText(person, `${at}.sidecar[${n}].person`),
      length: box.length,
    })),
  };
}

function encodeNode(row: NodeRow, at: string): Cell[] {
  return [
    filledText(row.id, `${at}.id`),
    filledText(row.kind, `${at}.kind`),
    row.project === null ? null : filledText(row.project, `${at}.project`),
    indexedText(row.name, `${at}.name`),
    checkedIndex(row.since, `${at}.since`),
    checkedIndex(row.last, `${at}.last`),
    filledText(row.recordedAt, `${at}.recordedAt`),
    JSON.stringify(row.identifiers.map((text, n) => filledText(text, `${at}.identifiers[${n}]`))),
    jsonText(row.props, `${at}.props`),
    deletedAtOf(row) ?? null,
    isBare(row) ? 1 : null,
  ];
}

function encodeEdge(row: EdgeRow, at: string): Cell[] {
  return [
    filledText(row.from, `${at}.from`),
    filledText(row.kind, `${at}.kind`),
    filledText(row.to, `${at}.to`),
    checkedIndex(row.since, `${at}.since`),
    row.until === null ? null : checkedIndex(row.until, `${at}.until`),
    filledText(row.recordedAt, `${at}.recordedAt`),
    filledText(row.validFrom, `${at}.validFrom`),
    row.validTo === null ? null : filledText(row.validTo, `${at}.validTo`),
  ];
}

/** One fresh buffer, because the callers keep theirs and a view would drag its whole pool along. */
function joinBytes(facts: readonly FactRow[]): PackedBytes {
  const parts = facts.flatMap(({ leaf, sidecar }) => [leaf, ...sidecar.map(({ box }) => box)]);
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
