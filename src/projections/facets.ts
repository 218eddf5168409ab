import { DAMAGED, ERASED, personalRefOf } from '../domain/audit/personal.ts';
import { compareText, type NodeRow } from '../domain/lineage/graph-rows.ts';
import type { DatasetName } from '../domain/lineage/named-dataset.ts';
import type { NodeId } from '../domain/lineage/node-id.ts';
import { type Json, type JsonObject, readableValue } from '../domain/values/value.ts';
import { type PersonalSource, personalText } from './personal-text.ts';
import { datasetNameOf, isObject, listOf } from './told-columns.ts';

/** What counts of all that pipelines said under one name of one thing. */
export interface Facet {
  readonly name: string;
  /** Time of the event that said it, with nine digits of fraction. */
  readonly at: string;
  /** Digest of that event. */
  readonly by: string;
  readonly isDeleted: boolean;
  readonly isPersonal: boolean;
  /** Of what stands in the open. */
  readonly value: Json;
  /** Of what is personal: where its text lies, and which member of the text it is. */
  readonly text: readonly Json[];
  readonly place: string;
  /** Datasets that it names, by their ids. */
  readonly datasets: readonly NodeId[];
}

const OPEN = 'facet_';

/** The facets of a node, by name. */
export function facetsOf({ props }: Pick<NodeRow, 'props'>): Facet[] {
  const open = Object.entries(props).flatMap(([key, prop]) =>
    key.startsWith(OPEN) && isObject(prop) ? [facetOf(key.slice(OPEN.length), prop)] : [],
  );
  const personal = facetsIn(props.otherFacets).map((each) => ({ ...each, isPersonal: true }));
  return [...open, ...personal].sort((a, b) => compareText(a.name, b.name));
}

/** The facets of a list, as nodes keep personal ones and those of inputs and outputs. */
export function facetsIn(list: Json | undefined): Facet[] {
  return listOf(list).map((prop) => facetOf(String(prop.name), prop));
}

function facetOf(name: string, prop: JsonObject): Facet {
  const { at, by, value = null, deleted, text, place = '', datasets = [] } = prop;
  return {
    ...{ name, at: String(at), by: String(by), value, place: String(place) },
    isDeleted: deleted === true,
    isPersonal: text !== undefined,
    text: Array.isArray(text) ? text : [],
    datasets: datasets as readonly NodeId[],
  };
}

/** Where personal texts are read, each perhaps for many facets. */
export interface FacetTexts {
  textOf(refs: readonly Json[]): Promise<Json>;
}

/**
 * What a facet says: null where it was taken back, and the marker of erasure, or of damage, where
 * that is what is left of it.
 */
export async function facetBody(facet: Facet, texts: FacetTexts): Promise<Json> {
  if (facet.isDeleted) return null;
  if (!facet.isPersonal) return readableValue(facet.value);
  const whole = await texts.textOf(facet.text);
  if (!isObject(whole)) return whole;
  const place = whole[facet.place];
  const value = isObject(place) ? place[facet.name] : undefined;
  return value === undefined ? DAMAGED : readableValue(value);
}

/** The text that lies in several pieces, read as JSON; a marker where one of them is gone. */
export async function facetText(refs: readonly Json[], source: PersonalSource): Promise<Json> {
  if (refs.length === 0 || !refs.every((ref) => personalRefOf(ref))) return DAMAGED;
  const pieces = await Promise.all(refs.map((ref) => personalText(ref, source)));
  if (pieces.includes(ERASED)) return ERASED;
  if (pieces.includes(DAMAGED)) return DAMAGED;
  try {
    return JSON.parse(pieces.join(''));
  } catch {
    return DAMAGED;
  }
}

/** A facet without the datasets that a reader may not know of, and whether that left any out. */
export function withoutNames(
  { name }: Pick<Facet, 'name'>,
  body: Json,
  isKnown: (named: DatasetName) => boolean,
): { readonly body: Json; readonly isRestricted: boolean } {
  if (!isObject(body)) return { body, isRestricted: false };
  const filter = new NameFilter(isKnown);
  if (name === 'symlinks') {
    const identifiers = filter.list(body.identifiers);
    return { body: { ...body, identifiers }, isRestricted: filter.leftOut };
  }
  if (name !== 'columnLineage') return { body, isRestricted: false };
  const fields = isObject(body.fields) ? Object.entries(body.fields) : [];
  const kept = fields.map(([column, told]) => [column, filter.field(told)] as const);
  const shown = {
    ...body,
    ...(body.fields !== undefined && { fields: Object.fromEntries(kept) }),
    ...(body.dataset !== undefined && { dataset: filter.list(body.dataset) }),
  };
  return { body: shown, isRestricted: filter.leftOut };
}

/** Facets that name other datasets in a form that is known. */
export const NAMING_FACETS: readonly string[] = ['columnLineage', 'symlinks'];

class NameFilter {
  leftOut = false;
  readonly #isKnown: (named: DatasetName) => boolean;

  constructor(isKnown: (named: DatasetName) => boolean) {
    this.#isKnown = isKnown;
  }

  /** What of a list may be known. What names no dataset in the known form may name a hidden one. */
  list(told: Json | undefined): Json[] {
    const all = Array.isArray(told) ? told : [];
    const kept = all.filter((item: Json) => {
      const named = isObject(item) ? datasetNameOf(item) : null;
      return named !== null && this.#isKnown(named);
    });
    if (kept.length < all.length) this.leftOut = true;
    return kept;
  }

  /** Words about all sources of a column together may name each of them. */
  field(told: Json): Json {
    if (!isObject(told)) return told;
    const { inputFields, transformationDescription, ...rest } = told;
    const kept = this.list(inputFields);
    const isWhole = !Array.isArray(inputFields) || kept.length === inputFields.length;
    return {
      ...rest,
      ...(inputFields !== undefined && { inputFields: kept }),
      ...(transformationDescription !== undefined && isWhole && { transformationDescription }),
    };
  }
}
