import type { RecordedEnd } from '../domain/audit/facts/openlineage.ts';
import { DomainError } from '../domain/errors.ts';
import type { NodeRow } from '../domain/lineage/graph-rows.ts';
import type { NodeId } from '../domain/lineage/node-id.ts';
import { rankOf, saidOf, winsOver } from '../domain/lineage/registers.ts';
import type { ToldEvent, ToldFacet } from '../domain/lineage/told-event.ts';
import { canonicalJson } from '../domain/values/canonical-json.ts';
import type { Json, JsonObject } from '../domain/values/value.ts';
import { facetsOf, mergedFacets, type Telling } from './told-facets.ts';
import type { NamedToldEnd } from './told-names.ts';

/** Most datasets that one run or job reads, and most that it writes. */
export const ENDS_OF_ONE_MAX = 1_000;
/** Most of what a run or a job keeps of its inputs or its outputs, in bytes of JSON. */
export const ENDS_BYTES_MAX = 2 * 1024 * 1024;

/** What a run or a job says of its inputs or its outputs, by the ids of the datasets. */
export type Ends = ReadonlyMap<NodeId, RecordedEnd>;

export function endsOf(row: Pick<NodeRow, 'props'> | undefined, of: 'reads' | 'writes'): Ends {
  const all = (row?.props[of] ?? []) as readonly JsonObject[];
  return new Map(
    all.map((prop) => {
      const end = prop as unknown as RecordedEnd;
      const facets = facetsOf(prop.facets);
      return [end.dataset, { ...end, facets: [...facets], told: [...facetsOf(prop.told)] }];
    }),
  );
}

/** Which of an end's facets a run or a job keeps itself. */
export interface KeptHere {
  facets(end: NamedToldEnd): readonly ToldFacet[];
  told(end: NamedToldEnd): readonly ToldFacet[];
}

/** The ends from now on; the same object when the event changes nothing of them. */
export function mergedEnds(
  before: Ends,
  {
    event,
    ends,
    kept,
    text,
  }: {
    readonly event: ToldEvent;
    readonly ends: readonly NamedToldEnd[];
    readonly kept: KeptHere;
    readonly text: Telling['text'];
  },
): Ends {
  const merged = new Map(before);
  let isChanged = false;
  for (const end of ends) {
    const said = { at: event.eventTime, rank: rankOf(event.eventType, end.role), by: event.digest };
    const old = merged.get(end.of.id);
    const { statedId } = end;
    const first = old && old.first < event.eventTime ? old.first : event.eventTime;
    const counts = statedId !== null && winsOver(said, old?.version ?? undefined);
    const stated = new Set([...(old?.stated ?? []), ...(statedId === null ? [] : [statedId])]);
    const telling = { said, text };
    const next = {
      dataset: end.of.id,
      namespace: end.of.namespace,
      name: end.of.ownName,
      first,
      stated: [...stated].sort(),
      version: counts ? { id: statedId, ...saidOf(said) } : (old?.version ?? null),
      facets: [...mergedFacets(old?.facets ?? [], kept.facets(end), telling)],
      told: [...mergedFacets(old?.told ?? [], kept.told(end), telling)],
    };
    merged.set(end.of.id, next);
    isChanged ||= old === undefined || textOf([old]) !== textOf([next]);
  }
  return isChanged ? merged : before;
}

/** Sorted, so that it is one text whatever came first. */
export function recordedEnds(ends: Ends): RecordedEnd[] {
  return [...ends.values()].sort((a, b) => (a.dataset < b.dataset ? -1 : 1));
}

function textOf(ends: readonly RecordedEnd[]): string {
  return canonicalJson(ends as unknown as readonly Json[]);
}

/** Refuses what is more than a run or a job may keep. */
export function checkedEnds(ends: Ends): Ends {
  if (ends.size > ENDS_OF_ONE_MAX) {
    const fault = `a run or job has at most ${ENDS_OF_ONE_MAX} inputs, and as many outputs`;
    throw new DomainError('LIMIT_EXCEEDED', fault);
  }
  const bytes = Buffer.byteLength(textOf(recordedEnds(ends)));
  if (bytes <= ENDS_BYTES_MAX) return ends;
  const fault = 'what a run or job says of its inputs or outputs has at most';
  throw new DomainError('LIMIT_EXCEEDED', `${fault} ${ENDS_BYTES_MAX} bytes, not ${bytes}`);
}
