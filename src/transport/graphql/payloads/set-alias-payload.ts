import { Field, ObjectType } from 'type-graphql';
import { ArtifactVersion } from '../types/artifact-version.ts';
import { Payload } from './payload.ts';

@ObjectType('SetAliasPayload', {
  simpleResolvers: true,
  description: 'The version that the alias leads to.',
})
export class SetAliasPayload extends Payload {
  @Field(() => ArtifactVersion, {
    nullable: true,
    description: 'The version; null where the viewer may not read it.',
  })
  readonly version!: ArtifactVersion | null;
}
