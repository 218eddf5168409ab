import { ObjectType } from 'type-graphql';
import { ARTIFACT_COLLECTION, ArtifactCollection } from './artifact-collection.ts';

@ObjectType('Artifact', {
  implements: ARTIFACT_COLLECTION,
  simpleResolvers: true,
  description: 'Versions of any other type under one name.',
})
export class Artifact extends ArtifactCollection {}
