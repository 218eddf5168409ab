import { invalidInput } from '../domain/errors.ts';
import { EDGE_KINDS, NODE_KINDS } from '../domain/lineage/kinds.ts';
import {
  type AsKnown,
  type EdgeQuery,
  type FactQuery,
  GET_IDS_MAX,
  type NodeQuery,
  PAGE_ROWS_MAX,
  WALK_DEPTH_MAX,
  WALK_NODES_MAX,
  type WalkQuery,
} from './lineage-store.ts';

/** Most idempotency keys that one question names. */
const KEYS_RANGE = { min: 0, max: PAGE_ROWS_MAX };
/** Shortest text to search names for, in characters. */
const SEARCH_CHARACTERS_MIN = 3;

export function checkIds(ids: readonly unknown[], field = 'ids'): void {
  if (ids.length <= GET_IDS_MAX) return;
  throw invalidInput(`${field} has ${ids.length} entries, at most ${GET_IDS_MAX} fit`, { field });
}

export function checkNodeQuery(query: NodeQuery): void {
  checkNumber(query.limit, 'limit', { min: 1, max: PAGE_ROWS_MAX });
  checkKinds(query.kinds, Object.keys(NODE_KINDS));
  if (query.identifiers !== undefined) checkIds(query.identifiers, 'identifiers');
  if (!query.scope.all) checkIds(query.scope.projects, 'scope.projects');
  if (query.text !== undefined && [...query.text].length < SEARCH_CHARACTERS_MIN) {
    throw invalidInput(`text needs at least ${SEARCH_CHARACTERS_MIN} characters to search for`, {
      field: 'text',
    });
  }
}

export function checkEdgeQuery(query: EdgeQuery): void {
  checkNumber(query.limit, 'limit', { min: 1, max: PAGE_ROWS_MAX });
  checkKinds(query.kinds, EDGE_KINDS);
  if (query.at !== undefined) checkIds(query.at, 'at');
  checkKnownAt(query);
}

export function checkWalkQuery(query: WalkQuery): void {
  checkNumber(query.limit, 'limit', { min: 1, max: WALK_NODES_MAX });
  checkNumber(query.depth, 'depth', { min: 0, max: WALK_DEPTH_MAX });
  checkKinds(query.kinds, EDGE_KINDS);
  checkIds(query.roots, 'roots');
  checkKnownAt(query);
}

export function checkFactQuery(query: FactQuery): void {
  checkNumber(query.limit, 'limit', { min: 1, max: PAGE_ROWS_MAX });
  if (query.indexes !== undefined) checkIds(query.indexes, 'indexes');
  if (query.ids !== undefined) checkIds(query.ids, 'ids');
  if (query.keys !== undefined) checkNumber(query.keys.length, 'keys', KEYS_RANGE);
  if (query.types !== undefined) checkIds(query.types, 'types');
  if (query.from !== undefined) checkIndex(query.from, 'from');
  if (query.to !== undefined) checkIndex(query.to, 'to');
  if (!query.scope.all) checkIds(query.scope.projects, 'scope.projects');
}

function checkKinds(kinds: readonly string[] | undefined, known: readonly string[]): void {
  const unknown = kinds?.find((kind) => !known.includes(kind));
  if (unknown === undefined) return;
  throw invalidInput(`no such kind: ${JSON.stringify(unknown)}`, { field: 'kinds' });
}

/** -1 is the time before the first fact. */
function checkKnownAt({ knownAt }: AsKnown): void {
  if (knownAt === undefined) return;
  checkNumber(knownAt, 'knownAt', { min: -1, max: Number.MAX_SAFE_INTEGER });
}

function checkIndex(index: number, field: string): void {
  checkNumber(index, field, { min: 0, max: Number.MAX_SAFE_INTEGER });
}

interface Range {
  readonly min: number;
  readonly max: number;
}

function checkNumber(value: number, field: string, { min, max }: Range): void {
  if (Number.isSafeInteger(value) && value >= min && value <= max) return;
  throw invalidInput(`${field} is ${value} and must be an integer from ${min} to ${max}`, {
    field,
  });
}
