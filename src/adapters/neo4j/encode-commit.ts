import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { invalidInput } from '../../domain/errors.ts';
import type { EdgeRow, NodeRow } from '../../domain/lineage/graph-rows.ts';
import { isNodeKind } from '../../domain/lineage/kinds.ts';
import { checkedIndex, filledText, indexedText } from '../../ports/check-rows.ts';
import type { Commit, FactRow, IdempotencyKey } from '../../ports/lineage-store.ts';
import { int, toBytes } from './bolt.ts';
import { propertiesOf } from './node-properties.ts';

export type Properties = Readonly<Record<string, unknown>>;

/** Rows of a commit as the database takes them, each once: the last of equal ones. */
export interface EncodedCommit {
  readonly facts: readonly Properties[];
  readonly projectLists: ReadonlyMap<string, readonly string[]>;
  /** By id. */
  readonly nodes: ReadonlyMap<string, Properties>;
  /** By key. */
  readonly edges: ReadonlyMap<string, EncodedEdge>;
  readonly about: ReadonlyMap<string, Properties>;
}

export interface EncodedEdge {
  readonly kind: string;
  readonly row: Properties;
}

/** Refuses with INVALID_INPUT what the database cannot hold, before anything is sent. */
export function encodeCommit(commit: Commit): EncodedCommit {
  const facts = commit.facts.map((row, at) => encodeFact(row, `facts[${at}]`));
  return {
    facts,
    projectLists: new Map(commit.facts.map(({ projects }) => [projectListKey(projects), projects])),
    nodes: new Map(commit.nodes.map((row, at) => [row.id, encodeNode(row, `nodes[${at}]`)])),
    edges: new Map(commit.edges.map((row, at) => [keyOf(row), encodeEdge(row, `edges[${at}]`)])),
    about: new Map(
      commit.about.map(([node, index], at) => [
        JSON.stringify([node, index]),
        {
          id: filledText(node, `about[${at}]`),
          index: int(checkedIndex(index, `about[${at}]`)),
        },
      ]),
    ),
  };
}

/** One text for any number of projects, short enough for an index. */
export function projectListKey(projects: readonly string[]): string {
  return digestOf(projects);
}

/** One text for the three parts, which together may be too long for an index. */
export function idempotencyDigest({ actor, operation, key }: IdempotencyKey): string {
  return digestOf([actor, operation, key]);
}

function digestOf(texts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(texts)).digest('base64url');
}

function keyOf({ from, kind, to, since }: EdgeRow): string {
  return JSON.stringify([from, kind, to, since]);
}

function encodeNode(row: NodeRow, at: string): Properties {
  const properties = propertiesOf(row, at);
  if (!isNodeKind(row.kind)) {
    throw invalidInput(`${at}.kind is no kind of node`, { field: `${at}.kind` });
  }
  return properties;
}

function encodeEdge(row: EdgeRow, at: string): EncodedEdge {
  return {
    kind: filledText(row.kind, `${at}.kind`),
    row: {
      from: filledText(row.from, `${at}.from`),
      to: filledText(row.to, `${at}.to`),
      since: int(checkedIndex(row.since, `${at}.since`)),
      until: row.until === null ? null : int(checkedIndex(row.until, `${at}.until`)),
      recordedAt: filledText(row.recordedAt, `${at}.recordedAt`),
      validFrom: filledText(row.validFrom, `${at}.validFrom`),
      validTo: row.validTo === null ? null : filledText(row.validTo, `${at}.validTo`),
    },
  };
}

function encodeFact(row: FactRow, at: string): Properties {
  const projects = row.projects.map((text, n) => filledText(text, `${at}.projects[${n}]`));
  return {
    properties: {
      index: int(checkedIndex(row.index, `${at}.index`)),
      id: filledText(row.id, `${at}.id`),
      type: filledText(row.type, `${at}.type`),
      outcome: filledText(row.outcome, `${at}.outcome`),
      actor: filledText(row.actor, `${at}.actor`),
      ...(row.subject === null ? {} : { subject: filledText(row.subject, `${at}.subject`) }),
      ...(projects.length === 0 ? {} : { projects }),
      recordedAt: filledText(row.recordedAt, `${at}.recordedAt`),
      ...encodeKey(row.idempotency, `${at}.idempotency`),
      leaf: encodeLeaf(row.leaf),
      _projects: projectListKey(projects),
    },
    sidecar: row.sidecar.map(({ person, box }, position) => ({
      position: int(position),
      person: filledText(person, `${at}.sidecar[${position}].person`),
      box: toBytes(box),
    })),
  };
}

function encodeKey(key: IdempotencyKey | null, at: string): Properties {
  if (key === null) return {};
  return {
    keyActor: filledText(key.actor, `${at}.actor`),
    keyOperation: filledText(key.operation, `${at}.operation`),
    key: indexedText(key.key, `${at}.key`),
    _key: idempotencyDigest(key),
  };
}

/** As text where it is one, so that people can read it; the bytes are the same either way. */
function encodeLeaf(leaf: Uint8Array): unknown {
  if (!isUtf8(leaf)) return toBytes(leaf);
  return Buffer.from(leaf.buffer, leaf.byteOffset, leaf.length).toString('utf8');
}
