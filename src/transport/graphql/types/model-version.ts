import { ObjectType } from 'type-graphql';
import { ARTIFACT_VERSION, ArtifactVersion } from './artifact-version.ts';

@ObjectType('ModelVersion', {
  implements: ARTIFACT_VERSION,
  simpleResolvers: true,
  description: 'A trained model.',
})
export class ModelVersion extends ArtifactVersion {}
