import { connectionOf } from '../connection-of.ts';
import { ArtifactCollection } from './artifact-collection.ts';
import { ArtifactVersion } from './artifact-version.ts';
import { AuditEntry } from './audit-entry.ts';
import { LineageNode } from './lineage-node.ts';
import { Project } from './project.ts';
import { Run } from './run.ts';
import { VersionFile } from './version-file.ts';

export const ArtifactCollectionConnection = connectionOf(ArtifactCollection, 'ArtifactCollection');
export const ArtifactVersionConnection = connectionOf(ArtifactVersion, 'ArtifactVersion');
export const AuditEntryConnection = connectionOf(AuditEntry, 'AuditEntry');
export const FileConnection = connectionOf(VersionFile, 'File');
export const LineageNodeConnection = connectionOf(LineageNode, 'LineageNode');
export const ProjectConnection = connectionOf(Project, 'Project');
export const RunConnection = connectionOf(Run, 'Run');
