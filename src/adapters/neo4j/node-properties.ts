import { isBare } from '../../domain/lineage/bare-node.ts';
import { compareText, type NodeRow } from '../../domain/lineage/graph-rows.ts';
import type { NodeKind } from '../../domain/lineage/kinds.ts';
import type { Json, JsonObject } from '../../domain/values/value.ts';
import { checkedIndex, filledText, indexedText } from '../../ports/check-rows.ts';
import { jsonText } from '../../ports/json-text.ts';
import { int } from './bolt.ts';
import { folded } from './folded.ts';

/** Longest name of a property of its own; longer ones go into `_odd`. */
const KEY_LENGTH_MAX = 256;
/** Columns of a row, which props of the same name must not hide. */
const COLUMNS: ReadonlySet<string> = new Set([
  ...['id', 'kind', 'project', 'name', 'identifiers', 'since', 'last', 'recordedAt'],
]);

type Properties = Record<string, unknown>;

/**
 * The properties of a node in the database: its columns, then its props by their own names, so
 * that people can read and query them. Texts, numbers, booleans and lists of texts are native;
 * all else is JSON text, and `_json` names those. `_odd` holds, as one JSON text, props whose
 * names the database cannot take or the row needs itself. `_keys` is there when the order of the
 * props is not that of their names.
 */
export function propertiesOf(row: NodeRow, at: string): Properties {
  const project = row.project === null ? null : filledText(row.project, `${at}.project`);
  jsonText(row.props, `${at}.props`);
  const identifiers = row.identifiers.map((text, n) => filledText(text, `${at}.identifiers[${n}]`));
  const properties: Properties = {
    id: filledText(row.id, `${at}.id`),
    kind: filledText(row.kind, `${at}.kind`),
    ...(project === null ? {} : { project }),
    name: indexedText(row.name, `${at}.name`),
    ...(identifiers.length === 0 ? {} : { identifiers }),
    since: int(checkedIndex(row.since, `${at}.since`)),
    last: int(checkedIndex(row.last, `${at}.last`)),
    recordedAt: filledText(row.recordedAt, `${at}.recordedAt`),
    _search: folded(row.name),
  };
  const bare = isBare(row);
  if (bare) properties._bare = true;
  if (!bare && row.props.deletedAt === undefined) {
    properties._list = listOf(row.kind, row.project);
  }
  addProps(properties, row.props);
  return properties;
}

/** What a list reads in order: the nodes of a kind in a project, or in none. */
export function listOf(kind: string, project: string | null): string {
  return `${kind} ${project ?? ''}`;
}

function addProps(properties: Properties, props: JsonObject): void {
  const json: string[] = [];
  const odd: [string, Json][] = [];
  for (const [key, value] of Object.entries(props)) {
    if (!isPlainKey(key)) odd.push([key, value]);
    else if (isNative(value)) properties[key] = toNative(value);
    else {
      properties[key] = JSON.stringify(value);
      json.push(key);
    }
  }
  if (json.length > 0) properties._json = json;
  if (odd.length > 0) properties._odd = JSON.stringify(Object.fromEntries(odd));
  const keys = Object.keys(props);
  const found = Object.keys(Object.fromEntries([...keys].sort(compareText).map((key) => [key, 0])));
  if (found.some((key, at) => key !== keys[at])) properties._keys = JSON.stringify(keys);
}

function isPlainKey(key: string): boolean {
  if (key === '' || key.startsWith('_') || COLUMNS.has(key)) return false;
  return key.length <= KEY_LENGTH_MAX && !key.includes('\0') && isWellFormed(key);
}

function isNative(value: Json): boolean {
  if (typeof value === 'string') return isWellFormed(value);
  if (typeof value === 'number' || typeof value === 'boolean') return true;
  if (!Array.isArray(value) || value.length === 0) return false;
  return value.every((item) => typeof item === 'string' && isWellFormed(item));
}

function toNative(value: Json): unknown {
  return Number.isSafeInteger(value) ? int(value as number) : value;
}

function isWellFormed(text: string): boolean {
  return (text as string & { isWellFormed(): boolean }).isWellFormed();
}

/** The row that `propertiesOf` was made from. */
export function nodeOf(properties: Properties): NodeRow {
  const { id, kind, project, name, identifiers, since, last, recordedAt } = properties;
  return {
    id: id as string,
    kind: kind as NodeKind,
    project: (project as string | undefined) ?? null,
    name: name as string,
    props: propsOf(properties),
    identifiers: (identifiers as string[] | undefined) ?? [],
    since: since as number,
    last: last as number,
    recordedAt: recordedAt as NodeRow['recordedAt'],
  };
}

function propsOf(properties: Properties): JsonObject {
  const json = new Set((properties._json as string[] | undefined) ?? []);
  const entries: [string, Json][] = [];
  for (const key of Object.keys(properties)) {
    if (key.startsWith('_') || COLUMNS.has(key)) continue;
    const value = properties[key];
    entries.push([key, json.has(key) ? parsed(value) : (value as Json)]);
  }
  if (properties._odd !== undefined) {
    entries.push(...Object.entries(parsed(properties._odd) as JsonObject));
  }
  entries.sort(([a], [b]) => compareText(a, b));
  if (properties._keys !== undefined) {
    const places = (parsed(properties._keys) as string[]).map(
      (key, place) => [key, place] as const,
    );
    const placeOf = new Map(places);
    entries.sort(([a], [b]) => (placeOf.get(a) ?? 0) - (placeOf.get(b) ?? 0));
  }
  return Object.fromEntries(entries);
}

/** A text that somebody edited by hand and that is JSON no more is shown as it is. */
function parsed(text: unknown): Json {
  try {
    return JSON.parse(text as string) as Json;
  } catch {
    return text as Json;
  }
}
