import { personalRefOf } from '../audit/personal.ts';
import type { Json, JsonObject } from '../values/value.ts';
import type { NodeRow } from './graph-rows.ts';
import { isCollectionKind } from './kinds.ts';
import { LATEST } from './names.ts';

/** Properties that say when something came or in which order, not what it is. */
const ARRIVAL_PROPS: readonly string[] = [
  ...['ordinal', 'versionCount', 'bytes', 'client'],
  ...['registrationNumber', 'registrationCount'],
];
/** A collection is of the type that its first version had. */
const COLLECTION_ARRIVAL_PROPS: readonly string[] = [...ARRIVAL_PROPS, 'type'];
/** Times of the world where the client stated them, of the hub where it did not. */
const STATED_TIMES: readonly string[] = [
  'startedAt',
  'endedAt',
  'stopRequestedAt',
  'sealedAt',
  'deletedAt',
];

export interface ContentOfNode {
  readonly node: Json;
  /**
   * True for what exists by the order of arrival alone: the alias `latest`, and what a dataset held
   * before anybody was known to have written to it, which is made as long as nobody is.
   */
  readonly followsArrival: boolean;
}

/** A node without ordinals, log indexes, hub times and fact references. */
export function withoutArrival(row: NodeRow): ContentOfNode {
  const { id, kind, project, name, identifiers } = row;
  const arrival = isCollectionKind(kind) ? COLLECTION_ARRIVAL_PROPS : ARRIVAL_PROPS;
  const props = Object.fromEntries(
    Object.entries(row.props)
      .filter(([key]) => !arrival.includes(key) && !STATED_TIMES.includes(key))
      .map(([key, value]) => [key, withoutFact(value)]),
  ) as JsonObject;
  return {
    node: ['node', id, kind, project, isVersionNode(row) ? null : name, props, identifiers],
    followsArrival: (kind === 'ALIAS' && name === LATEST) || row.props.identity === 'before',
  };
}

/** A version's name ends in its ordinal, so it says when it came. */
function isVersionNode({ kind }: NodeRow): boolean {
  return kind.endsWith('_VERSION');
}

/** A grant holds its reason one level down, so references are looked for at every depth. */
function withoutFact(value: Json): Json {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(withoutFact);
  const ref = personalRefOf(value);
  if (ref) return { person: ref.person, field: ref.field };
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, withoutFact(item as Json)]),
  );
}
