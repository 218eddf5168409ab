import { Field, InputType } from 'type-graphql';
import { IDEMPOTENCY_KEY } from './common-fields.ts';

@InputType('CreateProjectInput', { description: 'A project to create.' })
export class CreateProjectInput {
  @Field(() => String, { description: 'Name of the team that it is to belong to.' })
  readonly team!: string;

  @Field(() => String, { description: 'Natural name, unique within the team, for ever.' })
  readonly name!: string;

  @Field(() => String, {
    nullable: true,
    description: 'What it is about. Kept so that it can be erased with its writer.',
  })
  readonly description?: string | null;

  @Field(() => String, IDEMPOTENCY_KEY)
  readonly idempotencyKey?: string | null;
}
