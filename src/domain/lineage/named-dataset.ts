import type { Digest } from '../digest.ts';
import { canonicalJson } from '../values/canonical-json.ts';
import { checkName, NAME_LENGTH_MAX } from '../values/text.ts';
import type { NodeRow } from './graph-rows.ts';
import { versionId } from './names.ts';
import { type NodeId, nodeId } from './node-id.ts';

/** Longest name of a dataset within its namespace, in UTF-16 units: keys of S3 are as long. */
export const DATASET_NAME_LENGTH_MAX = 1_024;
/** Longest full name: namespace, a slash, name. */
export const FULL_NAME_LENGTH_MAX = NAME_LENGTH_MAX + 1 + DATASET_NAME_LENGTH_MAX;

/** A dataset as its store calls it, in OpenLineage's words. */
export interface DatasetName {
  /** The store: `s3://lake`, `postgres://db:5432`, `file`. */
  readonly namespace: string;
  /** The path or table there; `/` and `:` are letters like others. */
  readonly name: string;
}

/** One content of a dataset as its store calls it. */
export interface NamedVersion extends DatasetName {
  readonly digest: Digest;
}

/** Checks both parts and returns them as they go on record. */
export function checkDatasetName({ namespace, name }: DatasetName): DatasetName {
  return {
    namespace: checkNamespace(namespace),
    name: checkName(name, "the dataset's name", DATASET_NAME_LENGTH_MAX),
  };
}

/**
 * A namespace stays as it was given, in the composed form (NFC), but for one slash at its end:
 * `s3://lake/` is the store `s3://lake`, which the naming of OpenLineage writes without it. Where
 * a slash or a colon stands before it, as in `file:///`, it is part of the scheme and stays.
 */
export function checkNamespace(given: string): string {
  const namespace = checkName(given, 'the namespace');
  return /[^/:]\/$/.test(namespace) ? namespace.slice(0, -1) : namespace;
}

/** What people read, and what `resolve` finds. Several datasets may share it; ids tell apart. */
export function fullNameOf({ namespace, name }: DatasetName): string {
  return `${namespace}/${name}`;
}

/**
 * The id is that of a name in the project that owns the namespace. The name is made of both parts
 * as a JSON array, so that `a` + `b/c` is not `a/b` + `c`; and it holds a colon, which no name does
 * that a client gives to a dataset without a namespace.
 */
export function namedDatasetId(org: string, owner: NodeId, dataset: DatasetName): NodeId {
  const parts = [dataset.namespace, dataset.name].map((part) => part.normalize('NFC'));
  const name = `namespace:${canonicalJson(parts)}`;
  return nodeId({ org, container: owner, kind: 'DATASET', name });
}

/**
 * What a version of such a dataset is named by. A digest names it whether it is that of a manifest
 * or was stated: whoever names a version from elsewhere cannot know which, and must meet it in one
 * place whatever came first.
 */
export function namedIdentity({ digest, uri }: NamedContent): string {
  return digest === null ? `uri:${uri}` : `content:${digest}`;
}

export interface NamedContent {
  readonly digest: Digest | null;
  readonly uri: string | null;
}

/** The version of a dataset that has this content, by how often it was deleted before. */
export function namedVersionIncarnations(
  org: string,
  dataset: NodeId,
  digest: Digest,
): (incarnation: number) => NodeId {
  const identity = namedIdentity({ digest, uri: null });
  return (incarnation) => versionId(org, dataset, { kind: 'DATASET', identity, incarnation });
}

/** How versions are named that pipelines tell of: by who wrote, as stated, or as there before. */
export const TOLD_IDENTITIES = ['run', 'stated', 'before'] as const;

export function isToldIdentity(identity: unknown): boolean {
  return (TOLD_IDENTITIES as readonly unknown[]).includes(identity);
}

/** Whether somebody has said what a version is; one that was only named in lineage is bare. */
export function isRegistered({ props }: Pick<NodeRow, 'props'>): boolean {
  return props.ordinal !== undefined;
}
