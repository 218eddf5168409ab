import { Field, ObjectType } from 'type-graphql';
import { ArtifactVersion } from '../types/artifact-version.ts';
import { Payload } from './payload.ts';

@ObjectType('UpdateVersionPayload', {
  simpleResolvers: true,
  description: 'The version that was changed.',
})
export class UpdateVersionPayload extends Payload {
  @Field(() => ArtifactVersion, {
    nullable: true,
    description: 'The version as it is now; null where the viewer may not read it.',
  })
  readonly version!: ArtifactVersion | null;
}
