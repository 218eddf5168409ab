import { type Digest, sha256 } from '../../domain/digest.ts';
import { type EventTime, parseEventTime } from '../../domain/lineage/event-time.ts';
import { compareText } from '../../domain/lineage/graph-rows.ts';
import {
  checkDatasetName,
  DATASET_NAME_LENGTH_MAX,
  type DatasetName,
} from '../../domain/lineage/named-dataset.ts';
import { EVENT_TYPES, type EventKind, type EventType } from '../../domain/lineage/told-event.ts';
import { canonicalJson } from '../../domain/values/canonical-json.ts';
import { encodeValue, type Value, type ValueObject } from '../../domain/values/value.ts';
import {
  checkedAt,
  faultAt,
  isObject,
  listAt,
  nameAt,
  objectAt,
  optionalTextAt,
  textAt,
} from './event-reader.ts';

/** Most datasets that one event names, inputs and outputs together. */
export const EVENT_DATASETS_MAX = 1_000;
/** Most facets of one thing in one event. */
export const FACETS_MAX = 100;
/** Longest name of a facet, in UTF-16 units. */
export const FACET_NAME_LENGTH_MAX = 128;

export interface ForeignFacet {
  readonly name: string;
  /** Where it stands in the event. */
  readonly path: string;
  readonly value: ValueObject;
}

/** A dataset as an event names it. */
export interface ForeignDataset extends DatasetName {
  readonly role: 'INPUT' | 'OUTPUT' | 'DATASET';
  readonly facets: readonly ForeignFacet[];
  readonly ownFacets: readonly ForeignFacet[];
}

