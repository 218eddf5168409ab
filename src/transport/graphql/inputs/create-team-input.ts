import { Field, InputType } from 'type-graphql';
import { IDEMPOTENCY_KEY } from './common-fields.ts';

@InputType('CreateTeamInput', { description: 'A team to create.' })
export class CreateTeamInput {
  @Field(() => String, { description: 'Natural name, unique within the organization, for ever.' })
  readonly name!: string;

  @Field(() => String, IDEMPOTENCY_KEY)
  readonly idempotencyKey?: string | null;
}
