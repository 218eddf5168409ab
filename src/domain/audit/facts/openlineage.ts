import { z } from 'zod';
import type { ActorRef } from '../../actor.ts';
import type { Change } from '../../lineage/change.ts';
import type { EventTime } from '../../lineage/event-time.ts';
import { EDGE_KINDS, NODE_KINDS, type NodeKind } from '../../lineage/kinds.ts';
import { TOLD_IDENTITIES } from '../../lineage/named-dataset.ts';
import { RUN_STATUSES } from '../../lineage/run-status.ts';
import { EVENT_KINDS, EVENT_TYPES, FACET_TEXT_FIELDS } from '../../lineage/told-event.ts';
import type { Json, JsonObject } from '../../values/value.ts';
import {
  encodedObject,
  type FactView,
  factType,
  id,
  index,
  instant,
  leaf,
  nullableText,
  personal,
} from '../fact-type.ts';
import { personalRefProp } from '../personal.ts';

const digest = z.string() as unknown as z.ZodType<`sha256:${string}`>;
/** A time with nine digits of fraction, as event-time.ts writes it. */
const eventTime = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{9}Z$/) as unknown as z.ZodType<EventTime>;

/** Where personal text lies: in the fact itself where `fact` is null. */
const textPart = z.strictObject({
  fact: index.nullable(),
  person: z.string() as unknown as z.ZodType<ActorRef>,
  field: z.string(),
});

const said = { at: eventTime, rank: index, by: digest };
/** What counts of all that was said under one name, and who said it when. */
const facet = z.strictObject({
  name: z.string(),
  ...said,
  value: encodedObject.optional(),
  deleted: z.literal(true).optional(),
  /** Of what is personal: which member of the text it is, and where the text lies. */
  place: z.string().optional(),
  text: z.array(textPart).optional(),
});
export type RecordedFacet = z.infer<typeof facet>;
/** One of which nothing stands in the open. */
const otherFacet = facet.omit({ value: true });

/** What a run or a job says of one dataset. */
const end = z.strictObject({
  dataset: id,
  namespace: z.string(),
  name: z.string(),
  /** The first event that named it. */
  first: eventTime,
  /** Versions that were stated, each once. */
  stated: z.array(id),
  /** The stated version that counts; null where none was stated. */
  version: z.strictObject({ id, ...said }).nullable(),
  /** Of this reading or writing, where the version's own node does not have it. */
  facets: z.array(facet),
  /** Of the dataset, said by who may not write in the project that owns it. */
  told: z.array(facet),
});
export type RecordedEnd = z.infer<typeof end>;

/** What is known of the life of a run, in the times of its events. */
const toldRun = z.strictObject({
  runId: z.string(),
  first: eventTime,
  start: eventTime.nullable(),
  end: z.strictObject({ ...said, type: z.enum(EVENT_TYPES) }).nullable(),
  job: z.strictObject({ ...said, id, name: z.string() }),
});
export type ToldRun = z.infer<typeof toldRun>;

const nothing = z.strictObject({});

/** Strict: no other property of a node can be set by this way. Null takes one away. */
const set = z
  .strictObject({
    openlineage: toldRun,
    displayName: z.string(),
    job: id,
    status: z.enum(RUN_STATUSES),
    startedAt: instant,
    endedAt: instant.nullable(),
    incarnation: index,
    tags: z.array(z.string()),
    config: nothing,
    environment: nothing,
    namespace: z.string(),
    ownName: z.string(),
    /** Tells what somebody described from what is only named. */
    via: z.literal('openlineage'),
    identity: z.enum(TOLD_IDENTITIES),
    bytes: z.literal('declared'),
    collection: id,
    stated: z.string(),
    superseded: z.literal(true),
  })
  .partial();
export type OpenLineageSet = z.infer<typeof set>;

