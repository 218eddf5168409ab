import { ObjectType } from 'type-graphql';
import { ARTIFACT_VERSION, ArtifactVersion } from './artifact-version.ts';

@ObjectType('OtherArtifactVersion', {
  implements: ARTIFACT_VERSION,
  simpleResolvers: true,
  description: 'A version that is neither a dataset nor a model.',
})
export class OtherArtifactVersion extends ArtifactVersion {}
