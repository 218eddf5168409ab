import { ObjectType } from 'type-graphql';
import { ARTIFACT_COLLECTION, ArtifactCollection } from './artifact-collection.ts';

@ObjectType('Model', {
  implements: ARTIFACT_COLLECTION,
  simpleResolvers: true,
  description: 'A model: its versions under one name.',
})
export class Model extends ArtifactCollection {}
