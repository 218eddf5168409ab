import { z } from 'zod';
import type { Change } from '../../lineage/change.ts';
import { factType, id, leaf } from '../fact-type.ts';
import { versionRegistered } from './version.ts';

/** What a dataset is called in its store. */
const naming = { namespace: z.string(), ownName: z.string() };

/**
 * A version of a dataset that its store names, in the project that owns the namespace. It is
 * `created` too where somebody had named it in lineage before anybody described it.
 */
export const versionRegisteredV2 = factType({
  type: 'version.registered',
  version: 2,
  fields: { ...versionRegistered.fields, named: leaf(z.strictObject(naming)) },
  changes: (fact) => {
    const { collection, named } = fact.data;
    return versionRegistered.changes(fact).map((change): Change => {
      if (change.op !== 'put' || change.id !== collection.id) return change;
      const set = { ...change.set, ...named };
      return { ...change, set, identifiers: [collection.name] };
    });
  },
});

const dataset = z.strictObject({ id, project: id, name: z.string(), ...naming });
const version = z.strictObject({
  id,
  dataset: id,
  project: id,
  name: z.string(),
  digest: z.string(),
});

/**
 * Lineage that names datasets as their stores do. Beside the edges that were not there yet it
 * makes the datasets and versions that were not: bare ones, of which nothing is said but what
 * the name tells.
 */
export const lineageRecordedV2 = factType({
  type: 'lineage.recorded',
  version: 2,
  fields: {
    run: leaf(id),
    inputs: leaf(z.array(id)),
    outputs: leaf(z.array(id)),
    datasets: leaf(z.array(dataset)),
    versions: leaf(z.array(version)),
  },
  changes: ({ data: { run, inputs, outputs, datasets, versions } }) => [
    ...datasets.map(bareDataset),
    ...versions.map(bareVersion),
    ...inputs.map((to): Change => ({ op: 'open', kind: 'USED', from: run, to })),
    ...outputs.map((from): Change => ({ op: 'open', kind: 'WAS_GENERATED_BY', from, to: run })),
  ],
});

function bareDataset({ id, project, name, ...set }: z.infer<typeof dataset>): Change {
  return { op: 'put', id, kind: 'DATASET', project, name, set, identifiers: [name] };
}

/** It has no number and is no `latest`: those are for who may write in the owner's project. */
function bareVersion({ id, project, name, digest, dataset }: z.infer<typeof version>): Change {
  const set = { digest, identity: 'content', bytes: 'declared', collection: dataset };
  return { op: 'put', id, kind: 'DATASET_VERSION', project, name, set, identifiers: [digest] };
}
