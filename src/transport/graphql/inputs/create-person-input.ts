import { Field, InputType } from 'type-graphql';
import { IDEMPOTENCY_KEY } from './common-fields.ts';

@InputType('CreatePersonInput', {
  description: 'A person to put on record. Name and e-mail are kept so that they can be erased.',
})
export class CreatePersonInput {
  @Field(() => String, { description: 'Name by which others know the person.' })
  readonly name!: string;

  @Field(() => String, {
    nullable: true,
    description: 'E-mail address. No two people have the same one, in any case of its letters.',
  })
  readonly email?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Name of the team that the person is in; the organization alone when left out.',
  })
  readonly team?: string | null;

  @Field(() => String, IDEMPOTENCY_KEY)
  readonly idempotencyKey?: string | null;
}
