import { ObjectType } from 'type-graphql';
import { ARTIFACT_VERSION, ArtifactVersion } from './artifact-version.ts';
import { Faceted } from './faceted.ts';

@ObjectType('DatasetVersion', {
  implements: [Faceted, ...ARTIFACT_VERSION],
  simpleResolvers: true,
  description: 'Data as it was at one time.',
})
export class DatasetVersion extends ArtifactVersion {}