/** An event of OpenLineage that was checked. */
export interface OpenLineageEvent {
  /** SHA-256 of its RFC 8785 form, in the tagged values of the hub: equal events are one. */
  readonly digest: Digest;
  readonly kind: EventKind;
  readonly eventType: EventType | null;
  readonly eventTime: EventTime;
  readonly producer: string | null;
  readonly schemaURL: string | null;
  readonly run: { readonly runId: string; readonly facets: readonly ForeignFacet[] } | null;
  readonly job: (DatasetName & { readonly facets: readonly ForeignFacet[] }) | null;
  readonly datasets: readonly ForeignDataset[];
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The digest that an event is known by, whatever it says. Refuses what nests too deep. */
export function openLineageDigest(json: unknown): Digest {
  return sha256(canonicalJson(encodeValue(json as Value)));
}

/**
 * Checks an event of OpenLineage as a lossless reader of JSON gives it. What is wrong with it is
 * INVALID_EVENT, or LIMIT_EXCEEDED, with the path of the fault in `details.path`.
 */
export function parseOpenLineageEvent(json: unknown): OpenLineageEvent {
  const event = json as Value;
  if (!isObject(event)) throw faultAt('', 'is not a JSON object');
  const digest = checkedAt('event', () => openLineageDigest(event));
  const kind = kindOf(event);
  const text = textAt(event.eventTime, 'eventTime');
  const datasets = datasetsOf(event, kind);
  if (datasets.length > EVENT_DATASETS_MAX) {
    const fault = `names ${datasets.length} datasets, at most ${EVENT_DATASETS_MAX} fit`;
    throw faultAt(kind === 'DATASET' ? 'dataset' : 'inputs and outputs', fault);
  }
  return {
    digest,
    kind,
    eventType: kind === 'RUN' ? eventTypeOf(event.eventType) : null,
    eventTime: checkedAt('eventTime', () => parseEventTime(text)),
    producer: optionalTextAt(event.producer, 'producer'),
    schemaURL: optionalTextAt(event.schemaURL, 'schemaURL'),
    run: kind === 'RUN' ? runOf(objectAt(event.run, 'run')) : null,
    job: kind === 'DATASET' ? null : jobOf(objectAt(event.job, 'job')),
    datasets,
  };
}

/** The namespaces whose owners decide where what the event says is recorded, each once. */
export function namespacesOf({ datasets }: OpenLineageEvent): readonly string[] {
  const named = datasets.flatMap((dataset) => [dataset, ...otherNames(dataset)]);
  return [...new Set(named.map(({ namespace }) => namespace))];
}

/** The other datasets that facets of a dataset name. */
function otherNames({ facets }: ForeignDataset): DatasetName[] {
  return facets.flatMap((facet) => [...symlinksOf(facet), ...columnDatasetsOf(facet)]);
}

function kindOf(event: ValueObject): EventKind {
  if (event.run !== undefined) return 'RUN';
  if (event.dataset !== undefined) return 'DATASET';
  if (event.job !== undefined) return 'JOB';
  throw faultAt('', 'has none of run, job and dataset');
}

/** The specification lets a producer leave it out. */
function eventTypeOf(value: Value | undefined): EventType {
  if (value === undefined || value === null) return 'OTHER';
  const found = EVENT_TYPES.find((type) => type === value);
  if (found !== undefined) return found;
  throw faultAt('eventType', `is none of ${EVENT_TYPES.join(', ')}`);
}

function runOf(run: ValueObject) {
  const runId = textAt(run.runId, 'run.runId').toLowerCase();
  if (!UUID.test(runId)) throw faultAt('run.runId', 'is not a UUID');
  return { runId, facets: facetsOf(run.facets, 'run.facets') };
}

function jobOf(job: ValueObject) {
  return {
    namespace: nameAt(job.namespace, 'job.namespace'),
    name: nameAt(job.name, 'job.name', DATASET_NAME_LENGTH_MAX),
    facets: facetsOf(job.facets, 'job.facets'),
  };
}

function datasetsOf(event: ValueObject, kind: EventKind): ForeignDataset[] {
  if (kind === 'DATASET') return [datasetOf(event.dataset, 'dataset', 'DATASET')];
  const all = (list: 'inputs' | 'outputs', role: 'INPUT' | 'OUTPUT') =>
    listAt(event[list], list).map((item, at) => datasetOf(item, `${list}[${at}]`, role));
  return [...all('inputs', 'INPUT'), ...all('outputs', 'OUTPUT')];
}

function datasetOf(
  value: Value | undefined,
  path: string,
  role: ForeignDataset['role'],
): ForeignDataset {
  const dataset = objectAt(value, path);
  const own = role === 'INPUT' ? 'inputFacets' : 'outputFacets';
  return {
    ...datasetNameAt(dataset, path),
    role,
    facets: facetsOf(dataset.facets, `${path}.facets`),
    ownFacets: role === 'DATASET' ? [] : facetsOf(dataset[own], `${path}.${own}`),
  };
}

function datasetNameAt(value: ValueObject, path: string): DatasetName {
  const namespace = textAt(value.namespace, `${path}.namespace`);
  const name = textAt(value.name, `${path}.name`);
  return checkedAt(path, () => checkDatasetName({ namespace, name }));
}

function facetsOf(value: Value | undefined, path: string): ForeignFacet[] {
  if (value === undefined || value === null) return [];
  const entries = Object.entries(objectAt(value, path));
  if (entries.length > FACETS_MAX) {
    throw faultAt(path, `has ${entries.length} facets, at most ${FACETS_MAX} fit`);
  }
  // In one order whatever order they came in: equal events are to be told in equal words.
  const facets = entries
    .filter(([, facet]) => facet !== null)
    .sort(([a], [b]) => compareText(a, b))
    .map(([given, facet]): ForeignFacet => {
      const name = nameAt(given, path, FACET_NAME_LENGTH_MAX);
      return { name, path: `${path}.${name}`, value: objectAt(facet, `${path}.${name}`) };
    });
  return [...new Map(facets.map((facet) => [facet.name, facet])).values()];
}

/** The other names that a dataset's facet of symlinks gives it. */
export function symlinksOf({ name, value, path }: ForeignFacet): DatasetName[] {
  if (name !== 'symlinks' || value._deleted === true) return [];
  const at = `${path}.identifiers`;
  return listAt(value.identifiers, at).map((item, place) =>
    datasetNameAt(objectAt(item, `${at}[${place}]`), `${at}[${place}]`),
  );
}

/** The datasets that a facet of column lineage takes columns from, each once. */
export function columnDatasetsOf({ name, value, path }: ForeignFacet): DatasetName[] {
  if (name !== 'columnLineage' || value._deleted === true) return [];
  const columns = value.fields == null ? {} : objectAt(value.fields, `${path}.fields`);
  const fields = Object.entries(columns).flatMap(([column, told]) => {
    const at = `${path}.fields.${column}`;
    return inputFieldsOf(objectAt(told, at).inputFields, `${at}.inputFields`);
  });
  const all = [...fields, ...inputFieldsOf(value.dataset, `${path}.dataset`)];
  return [
    ...new Map(all.map((each) => [canonicalJson([each.namespace, each.name]), each])).values(),
  ];
}

function inputFieldsOf(value: Value | undefined, path: string): DatasetName[] {
  return listAt(value, path).map((item, at) =>
    datasetNameAt(objectAt(item, `${path}[${at}]`), `${path}[${at}]`),
  );
}
