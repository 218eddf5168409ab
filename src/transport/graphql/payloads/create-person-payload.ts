import { Field, ObjectType } from 'type-graphql';
import { Actor } from '../types/actor.ts';
import { Payload } from './payload.ts';

@ObjectType('CreatePersonPayload', {
  simpleResolvers: true,
  description: 'The person, and the key for signing in, which is shown this once.',
})
export class CreatePersonPayload extends Payload {
  @Field(() => Actor, { description: 'The person.' })
  readonly person!: Actor;

  @Field(() => String, {
    nullable: true,
    description:
      'It opens sessions and is no API key. Null when the same request came before: it is shown ' +
      'once.',
  })
  readonly signInKey!: string | null;
}