const put = z.strictObject({
  id,
  kind: z.enum(Object.keys(NODE_KINDS) as [NodeKind, ...NodeKind[]]),
  project: id,
  name: z.string(),
  identifiers: z.array(z.string()),
  set,
  rank: index,
  /** What the event says that counts: `value` is a place in `values`. */
  facets: z.array(
    z.strictObject({ name: z.string(), value: index.nullable(), datasets: z.array(id) }),
  ),
  /** All that may be personal, as it stands from now on; null where it stays. */
  others: z.array(otherFacet).nullable(),
  /** What is said of inputs and outputs, as it stands from now on; null where it stays. */
  reads: z.array(end).nullable(),
  writes: z.array(end).nullable(),
});
export type OpenLineagePut = z.infer<typeof put>;

const ends = { kind: z.enum(EDGE_KINDS), from: id, to: id };

const personalTexts = Object.fromEntries(
  FACET_TEXT_FIELDS.map((field) => [field, personal()]),
) as Record<(typeof FACET_TEXT_FIELDS)[number], ReturnType<typeof personal>>;

/** What one event of a pipeline says, or one part of it, and what that makes of the graph. */
export const openLineageRecorded = factType({
  type: 'openlineage.recorded',
  version: 1,
  fields: {
    event: leaf(
      z.strictObject({
        digest,
        part: z.number().int().positive(),
        parts: z.number().int().positive(),
        kind: z.enum(EVENT_KINDS),
        eventType: z.enum(EVENT_TYPES).nullable(),
        eventTime,
        producer: nullableText,
        schemaURL: nullableText,
        runId: nullableText,
      }),
    ),
    values: leaf(z.array(encodedObject)),
    puts: leaf(z.array(put)),
    opened: leaf(z.array(z.strictObject({ ...ends, at: instant.nullable() }))),
    closed: leaf(z.array(z.strictObject({ ...ends, since: index, at: instant }))),
    /** Datasets with more runs that wrote or read than are looked at. */
    beyond: leaf(z.array(id)),
    ...personalTexts,
  },
  changes: (fact): Change[] => {
    const { puts, opened, closed } = fact.data;
    return [
      ...puts.map((each) => putNode(each, fact)),
      ...closed.map(({ at: validTo, ...edge }): Change => ({ op: 'close', ...edge, validTo })),
      ...opened.map(({ at, ...edge }): Change => {
        return { op: 'open', ...edge, ...(at !== null && { validFrom: at }) };
      }),
    ];
  },
});

interface EventData {
  readonly event: { readonly eventTime: EventTime; readonly digest: string };
  readonly values: readonly Json[];
}

function putNode({ rank, ...each }: OpenLineagePut, fact: FactView<EventData>): Change {
  const { id: own, kind, project, name, identifiers, facets, others, reads, writes } = each;
  const { event, values } = fact.data;
  const key = { at: event.eventTime, rank, by: event.digest };
  const set: Record<string, Json> = { ...(each.set as JsonObject) };
  for (const { name: of, value, datasets } of facets) {
    const content: JsonObject =
      value === null ? { deleted: true } : { value: values[value] as Json };
    set[`facet_${of}`] = { ...key, ...content, ...(datasets.length > 0 && { datasets }) };
  }
  if (others) set.otherFacets = others.map((of) => facetProp(of, fact.index));
  if (reads) set.reads = reads.map((of) => endProp(of, fact.index));
  if (writes) set.writes = writes.map((of) => endProp(of, fact.index));
  return { op: 'put', id: own, kind, project, name, set, identifiers };
}

function endProp(of: RecordedEnd, fact: number): Json {
  const all = (facets: readonly RecordedFacet[]) => facets.map((each) => facetProp(each, fact));
  return { ...of, facets: all(of.facets), told: all(of.told) } as unknown as JsonObject;
}

/** In the graph a personal text is a reference to the fact that holds it. */
function facetProp({ text, ...of }: RecordedFacet, fact: number): Json {
  if (text === undefined) return of as unknown as JsonObject;
  const refs = text.map((part) => personalRefProp({ ...part, fact: part.fact ?? fact }));
  return { ...of, text: refs } as unknown as JsonObject;
}
