import { Field, ObjectType } from 'type-graphql';
import { ArtifactVersion } from '../types/artifact-version.ts';
import { Payload } from './payload.ts';

@ObjectType('RegisterVersionPayload', {
  simpleResolvers: true,
  description: 'The version that was registered.',
})
export class RegisterVersionPayload extends Payload {
  @Field(() => ArtifactVersion, { description: 'The version, new or found.' })
  readonly version!: ArtifactVersion;
}
