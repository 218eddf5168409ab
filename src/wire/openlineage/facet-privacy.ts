import type { ToldFacet } from '../../domain/lineage/told-event.ts';
import { canonicalJson } from '../../domain/values/canonical-json.ts';
import {
  encodeValue,
  type Json,
  type JsonObject,
  type Value,
  type ValueObject,
} from '../../domain/values/value.ts';
import { checkedAt, faultAt, isObject } from './event-reader.ts';
import type { ForeignFacet } from './parse-event.ts';

/** Largest facet that is kept in the open, in bytes of canonical JSON. */
export const OPEN_FACET_BYTES_MAX = 1024 * 1024;

/**
 * Facets whose form the specification fixes and that hold no word about a person. Every other
 * one, known or not, may hold names, texts of people or secrets.
 */
const OPEN_FACETS: Readonly<Record<'run' | 'job' | 'dataset', readonly string[]>> = {
  run: ['parent', 'nominalTime', 'processing_engine', 'tags'],
  job: ['jobType', 'sourceCodeLocation', 'tags'],
  dataset: [
    ...['schema', 'dataSource', 'version', 'columnLineage', 'lifecycleStateChange', 'symlinks'],
    ...['storage', 'datasetType', 'catalog', 'tags', 'hierarchy', 'baseSubset'],
    ...['inputStatistics', 'outputStatistics', 'inputSubset', 'outputSubset'],
    ...['dataQualityAssertions', 'dataQualityMetrics'],
  ],
};

/**
 * Variables of the environment whose values are kept: they name runs and revisions. What others
 * hold may be a secret, so their values are dropped before anything is recorded.
 */
const KEPT_VARIABLES: readonly string[] = [
  ...['MLFLOW_RUN_ID', 'MLFLOW_EXPERIMENT_ID', 'WANDB_RUN_ID', 'WANDB_PROJECT', 'WANDB_ENTITY'],
  ...['AIRFLOW_CTX_DAG_ID', 'AIRFLOW_CTX_TASK_ID', 'AIRFLOW_CTX_DAG_RUN_ID'],
  ...['GITHUB_RUN_ID', 'GITHUB_SHA', 'CI_PIPELINE_ID', 'CI_COMMIT_SHA', 'GIT_COMMIT'],
];

/** Personal values of one part, by the place that they stand at in the event. */
export type PersonalPlaces = Map<string, Record<string, Json>>;

/** What a facet says, with what may be personal put aside. */
export function toldFacet(
  { name, path, value }: ForeignFacet,
  of: keyof typeof OPEN_FACETS,
  personal: PersonalPlaces,
): ToldFacet {
  const isOpen = OPEN_FACETS[of].includes(name);
  if (value._deleted === true) return { name, deleted: isOpen ? 'open' : 'personal' };
  const kept = withoutSecrets(name, value);
  const json = checkedAt(path, () => encodeValue(kept)) as JsonObject;
  const bytes = Buffer.byteLength(canonicalJson(json));
  if (bytes > OPEN_FACET_BYTES_MAX) {
    throw faultAt(path, `has ${bytes} bytes, at most ${OPEN_FACET_BYTES_MAX} fit`);
  }
  if (isOpen) return { name, value: json };
  const place = path.slice(0, -1 - name.length);
  personal.set(place, { ...personal.get(place), [name]: json });
  return { name, place };
}

function withoutSecrets(name: string, value: ValueObject): ValueObject {
  if (name === 'environmentVariables') {
    const variables = value.environmentVariables;
    if (!Array.isArray(variables)) return { ...value, environmentVariables: [] };
    return { ...value, environmentVariables: variables.map(withoutSecretVariable) };
  }
  return OPEN_ADDRESSES.includes(name) ? withoutCredentials(value) : value;
}

function withoutSecretVariable(variable: Value): Value {
  if (!isObject(variable)) return null;
  if (typeof variable.name === 'string' && KEPT_VARIABLES.includes(variable.name)) return variable;
  return { name: variable.name ?? null, dropped: true };
}

const OPEN_ADDRESSES: readonly string[] = ['dataSource', 'sourceCodeLocation', 'catalog'];
const CREDENTIALS = /(?<=:\/\/)[^/?#@\s]*@/g;

/** Addresses of stores and repositories may hold a user's name and password. */
function withoutCredentials(value: ValueObject): ValueObject {
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      typeof item === 'string' ? item.replace(CREDENTIALS, '') : item,
    ]),
  );
}
