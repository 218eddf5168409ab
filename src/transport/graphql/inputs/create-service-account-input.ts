import { Field, InputType } from 'type-graphql';
import { IDEMPOTENCY_KEY } from './common-fields.ts';

@InputType('CreateServiceAccountInput', { description: 'A service account to create.' })
export class CreateServiceAccountInput {
  @Field(() => String, { description: 'Name of the team that it is to belong to.' })
  readonly team!: string;

  @Field(() => String, { description: 'Natural name, unique within the team, for ever.' })
  readonly name!: string;

  @Field(() => String, IDEMPOTENCY_KEY)
  readonly idempotencyKey?: string | null;
}
