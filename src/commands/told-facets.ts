import type { OpenLineagePut, RecordedFacet } from '../domain/audit/facts/openlineage.ts';
import { personalRefOf } from '../domain/audit/personal.ts';
import { DomainError } from '../domain/errors.ts';
import type { NodeRow } from '../domain/lineage/graph-rows.ts';
import type { NodeId } from '../domain/lineage/node-id.ts';
import { type Said, winsOver } from '../domain/lineage/registers.ts';
import type { ToldFacet } from '../domain/lineage/told-event.ts';
import type { Json, JsonObject } from '../domain/values/value.ts';

/** Most facets that may be personal of one node. */
export const OTHER_FACETS_MAX = 256;

type TextParts = NonNullable<RecordedFacet['text']>;

/** What the values of one part are kept as: each once, however many nodes have it. */
export class ValueTable {
  readonly values: JsonObject[] = [];
  readonly #places = new Map<JsonObject, number>();

  placeOf(value: JsonObject): number {
    const known = this.#places.get(value);
    if (known !== undefined) return known;
    this.values.push(value);
    this.#places.set(value, this.values.length - 1);
    return this.values.length - 1;
  }
}

/** What one part of an event says by itself: when, and where its personal text lies. */
export interface Telling {
  readonly said: Said;
  readonly text: TextParts;
  readonly values: ValueTable;
}

/** Of facets that are said of a node, those that count beside what it has. */
export function facetsToPut(
  row: Pick<NodeRow, 'props'> | undefined,
  told: readonly ToldFacet[],
  { said, text, values, datasets }: Telling & { readonly datasets: readonly NodeId[] },
): Pick<OpenLineagePut, 'facets' | 'others'> {
  const open = told.filter((facet) => !isPersonal(facet));
  const winning = open.filter(({ name }) => winsOver(said, row?.props[`facet_${name}`]));
  const before = facetsOf(row?.props.otherFacets);
  const others = mergedFacets(before, told.filter(isPersonal), { said, text });
  if (others.length > OTHER_FACETS_MAX) {
    const fault = `a node has at most ${OTHER_FACETS_MAX} facets that may be personal`;
    throw new DomainError('LIMIT_EXCEEDED', fault);
  }
  return {
    facets: winning.map((facet) => ({
      name: facet.name,
      value: 'value' in facet ? values.placeOf(facet.value) : null,
      datasets: facet.name === 'columnLineage' && 'value' in facet ? [...datasets] : [],
    })),
    others: others === before ? null : [...others],
  };
}

function isPersonal(facet: ToldFacet): boolean {
  return 'place' in facet || ('deleted' in facet && facet.deleted === 'personal');
}

/** Facets that count of those before and those told now; the same list if none is new. */
export function mergedFacets(
  before: readonly RecordedFacet[],
  told: readonly ToldFacet[],
  { said, text }: Pick<Telling, 'said' | 'text'>,
): readonly RecordedFacet[] {
  const known = new Map(before.map((facet) => [facet.name, facet]));
  const winning = told.filter(({ name }) => winsOver(said, known.get(name) as Said | undefined));
  if (winning.length === 0) return before;
  for (const facet of winning) known.set(facet.name, recorded(facet, { said, text }));
  return [...known.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function recorded(facet: ToldFacet, { said, text }: Pick<Telling, 'said' | 'text'>): RecordedFacet {
  const base = { name: facet.name, at: said.at, rank: said.rank, by: said.by };
  if ('value' in facet) return { ...base, value: facet.value };
  if ('place' in facet) return { ...base, place: facet.place, text };
  return { ...base, deleted: true };
}

/** Facets as a node has them, in the form that facts have them in. */
export function facetsOf(prop: Json | undefined): readonly RecordedFacet[] {
  return ((prop ?? []) as readonly JsonObject[]).map(({ text, ...facet }) => ({
    ...(facet as unknown as RecordedFacet),
    ...(text !== undefined && { text: (text as readonly Json[]).map(textPartOf) }),
  }));
}

function textPartOf(prop: Json): TextParts[number] {
  const { fact, person, field } = personalRefOf(prop) as NonNullable<
    ReturnType<typeof personalRefOf>
  >;
  return { fact, person, field };
}
