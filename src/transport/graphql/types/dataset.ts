import { ObjectType } from 'type-graphql';
import { ARTIFACT_COLLECTION, ArtifactCollection } from './artifact-collection.ts';

@ObjectType('Dataset', {
  implements: ARTIFACT_COLLECTION,
  simpleResolvers: true,
  description: 'A dataset: its versions under one name.',
})
export class Dataset extends ArtifactCollection {}
