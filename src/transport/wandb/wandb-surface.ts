import type { Hub } from '../hub.ts';
import { artifactFields } from './artifact-fields.ts';
import { artifactManifestFields } from './artifact-manifests.ts';
import { artifactUploadFields } from './artifact-uploads.ts';
import { collectionFields, collectionShape } from './collection-shape.ts';
import { commitArtifactFields } from './commit-artifact.ts';
import { completeMultipartFields } from './complete-multipart.ts';
import { createArtifactFields } from './create-artifact.ts';
import { deletionFields } from './deletion-fields.ts';
import { FileStream } from './file-stream.ts';
import { GraphqlEndpoint } from './graphql-endpoint.ts';
import { openedShapes } from './opened-shapes.ts';
import { PendingArtifacts } from './pending-artifacts.ts';
import { projectFields, projectShape } from './project-shape.ts';
import type { RunActivity } from './run-activity.ts';
import { useArtifactFields } from './run-artifacts.ts';
import { runFileFields } from './run-files.ts';
import { RunHistory } from './run-history.ts';
import { runShape } from './run-shape.ts';
import { stopRunFields } from './stop-run-fields.ts';
import { Turns } from './turns.ts';
import { updateArtifactFields } from './update-artifact.ts';
import { updateCollectionFields } from './update-collection.ts';
import { upsertBucketFields } from './upsert-bucket.ts';
import { aliasFields } from './version-aliases.ts';
import { VersionManifests } from './version-manifest.ts';
import { membershipShape, versionShape } from './version-shape.ts';
import { viewerFields } from './viewer.ts';
import type { Shapes } from './wandb-context.ts';

/** Everything behind the door's routes, put together once. */
export interface WandbSurface {
  readonly graphql: GraphqlEndpoint;
  readonly fileStream: FileStream;
  /** Of each run: its rows, its files and its end are written one after the other. */
  readonly turns: Turns;
  readonly activity: RunActivity;
  readonly pendings: PendingArtifacts;
  readonly manifests: VersionManifests;
  readonly shapes: Shapes;
}

export function openSurface(hub: Hub, activity: RunActivity): WandbSurface {
  const pendings = new PendingArtifacts(hub.operational);
  const manifests = new VersionManifests(hub);
  const sharing = new Turns();
  const history = new RunHistory(hub.telemetry);
  const turns = new Turns();
  const shapes = openedShapes({
    project: projectShape,
    run: (row, context) => runShape(row, context, { history, activity }),
    version: (row, context) => versionShape(row, context, manifests),
    membership: (row, context) => membershipShape(row, context, manifests),
    collection: collectionShape,
  });
  const root = {
    ...viewerFields,
    ...projectFields,
    ...upsertBucketFields({ activity, turns }),
    ...stopRunFields,
    ...deletionFields,
    ...runFileFields,
    ...useArtifactFields,
    ...aliasFields,
    ...collectionFields,
    ...artifactFields(pendings),
    ...updateArtifactFields,
    ...updateCollectionFields,
    ...createArtifactFields({ pendings, sharing }),
    ...artifactUploadFields(pendings),
    ...artifactManifestFields(pendings),
    ...completeMultipartFields(pendings),
    ...commitArtifactFields({ pendings, manifests, sharing }),
  };
  return {
    graphql: new GraphqlEndpoint(hub, root),
    fileStream: new FileStream({ activity, turns }),
    turns,
    activity,
    pendings,
    manifests,
    shapes,
  };
}
