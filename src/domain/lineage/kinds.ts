/** Kinds of node in the lineage graph, each with the prefix of its ids. Add, never rename. */
export const NODE_KINDS = {
  TEAM: 'team',
  PROJECT: 'proj',
  AGENT: 'act',
  JOB: 'job',
  RUN: 'run',
  DATASET: 'ds',
  DATASET_VERSION: 'dsv',
  MODEL: 'mdl',
  MODEL_VERSION: 'mdv',
  ARTIFACT: 'art',
  ARTIFACT_VERSION: 'arv',
  ALIAS: 'als',
  REGISTERED_MODEL: 'rmd',
  REGISTRATION: 'reg',
} as const;

export type NodeKind = keyof typeof NODE_KINDS;

export function isNodeKind(text: string): text is NodeKind {
  return Object.hasOwn(NODE_KINDS, text);
}

/** Kinds of edge; every edge points to the past (W3C PROV, and the hub's own). */
export const EDGE_KINDS = [
  'USED',
  'WAS_GENERATED_BY',
  'WAS_DERIVED_FROM',
  'WAS_ASSOCIATED_WITH',
  'WAS_ATTRIBUTED_TO',
  'ACTED_ON_BEHALF_OF',
  'VERSION_OF',
  'ALIASES',
  'REGISTERS',
  'ALTERNATE_OF',
  'WROTE_TO',
  'READ_FROM',
] as const;

export type EdgeKind = (typeof EDGE_KINDS)[number];

/** The edges that a walk through lineage follows. */
export const LINEAGE_EDGES: readonly EdgeKind[] = ['USED', 'WAS_GENERATED_BY', 'WAS_DERIVED_FROM'];

/** A collection is what versions are versions of. */
export const COLLECTION_KINDS = ['DATASET', 'MODEL', 'ARTIFACT'] as const;
export type CollectionKind = (typeof COLLECTION_KINDS)[number];

export const VERSION_KINDS = ['DATASET_VERSION', 'MODEL_VERSION', 'ARTIFACT_VERSION'] as const;
export type VersionKind = (typeof VERSION_KINDS)[number];

const VERSION_KIND_OF: Readonly<Record<CollectionKind, VersionKind>> = {
  DATASET: 'DATASET_VERSION',
  MODEL: 'MODEL_VERSION',
  ARTIFACT: 'ARTIFACT_VERSION',
};

export function versionKindOf(kind: CollectionKind): VersionKind {
  return VERSION_KIND_OF[kind];
}

export function collectionKindOf(kind: VersionKind): CollectionKind {
  return kind.slice(0, -'_VERSION'.length) as CollectionKind;
}

export function isVersionKind(kind: string): kind is VersionKind {
  return (VERSION_KINDS as readonly string[]).includes(kind);
}

export function isCollectionKind(kind: string): kind is CollectionKind {
  return (COLLECTION_KINDS as readonly string[]).includes(kind);
}
