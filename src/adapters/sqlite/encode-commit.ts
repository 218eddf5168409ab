import { invalidInput } from '../../domain/errors.ts';
import { isBare } from '../../domain/lineage/bare-node.ts';
import type { EdgeRow, LogIndex, NodeRow } from '../../domain/lineage/graph-rows.ts';
import { deletedAtOf } from '../../domain/lineage/tombstone.ts';
import { checkText } from '../../domain/values/text.ts';
import { type Commit, type FactRow, INDEXED_TEXT_LENGTH_MAX } from '../../ports/lineage-store.ts';
import type { Cell } from './driver.ts';
import { jsonText } from './json-text.ts';
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
      filled(node, `about[${at}]`),
      logIndex(index, `about[${at}]`),
    ]),
    bytes: joinBytes(commit.facts),
  };
}

function encodeFact(row: FactRow, at: string): EncodedFact {
  const key = row.idempotency;
  return {
    cells: [
      logIndex(row.index, `${at}.index`),
      filled(row.id, `${at}.id`),
      filled(row.type, `${at}.type`),
      filled(row.outcome, `${at}.outcome`),
      filled(row.actor, `${at}.actor`),
      filled(row.recordedAt, `${at}.recordedAt`),
      key === null ? null : filled(key.actor, `${at}.idempotency.actor`),
      key === null ? null : filled(key.operation, `${at}.idempotency.operation`),
      key === null ? null : indexed(key.key, `${at}.idempotency.key`),
    ],
    subject: row.subject === null ? null : filled(row.subject, `${at}.subject`),
    projects: row.projects.map((project, n) => filled(project, `${at}.projects[${n}]`)),
    leafLength: row.leaf.length,
    sidecar: row.sidecar.map(({ person, box }, n) => ({
      person: filled(person, `${at}.sidecar[${n}].person`),
      length: box.length,
    })),
  };
}

function encodeNode(row: NodeRow, at: string): Cell[] {
  return [
    filled(row.id, `${at}.id`),
    filled(row.kind, `${at}.kind`),
    row.project === null ? null : filled(row.project, `${at}.project`),
    indexed(row.name, `${at}.name`),
    logIndex(row.since, `${at}.since`),
    logIndex(row.last, `${at}.last`),
    filled(row.recordedAt, `${at}.recordedAt`),
    JSON.stringify(row.identifiers.map((text, n) => filled(text, `${at}.identifiers[${n}]`))),
    jsonText(row.props, `${at}.props`),
    deletedAtOf(row) ?? null,
    isBare(row) ? 1 : null,
  ];
}

function encodeEdge(row: EdgeRow, at: string): Cell[] {
  return [
    filled(row.from, `${at}.from`),
    filled(row.kind, `${at}.kind`),
    filled(row.to, `${at}.to`),
    logIndex(row.since, `${at}.since`),
    row.until === null ? null : logIndex(row.until, `${at}.until`),
    filled(row.recordedAt, `${at}.recordedAt`),
    filled(row.validFrom, `${at}.validFrom`),
    row.validTo === null ? null : filled(row.validTo, `${at}.validTo`),
  ];
}

/** A text of at least one character: the empty text stands for null on the way back. */
function filled(text: string, field: string): string {
  if (text.length === 0) throw invalidInput(`${field} is empty`, { field });
  return indexed(text, field);
}

function indexed(text: string, field: string): string {
  if (text.length > INDEXED_TEXT_LENGTH_MAX) {
    const fault = `${field} has ${text.length} characters, at most ${INDEXED_TEXT_LENGTH_MAX} fit`;
    throw invalidInput(fault, { field });
  }
  try {
    return checkText(text, field);
  } catch (cause) {
    throw invalidInput((cause as Error).message, { field });
  }
}

function logIndex(index: LogIndex, field: string): number {
  if (Number.isSafeInteger(index) && index >= 0) return index;
  throw invalidInput(`${field} is no log index: ${index}`, { field });
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
