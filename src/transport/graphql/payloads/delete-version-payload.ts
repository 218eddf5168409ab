import { Field, ObjectType } from 'type-graphql';
import { ArtifactVersion } from '../types/artifact-version.ts';
import { Payload } from './payload.ts';

@ObjectType('DeleteVersionPayload', {
  simpleResolvers: true,
  description: 'The version that was deleted.',
})
export class DeleteVersionPayload extends Payload {
  @Field(() => ArtifactVersion, {
    nullable: true,
    description: 'What stays of the version; null where the viewer may not read it.',
  })
  readonly version!: ArtifactVersion | null;
}
