import { Field, ObjectType } from 'type-graphql';
import { Actor } from '../types/actor.ts';
import { Payload } from './payload.ts';

@ObjectType('CreateServiceAccountPayload', {
  simpleResolvers: true,
  description: 'The service account that was created.',
})
export class CreateServiceAccountPayload extends Payload {
  @Field(() => Actor, { description: 'The service account. It has no key and no role yet.' })
  readonly serviceAccount!: Actor;
}
