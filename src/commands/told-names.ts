import { type DatasetName, fullNameOf, namedDatasetId } from '../domain/lineage/named-dataset.ts';
import { jobId, runId, versionId } from '../domain/lineage/names.ts';
import type { NodeId } from '../domain/lineage/node-id.ts';
import type { ToldEnd } from '../domain/lineage/told-event.ts';
import { canonicalJson } from '../domain/values/canonical-json.ts';
import type { RecordOpenLineageInput } from './openlineage-submissions.ts';

/** A dataset that an event names, with the id that its name has. */
export interface ToldDataset {
  readonly id: NodeId;
  /** The project that owns its namespace. */
  readonly owner: NodeId;
  readonly name: string;
  readonly namespace: string;
  readonly ownName: string;
}

/** A dataset as an input or an output, with the ids of everything that is said of it. */
export interface NamedToldEnd extends Omit<ToldEnd, 'symlinks' | 'columnDatasets'> {
  readonly of: ToldDataset;
  /** The version that the event states. */
  readonly statedId: NodeId | null;
  readonly symlinks: readonly ToldDataset[] | null;
  readonly columnDatasets: readonly NodeId[];
}

/** Everything that one part of an event names, by its ids. */
export interface ToldNames {
  readonly run: { readonly id: NodeId; readonly name: string } | null;
  readonly job: { readonly id: NodeId; readonly name: string } | null;
  readonly ends: readonly NamedToldEnd[];
}

export function openLineageRunName(uuid: string): string {
  return `openlineage:${uuid}`;
}

/** Names of inputs that were worked out: a command is asked for what it wants again and again. */
const KNOWN = new WeakMap<RecordOpenLineageInput, { readonly org: string; names: ToldNames }>();

export function namesOf(input: RecordOpenLineageInput, org: string): ToldNames {
  const known = KNOWN.get(input);
  if (known?.org === org) return known.names;
  const names = namesIn(input, org);
  KNOWN.set(input, { org, names });
  return names;
}

function namesIn({ project, event, owners }: RecordOpenLineageInput, org: string): ToldNames {
  const dataset = (named: DatasetName) => toldDataset(named, { org, project, owners });
  const runName = event.run && openLineageRunName(event.run.runId);
  return {
    run: runName === null ? null : { id: runId(org, project, runName), name: runName },
    job: event.job && {
      id: jobId(org, project, `namespace:${canonicalJson([event.job.namespace, event.job.name])}`),
      name: fullNameOf(event.job),
    },
    ends: event.ends.map((end) => {
      const of = dataset(end);
      return {
        ...end,
        of,
        statedId: end.version === null ? null : statedVersionId(org, of.id, end.version),
        symlinks: end.symlinks?.map(dataset).filter(({ id }) => id !== of.id) ?? null,
        columnDatasets: end.columnDatasets.map((each) => dataset(each).id),
      };
    }),
  };
}

function toldDataset(
  named: DatasetName,
  {
    org,
    project,
    owners,
  }: Pick<RecordOpenLineageInput, 'project' | 'owners'> & { readonly org: string },
): ToldDataset {
  const owner = owners.get(named.namespace) ?? project;
  return {
    id: namedDatasetId(org, owner, named),
    owner,
    name: fullNameOf(named),
    namespace: named.namespace,
    ownName: named.name,
  };
}

/** The version that a run wrote which stated none: one for each run that writes. */
export function runVersionId(org: string, dataset: NodeId, run: NodeId): NodeId {
  return versionId(org, dataset, { kind: 'DATASET', identity: `run:${run}` });
}

/** The version that its store, or who wrote it, calls by this name. */
export function statedVersionId(org: string, dataset: NodeId, version: string): NodeId {
  return versionId(org, dataset, { kind: 'DATASET', identity: `stated:${version}` });
}

/** What a dataset held before anybody is known to have written to it. */
export function unwrittenVersionId(org: string, dataset: NodeId): NodeId {
  return versionId(org, dataset, { kind: 'DATASET', identity: 'before' });
}
