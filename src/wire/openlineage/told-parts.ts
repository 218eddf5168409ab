import { PERSONAL_TEXT_LENGTH_MAX } from '../../domain/audit/personal.ts';
import { DATASET_NAME_LENGTH_MAX } from '../../domain/lineage/named-dataset.ts';
import {
  ENDS_PER_PART_MAX,
  FACET_TEXT_FIELDS,
  type ToldEnd,
  type ToldEvent,
  type ToldFacet,
  type ToldPart,
} from '../../domain/lineage/told-event.ts';
import { canonicalJson } from '../../domain/values/canonical-json.ts';
import { checkName } from '../../domain/values/text.ts';
import type { JsonObject } from '../../domain/values/value.ts';
import { checkedAt, faultAt, textAt } from './event-reader.ts';
import { type PersonalPlaces, toldFacet } from './facet-privacy.ts';
import {
  columnDatasetsOf,
  type ForeignDataset,
  type ForeignFacet,
  type OpenLineageEvent,
  symlinksOf,
} from './parse-event.ts';

/** What is said of a dataset as it was read, whichever kind of facet says it. */
const OF_THE_READING: readonly string[] = ['dataQualityAssertions', 'dataQualityMetrics'];

/**
 * What an event says, in parts of a bounded number of datasets. What it says of its run and job
 * stands in the first. A dataset that is read and written is told of in one part.
 */
export function toldPartsOf(event: OpenLineageEvent): ToldPart[] {
  const groups = groupsOf(mergedEnds(event.datasets));
  return groups.map((datasets, at) => partOf(event, datasets, { part: at + 1, of: groups.length }));
}

function partOf(
  event: OpenLineageEvent,
  datasets: readonly ForeignDataset[],
  { part, of }: { readonly part: number; readonly of: number },
): ToldPart {
  const personal: PersonalPlaces = new Map();
  const { datasets: _, run, job, ...header } = event;
  const isFirst = part === 1;
  const said = (facets: readonly ForeignFacet[], kind: 'run' | 'job') =>
    isFirst ? facets.map((facet) => toldFacet(facet, kind, personal)) : [];
  const told: ToldEvent = {
    ...header,
    part,
    parts: of,
    run: run && { ...run, facets: said(run.facets, 'run') },
    job: job && { ...job, facets: said(job.facets, 'job') },
    ends: datasets.map((dataset) => toldEnd(dataset, personal)),
  };
  return { event: told, personal: textsOf(personal) };
}

/** A dataset that one list names twice is one; of facets of one name the later counts. */
function mergedEnds(datasets: readonly ForeignDataset[]): ForeignDataset[] {
  const ends = new Map<string, ForeignDataset>();
  for (const dataset of datasets) {
    const key = canonicalJson([dataset.role, dataset.namespace, dataset.name]);
    const before = ends.get(key);
    ends.set(key, before === undefined ? dataset : merged(before, dataset));
  }
  return [...ends.values()];
}

function merged(before: ForeignDataset, after: ForeignDataset): ForeignDataset {
  const both = (a: readonly ForeignFacet[], b: readonly ForeignFacet[]) => [
    ...new Map([...a, ...b].map((facet) => [facet.name, facet])).values(),
  ];
  return {
    ...after,
    facets: both(before.facets, after.facets),
    ownFacets: both(before.ownFacets, after.ownFacets),
  };
}

/** At least one group: an event that names no dataset is told too. */
function groupsOf(datasets: readonly ForeignDataset[]): ForeignDataset[][] {
  const named = new Map<string, ForeignDataset[]>();
  for (const dataset of datasets) {
    const key = canonicalJson([dataset.namespace, dataset.name]);
    named.set(key, [...(named.get(key) ?? []), dataset]);
  }
  const groups: ForeignDataset[][] = [[]];
  for (const ends of named.values()) {
    const last = groups.at(-1) as ForeignDataset[];
    if (last.length + ends.length <= ENDS_PER_PART_MAX) last.push(...ends);
    else groups.push([...ends]);
  }
  return groups;
}

function toldEnd(dataset: ForeignDataset, personal: PersonalPlaces): ToldEnd {
  const { namespace, name, role, facets, ownFacets } = dataset;
  const isOfReading = ({ name: facet }: ForeignFacet) =>
    role !== 'DATASET' && OF_THE_READING.includes(facet);
  const tell = (facet: ForeignFacet) => toldFacet(facet, 'dataset', personal);
  const symlinks = facets.find((facet) => facet.name === 'symlinks');
  return {
    namespace,
    name,
    role,
    facets: facets.filter((facet) => !isOfReading(facet)).map(tell),
    ownFacets: [
      ...ownFacets.map(tell),
      ...facets.filter(isOfReading).flatMap((facet) => besides(tell(facet), ownFacets.map(tell))),
    ],
    version: versionOf(facets),
    symlinks: symlinks === undefined ? null : symlinksOf(symlinks),
    columnDatasets: role === 'INPUT' ? [] : facets.flatMap(columnDatasetsOf),
  };
}

/** Some producers say it in both places. Where they say two things, both are kept. */
function besides(facet: ToldFacet, own: readonly ToldFacet[]): ToldFacet[] {
  const same = own.find(({ name }) => name === facet.name);
  if (same === undefined) return [facet];
  if (canonicalJson({ ...same }) === canonicalJson({ ...facet })) return [];
  return [{ ...facet, name: `facets.${facet.name}` }];
}

function versionOf(facets: readonly ForeignFacet[]): string | null {
  const facet = facets.find(({ name }) => name === 'version');
  if (facet === undefined || facet.value._deleted === true) return null;
  const path = `${facet.path}.datasetVersion`;
  const text = textAt(facet.value.datasetVersion, path);
  return checkedAt(path, () => checkName(text, 'the version', DATASET_NAME_LENGTH_MAX));
}

/** The personal text, cut into as many fields as it needs and never through a character. */
function textsOf(places: PersonalPlaces): Record<string, string> {
  if (places.size === 0) return {};
  let rest = canonicalJson(Object.fromEntries(places) as unknown as JsonObject);
  const texts: Record<string, string> = {};
  for (const field of FACET_TEXT_FIELDS) {
    if (rest === '') break;
    const cut = rest.slice(0, PERSONAL_TEXT_LENGTH_MAX).replace(/[\ud800-\udbff]$/, '');
    texts[field] = cut;
    rest = rest.slice(cut.length);
  }
  if (rest === '') return texts;
  const most = FACET_TEXT_FIELDS.length * PERSONAL_TEXT_LENGTH_MAX;
  throw faultAt('', `says more that may be personal than the ${most} characters that fit`);
}
