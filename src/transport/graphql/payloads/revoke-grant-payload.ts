import { Field, ObjectType } from 'type-graphql';
import { Actor } from '../types/actor.ts';
import { Payload } from './payload.ts';

@ObjectType('RevokeGrantPayload', {
  simpleResolvers: true,
  description: 'Who has the role no longer.',
})
export class RevokeGrantPayload extends Payload {
  @Field(() => Actor, { description: 'Who had the role.' })
  readonly actor!: Actor;
}
