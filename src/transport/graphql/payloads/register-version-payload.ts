import { Field, ObjectType } from 'type-graphql';
import { ArtifactVersion } from '../types/artifact-version.ts';
import { Payload } from './payload.ts';

@ObjectType('RegisterVersionPayload', {
  simpleResolvers: true,
  description: 'The version that was registered.',
})
export class RegisterVersionPayload extends Payload {
  @Field(() => ArtifactVersion, {
    nullable: true,
    description: 'The version, new or found; null where the viewer may not read it.',
  })
  readonly version!: ArtifactVersion | null;
}
