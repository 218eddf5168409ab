import { isDomainError } from '../domain/errors.ts';
import { checkDatasetName, type DatasetName } from '../domain/lineage/named-dataset.ts';
import { type Json, type JsonObject, readableValue } from '../domain/values/value.ts';

/** Deepest columns within columns that are told; producers nest a few. */
const COLUMNS_DEEP_MAX = 32;

/** Most transformations that are told of one column that another came from. */
export const TRANSFORMATIONS_MAX = 20;

/** A column as the schema of a dataset tells it; one within another is called `outer.inner`. */
export interface ToldColumn {
  readonly name: string;
  readonly type: string | null;
  readonly description: string | null;
}

/** How a column came from another, in OpenLineage's words. */
export interface ColumnTransformation {
  readonly type: string | null;
  readonly subtype: string | null;
  readonly description: string | null;
  /** Whether what the column says can no longer be told from it; null when that is not said. */
  readonly masking: boolean | null;
}

/** A column that another one came from. */
export interface ColumnSource extends DatasetName {
  readonly field: string;
  readonly transformations: readonly ColumnTransformation[];
}

export interface ToldColumnLineage {
  readonly columns: ReadonlyMap<string, readonly ColumnSource[]>;
  /** What every column depends on: by a filter, a join, an order. */
  readonly ofAll: readonly ColumnSource[];
}

/** The value of a facet as a node has it; undefined when none counts. */
export function facetValue(prop: Json | undefined): JsonObject | undefined {
  const value = isObject(prop) ? prop.value : undefined;
  const readable = value === undefined ? undefined : readableValue(value);
  return isObject(readable) ? readable : undefined;
}

/** The columns that a facet `schema` tells, in its order; what has no name is none. */
export function columnsOfSchema(prop: Json | undefined): ToldColumn[] {
  const columns: ToldColumn[] = [];
  const visit = (fields: Json | undefined, within: string, depth: number): void => {
    if (depth > COLUMNS_DEEP_MAX) return;
    for (const field of listOf(fields)) {
      const own = textOf(field.name);
      if (own === null) continue;
      const name = within + own;
      columns.push({ name, type: textOf(field.type), description: textOf(field.description) });
      visit(field.fields, `${name}.`, depth + 1);
    }
  };
  visit(facetValue(prop)?.fields, '', 1);
  return columns;
}

/** What a facet `columnLineage` says. What it says in another form than the specified is left. */
export function columnLineageOf(prop: Json | undefined): ToldColumnLineage | null {
  const value = facetValue(prop);
  if (value === undefined) return null;
  const fields = isObject(value.fields) ? Object.entries(value.fields) : [];
  return {
    columns: new Map(
      fields.map(([name, told]) => [name, isObject(told) ? sourcesOf(told) : []] as const),
    ),
    ofAll: listOf(value.dataset).flatMap((each) => sourceOf(each, null) ?? []),
  };
}

/** Older producers say the transformation once for all columns that one came from. */
function sourcesOf(told: JsonObject): ColumnSource[] {
  const type = textOf(told.transformationType);
  const description = textOf(told.transformationDescription);
  const isTold = type !== null || description !== null;
  const shared = isTold ? { type, subtype: null, description, masking: null } : null;
  return listOf(told.inputFields).flatMap((each) => sourceOf(each, shared) ?? []);
}

function sourceOf(told: JsonObject, shared: ColumnTransformation | null): ColumnSource | null {
  const named = datasetNameOf(told);
  const field = textOf(told.field);
  if (named === null || field === null) return null;
  const listed = listOf(told.transformations).slice(0, TRANSFORMATIONS_MAX);
  const own = listed.map(({ type, subtype, description, masking }) => ({
    type: textOf(type),
    subtype: textOf(subtype),
    description: textOf(description),
    masking: typeof masking === 'boolean' ? masking : null,
  }));
  const transformations = own.length === 0 && shared !== null ? [shared] : own;
  return { ...named, field, transformations };
}

/** The name as it is on record; null for what names no dataset. */
export function datasetNameOf(told: JsonObject): DatasetName | null {
  const [namespace, name] = [textOf(told.namespace), textOf(told.name)];
  if (namespace === null || name === null) return null;
  try {
    return checkDatasetName({ namespace, name });
  } catch (error) {
    if (isDomainError(error)) return null;
    throw error;
  }
}

export function isObject(value: Json | undefined): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** The objects of a list; none of what is no list. */
export function listOf(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

export function textOf(value: Json | undefined): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
