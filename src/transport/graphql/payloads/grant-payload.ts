import { Field, ObjectType } from 'type-graphql';
import { Actor } from '../types/actor.ts';
import { Grant } from '../types/grant.ts';
import { Payload } from './payload.ts';

@ObjectType('GrantPayload', { simpleResolvers: true, description: 'The grant that was made.' })
export class GrantPayload extends Payload {
  @Field(() => Grant, {
    nullable: true,
    description: 'The grant; null when the same request came before and it was revoked since.',
  })
  readonly grant!: Grant | null;

  @Field(() => Actor, { description: 'Who has the role.' })
  readonly actor!: Actor;

  @Field(() => [String], {
    description:
      'Live API keys of the actor that were made by somebody who does not manage access on the ' +
      'scope of the grant, each with what to do: whoever kept one has the role too.',
  })
  readonly warnings!: readonly string[];
}
