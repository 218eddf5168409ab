import 'reflect-metadata';
import type { GraphQLSchema } from 'graphql';
import { isInterfaceType } from 'graphql';
import { buildSchemaSync, type NonEmptyArray } from 'type-graphql';
import { ResolverInstances, resolveDirectly } from './direct-resolvers.ts';
import { asSubgraph, ENTITY_KEYS } from './federation.ts';
import { printSubgraph } from './print-subgraph.ts';
import { AccessEntryResolver } from './resolvers/access-entry-resolver.ts';
import { AccessLogQueries } from './resolvers/access-log-queries.ts';
import { AccessQueries } from './resolvers/access-queries.ts';
import { ActorMutations } from './resolvers/actor-mutations.ts';
import { ActorResolver } from './resolvers/actor-resolver.ts';
import { ApiKeyMutations } from './resolvers/api-key-mutations.ts';
import { ApiKeyResolver } from './resolvers/api-key-resolver.ts';
import { ArtifactCollectionResolver } from './resolvers/artifact-collection-resolver.ts';
import { ArtifactVersionResolver } from './resolvers/artifact-version-resolver.ts';
import { AuditEntryResolver } from './resolvers/audit-entry-resolver.ts';
import { AuditQueries } from './resolvers/audit-queries.ts';
import { AuditReasonResolver } from './resolvers/audit-reason-resolver.ts';
import {
  ColumnLineageEdgeResolver,
  ColumnLineageNodeResolver,
} from './resolvers/column-lineage-resolver.ts';
import { ComparisonQueries } from './resolvers/comparison-queries.ts';
import { ComparisonResolver } from './resolvers/comparison-resolver.ts';
import { ContentResolver } from './resolvers/content-resolver.ts';
import { DatasetResolver } from './resolvers/dataset-resolver.ts';
import { DatasetUseResolver } from './resolvers/dataset-use-resolver.ts';
import { DatasetVersionResolver } from './resolvers/dataset-version-resolver.ts';
import { DeletionMutations } from './resolvers/deletion-mutations.ts';
import { FacetedResolver } from './resolvers/faceted-resolver.ts';
import { FileComparisonResolver } from './resolvers/file-comparison-resolver.ts';
import { FindQueries } from './resolvers/find-queries.ts';
import { GrantMutations } from './resolvers/grant-mutations.ts';
import { GrantResolver } from './resolvers/grant-resolver.ts';
import { InputComparisonResolver } from './resolvers/input-comparison-resolver.ts';
import { JobResolver } from './resolvers/job-resolver.ts';
import { LineageEdgeResolver } from './resolvers/lineage-edge-resolver.ts';
import { LineageMutations } from './resolvers/lineage-mutations.ts';
import { LineageNodeConnectionResolver } from './resolvers/lineage-node-connection-resolver.ts';
import { LineageNodeResolver } from './resolvers/lineage-node-resolver.ts';
import { LineageQueries } from './resolvers/lineage-queries.ts';
import { ModelVersionResolver } from './resolvers/model-version-resolver.ts';
import { NodeQueries } from './resolvers/node-queries.ts';
import { ParentRunResolver } from './resolvers/parent-run-resolver.ts';
import { PathQueries } from './resolvers/path-queries.ts';
import { PipelineRunResolver } from './resolvers/pipeline-run-resolver.ts';
import { ProjectMutations } from './resolvers/project-mutations.ts';
import { ProjectResolver } from './resolvers/project-resolver.ts';
import { QualityCheckResolver } from './resolvers/quality-check-resolver.ts';
import { RegisteredModelResolver } from './resolvers/registered-model-resolver.ts';
import { RegistrationResolver } from './resolvers/registration-resolver.ts';
import { RegistryMutations } from './resolvers/registry-mutations.ts';
import { RegistryQueries } from './resolvers/registry-queries.ts';
import { RunDescriptionResolver } from './resolvers/run-description-resolver.ts';
import {
  RunEnvironmentResolver,
  RunSnapshotResolver,
} from './resolvers/run-environment-resolver.ts';
import { RunMutations } from './resolvers/run-mutations.ts';
import { RunResolver } from './resolvers/run-resolver.ts';
import { ValueComparisonResolver } from './resolvers/value-comparison-resolver.ts';
import { VersionMutations } from './resolvers/version-mutations.ts';
import { Artifact } from './types/artifact.ts';
import { Content } from './types/content.ts';
import { Dataset } from './types/dataset.ts';
import { DatasetVersion } from './types/dataset-version.ts';
import { Job } from './types/job.ts';
import { Model } from './types/model.ts';
import { ModelVersion } from './types/model-version.ts';
import { OtherArtifactVersion } from './types/other-artifact-version.ts';
import { RegisteredModel } from './types/registered-model.ts';
import { Restricted } from './types/restricted.ts';
import { Run } from './types/run.ts';

const RESOLVERS = [
  NodeQueries,
  FindQueries,
  LineageQueries,
  PathQueries,
  ComparisonQueries,
  RegistryQueries,
  AuditQueries,
  AccessQueries,
  AccessLogQueries,
  ProjectMutations,
  RunMutations,
  VersionMutations,
  DeletionMutations,
  LineageMutations,
  RegistryMutations,
  ActorMutations,
  GrantMutations,
  ApiKeyMutations,
  LineageNodeResolver,
  RunResolver,
  RunDescriptionResolver,
  RunSnapshotResolver,
  RunEnvironmentResolver,
  ArtifactVersionResolver,
  ModelVersionResolver,
  RegisteredModelResolver,
  RegistrationResolver,
  ArtifactCollectionResolver,
  ProjectResolver,
  ActorResolver,
  GrantResolver,
  ApiKeyResolver,
  AuditEntryResolver,
  AuditReasonResolver,
  AccessEntryResolver,
  LineageEdgeResolver,
  LineageNodeConnectionResolver,
  ContentResolver,
  DatasetResolver,
  DatasetVersionResolver,
  DatasetUseResolver,
  JobResolver,
  FacetedResolver,
  PipelineRunResolver,
  ParentRunResolver,
  QualityCheckResolver,
  ColumnLineageNodeResolver,
  ColumnLineageEdgeResolver,
  ComparisonResolver,
  ValueComparisonResolver,
  InputComparisonResolver,
  FileComparisonResolver,
] as const satisfies NonEmptyArray<unknown>;

/** Types that fields name only through an interface. */
const TYPES_BEHIND_INTERFACES = [
  Run,
  Job,
  Dataset,
  DatasetVersion,
  Model,
  ModelVersion,
  Artifact,
  OtherArtifactVersion,
  RegisteredModel,
  Restricted,
  Content,
];

/** The hub's schema, as a Federation 2 subgraph. */
export function buildHubSchema(): GraphQLSchema {
  return asSubgraph(hubTypes());
}

/** The schema as text: what schema/hub.graphql holds and what routers are told. */
export function hubSdl(): string {
  return printSubgraph(hubTypes(), ENTITY_KEYS);
}

function hubTypes(): GraphQLSchema {
  const container = new ResolverInstances();
  const schema = buildSchemaSync({
    resolvers: [...RESOLVERS] as unknown as NonEmptyArray<() => unknown>,
    orphanedTypes: TYPES_BEHIND_INTERFACES,
    validate: false,
    container,
  });
  resolveDirectly(schema, container);
  for (const type of Object.values(schema.getTypeMap())) {
    // Shown values name their type themselves; asking a promise for each would only cost.
    if (isInterfaceType(type)) type.resolveType = undefined;
  }
  return schema;
}
