import { invalidInput } from '../../domain/errors.ts';
import { type EventTime, instantOf } from '../../domain/lineage/event-time.ts';
import { compareText, type NodeRow } from '../../domain/lineage/graph-rows.ts';
import type { Json } from '../../domain/values/value.ts';
import {
  type Facet,
  facetBody,
  facetText,
  NAMING_FACETS,
  withoutNames,
} from '../../projections/facets.ts';
import { isObject, textOf } from '../../projections/told-columns.ts';
import { questionOf } from './cursors.ts';
import type { GraphContext } from './graph-context.ts';
import type { FacetsArgs } from './inputs/facets-args.ts';
import { knownNames } from './known-names.ts';
import { type Connection, connection, foundRows, pageOf } from './paging.ts';
import { personalSource } from './personal-source.ts';

/** Most names of facets that one question names. */
export const FACET_NAMES_MAX = 100;

export type ShownFacet = Awaited<ReturnType<typeof showFacet>>;

/** A page of facets that were said of a node, or by it of another, in the order of their names. */
export async function facetPage(
  of: { readonly field: string; readonly key: string; readonly row: NodeRow },
  facets: readonly Facet[],
  { args, context }: { readonly args: FacetsArgs; readonly context: GraphContext },
): Promise<Connection<ShownFacet>> {
  const { names } = args;
  if (names && names.length > FACET_NAMES_MAX) {
    throw invalidInput(`at most ${FACET_NAMES_MAX} names of facets`);
  }
  const question = questionOf(of.field, { ...args, of: of.key });
  const page = pageOf(args, question, ['text']);
  const behind = page.after?.[0];
  const rows = facets
    .filter(({ name }) => !names || names.includes(name))
    .filter(({ name }) => behind === undefined || compareText(name, behind) > 0)
    .slice(0, page.size + 1);
  const shown = await Promise.all(rows.map((facet) => showFacet(facet, { row: of.row, context })));
  const placed = (node: ShownFacet) => ({ place: [node.name] as const, node });
  return connection(page, foundRows(shown, page, placed));
}

/** What a facet says to this reader. */
export async function showFacet(
  facet: Facet,
  { row, context }: { readonly row: NodeRow; readonly context: GraphContext },
) {
  const whole = await bodyOf(facet, context);
  const isNaming = NAMING_FACETS.includes(facet.name);
  const { body, isRestricted } = isNaming
    ? withoutNames(facet, whole, await knownNames(facet, { row, context }))
    : { body: whole, isRestricted: false };
  const { _producer: producer, _schemaURL: schemaURL } = isObject(body) ? body : {};
  return {
    name: facet.name,
    producer: textOf(producer),
    schemaURL: textOf(schemaURL),
    body,
    at: instantOf(facet.at as EventTime),
    event: facet.by,
    isDeleted: facet.isDeleted,
    isPersonal: facet.isPersonal,
    isRestricted,
  };
}

/** Facets of one event share a text, which is read once for them all. */
export function bodyOf(facet: Facet, context: GraphContext): Promise<Json> {
  const source = personalSource(context);
  return facetBody(facet, {
    textOf: (refs) =>
      context.loaders.answers.share(['facetText', refs], () => facetText(refs, source)),
  });
}
