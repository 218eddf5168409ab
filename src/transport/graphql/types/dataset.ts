import { ObjectType } from 'type-graphql';
import { ARTIFACT_COLLECTION, ArtifactCollection } from './artifact-collection.ts';
import { Faceted } from './faceted.ts';

@ObjectType('Dataset', {
  implements: [Faceted, ...ARTIFACT_COLLECTION],
  simpleResolvers: true,
  description: 'A dataset: its versions under one name.',
})
export class Dataset extends ArtifactCollection {}
