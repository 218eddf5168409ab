import { Field, ObjectType } from 'type-graphql';
import { Team } from '../types/team.ts';
import { Payload } from './payload.ts';

@ObjectType('CreateTeamPayload', {
  simpleResolvers: true,
  description: 'The team that was created.',
})
export class CreateTeamPayload extends Payload {
  @Field(() => Team, { nullable: true, description: 'The team.' })
  readonly team!: Team | null;
}
